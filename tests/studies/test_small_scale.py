"""Every published study at small scale, as a user runs it, on nothing but the data in the package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from latens.runs import Run
from latens.studies import read_study

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
# Two dozen kinds take minutes; one is the twin of a study that runs always, and two have no part in their
# protocols that the two studies lack which run always.
LONG = {"kinds", "latent_clusters_fashion", "mnist_reduction", "cifar_sparse"}


def test_there_are_studies_to_run() -> None:
    assert len(STUDIES) >= 6
    assert {path.stem for path in STUDIES} > LONG


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "study",
    [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in LONG else [])
        for path in STUDIES
    ],
)
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
    assert run.info.status == "complete"
    assert ("published" in run.read_findings()) == bool(read_study(study).published)
    assert (run.path / "report.html").stat().st_size > 100_000
