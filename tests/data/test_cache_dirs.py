"""Where data are looked for."""

from pathlib import Path

import pytest

from latens.data.cache_dirs import cache_folder, data_folders


def test_the_cache_follows_the_desktop_standard(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache_folder() == bare_machine / ".cache" / "latens"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path("/elsewhere/latens")


def test_the_order_is_the_users_folders_then_the_cache_then_others(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATENS_DATA", "/one:~/two::/three")
    folders = data_folders()
    assert folders[:3] == [Path("/one"), bare_machine / "two", Path("/three")]
    assert folders[3] == cache_folder()
    assert folders[4:] == [
        Path("/usr/share/datasets"),
        bare_machine / ".keras" / "datasets",
        bare_machine / ".cache" / "torch",
        Path("data"),
    ]


def test_other_libraries_folders_follow_their_settings(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", "/keras")
    monkeypatch.setenv("TORCH_HOME", "/torch")
    assert data_folders()[-3:-1] == [Path("/keras/datasets"), Path("/torch")]
