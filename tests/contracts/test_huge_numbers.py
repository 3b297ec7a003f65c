"""A number in an array of a run is a number, and never how much memory is taken."""

import resource
import shutil
from pathlib import Path

import numpy as np
import pytest

from latens.exceptions import RunError
from latens.explorer import write_explorer
from latens.reports import write_report
from latens.runs import Run

SAVED = Path(__file__).parent.parent / "fixtures" / "v0_1"
HUGE = [2**31, 2**40, 2**62]


@pytest.fixture
def run(tmp_path):
    shutil.copytree(SAVED / "runs" / "images", tmp_path / "run")
    return Run.open(tmp_path / "run")


@pytest.fixture(autouse=True)
def little_memory():
    """A gigabyte more than the tests before have taken."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("huge", HUGE)
@pytest.mark.parametrize(
    "name", ["clusters_autoencoder_test", "y_test", "map_rows", "scored_test", "neighbours_raw"]
)
def test_a_huge_number_among_clusters_labels_and_rows_takes_no_memory(run, name, huge):
    values = np.array(run.array(name), dtype=np.int64)
    values.flat[-1] = huge
    run.write_array(name, values)
    try:
        write_explorer(run, run.path / "explorer.html")
    except RunError as error:
        assert "\n" not in str(error)  # noqa: PT017 (either is well: what is refused, and what is not)
    if huge == HUGE[1] and name in ("clusters_autoencoder_test", "y_test"):
        page = write_report(run)
        assert page.stat().st_size < 15_000_000
