"""The program as its tests call it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from latens.cli import main

Outcome = tuple[int, str, str]


@pytest.fixture
def latens_cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Outcome]:
    """Run the program in this process, in an empty folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: Any) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["latens", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        captured = capsys.readouterr()
        code = caught.value.code or 0
        assert isinstance(code, int)
        return code, captured.out, captured.err

    return call
