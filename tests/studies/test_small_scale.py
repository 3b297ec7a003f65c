"""Every published study at small scale, as a user runs it, on nothing but the data in the package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from latens.runs import Run

STUDIES = sorted(
    path
    for path in (Path(__file__).parents[2] / "studies").glob("*.toml")
    if "[small]" in path.read_text(encoding="utf-8")
)


def test_there_are_studies_to_run() -> None:
    assert len(STUDIES) >= 5


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_a_study_runs_at_small_scale(study: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "latens", "run", str(study), "--scale", "small"]
    environment = {key: value for key, value in os.environ.items() if key != "LATENS_DATA"}
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "run")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = Run.open(tmp_path / "run")
    assert run.info["status"] == "complete"
    assert "published" in run.read_uses()
    assert (run.path / "report.html").stat().st_size > 100_000
