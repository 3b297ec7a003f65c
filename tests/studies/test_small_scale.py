"""Every published study at small scale, as a user runs it, on nothing but the data in the package."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.runs import Run
from latens.studies import read_study

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))
# Of the others two dozen kinds take minutes, one is the twin of a study that runs always, and three have no
# part in their protocols that the tests of these parts lack.
ALWAYS = ("fashion_features", pytest.param("latent_clusters", marks=pytest.mark.slow))


def test_there_are_studies_to_run() -> None:
    assert len(STUDIES) >= 6
    assert {path.stem for path in STUDIES} > {"fashion_features", "latent_clusters"}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_a_study_runs_at_small_scale(study: Path, tmp_path: Path) -> None:
    check(study, tmp_path / "run")


@pytest.fixture(scope="module")
def few_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first images of either part of the data in the package."""
    file = tmp_path_factory.mktemp("few") / "few.npz"
    train, test = (load("fashion-mnist-10k", split) for split in ("train", "test"))
    arrays = {"x_train": train.X[:1200], "y_train": train.y[:1200]}
    np.savez(file, **arrays, x_test=test.X[:400], y_test=test.y[:400])
    return file


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ALWAYS)
def test_a_study_runs_at_an_even_smaller_scale(name: str, few_images: Path, tmp_path: Path) -> None:
    """With one epoch, fewer images and fewer scored samples, and all else as it is published."""
    study = next(path for path in STUDIES if path.stem == name)
    content = study.read_text(encoding="utf-8")
    for asked, instead in (
        ("\nmax_epochs = 3\n", "\nmax_epochs = 1\nmax_scored = 300\n"),
        (
            '\ndata = { source = "fashion-mnist-10k" }\n',
            f"\ndata = {{ source = '{few_images}' }}\n",
        ),
        # By convention, which these data lack for want of a name.
        ("\n[data]\n", "\nclusters = 10\n\n[data]\n"),
    ):
        assert content.count(asked) == 1
        content = content.replace(asked, instead)
    brief = tmp_path / study.name
    brief.write_text(content, encoding="utf-8")
    check(brief, tmp_path / "run")


def check(study: Path, folder: Path) -> None:
    """Run a study file as a user does."""
    command = [sys.executable, "-m", "latens", "run", str(study), "--scale", "small"]
    environment = {key: value for key, value in os.environ.items() if key != "LATENS_DATA"}
    done = subprocess.run(
        [*command, "--out", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = Run.open(folder)
    assert run.info.status == "complete"
    assert ("published" in run.read_findings()) == bool(read_study(study).published)
    assert (run.path / "report.html").stat().st_size > 100_000
