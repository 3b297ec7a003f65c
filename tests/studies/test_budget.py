"""The time of a whole run: what it is shared out among, and what a run says that it left out."""

import time
from pathlib import Path

import numpy as np
import pytest

from latens.exceptions import RunError
from latens.reports import write_report
from latens.runs import Run
from latens.studies import Budget, Reporter, check_study, resume_study, run_study
from latens.studies.budget import Sizes, aim

SMALL = Sizes(2_400, 600, values=12, classes=0, models=1, seeds=1, sample_seconds=1e-5)
LARGE = Sizes(160_000, 40_000, values=784, classes=10, models=1, seeds=1, sample_seconds=2e-4)


def budget(seconds: float, slowness: float = 1.0) -> Budget:
    return Budget(seconds, time.monotonic(), slowness=slowness)


def study(source, max_epochs: int):
    model = {"latent_dim": 3, "network": "mlp", "trainer": {"max_epochs": max_epochs}}
    return check_study({"data": {"source": str(source)}, "models": [model]}, "test")


def test_a_small_table_is_scored_in_full_within_a_minute():
    room, scored = budget(60).share_out(SMALL, training=12)
    assert room > 12
    assert scored == 10_000


@pytest.mark.parametrize("seconds", [10, 30, 60, 600, 6_000])
def test_a_training_gets_a_quarter_of_the_time_at_least_and_never_all_of_it(seconds):
    room, _ = budget(seconds).share_out(LARGE, training=400)
    assert seconds / 4 * 0.99 <= room < seconds


def test_more_time_and_a_faster_machine_never_mean_that_less_is_scored():
    by_time = [budget(seconds).share_out(LARGE, 400)[1] for seconds in (10, 60, 200, 1_000, 9_000)]
    by_machine = [budget(300, slowness).share_out(LARGE, 400)[1] for slowness in (9, 3, 1)]
    for scored in (by_time, by_machine):
        assert scored == sorted(scored)
        assert scored[0] < scored[-1]


def test_without_time_there_is_no_map_by_t_sne_and_no_umap():
    assert budget(0.001).map_rows(LARGE) == 0
    assert not budget(60).has_time_for_umap(1_000)
    assert budget(10_000).map_rows(LARGE) == 10_000
    assert budget(10_000).has_time_for_umap(1_000)


def test_pca_of_more_than_memory_has_room_for_learns_from_fewer_rows():
    wide = Sizes(1_000_000, 1_000, values=10_000, classes=0, models=1, seeds=1, sample_seconds=1e-4)
    assert budget(10**9).pca_rows(wide) * wide.values * 4 <= 256 * 2**20
    assert budget(10**9).pca_rows(SMALL) == SMALL.n_train


@pytest.mark.parametrize(
    ("values", "least", "most"), [(1, 60, 120), (8e6, 60, 120), (1e12, 600, 1800)]
)
def test_a_run_aims_at_two_minutes_for_small_data_and_never_at_more_than_half_an_hour(
    values, least, most
):
    assert least <= aim(int(values)) <= most


def test_only_an_aim_is_stretched_for_a_training_that_takes_longer():
    aims = [Budget(80, is_limit=False, slowness=1) for _ in range(2)]
    aims[0].stretch(training=20)
    aims[1].stretch(training=2_000)
    limit = budget(80)
    limit.stretch(training=2_000)
    assert [aims[0].seconds, limit.seconds] == [80, 80]
    assert 120 <= aims[1].seconds <= 150


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """3,000 rows of 600 columns in ten classes."""
    rng = np.random.default_rng(0)
    y = rng.integers(10, size=3_000)
    X = rng.normal(size=(10, 600))[y] + rng.normal(size=(3_000, 600))
    path = tmp_path_factory.mktemp("table") / "table.npz"
    np.savez(path, X=X.astype(np.float32), y=y)
    return path


@pytest.fixture(scope="module")
def hurried(table, tmp_path_factory) -> Run:
    """A run that had no time for anything."""
    reporter = Reporter(finish=write_report, is_finished=lambda run: run.has("report"))
    folder = tmp_path_factory.mktemp("hurried")
    return run_study(study(table, 500), folder / "run", reporter=reporter, budget=budget(0.001))


def test_a_run_without_time_is_complete_in_forms_that_it_lists(hurried):
    info = hurried.info
    assert info.status == "complete"
    forms = {one.step: one for one in info.cheap_forms}
    assert {"scores", "training", "maps"} <= set(forms)
    n = forms["scores"].rows
    assert n < 2_400
    assert len(hurried.array("scored_train")) == n
    arrays = set(hurried.arrays())
    assert {"plane_raw", "plane_autoencoder"} <= arrays
    assert "map_raw" not in arrays
    page = (hurried.path / "report.html").read_text()
    assert "cheaper form" in page
    assert "--finish" in page


@pytest.mark.slow
def test_what_was_cheap_is_made_in_full_of_the_same_model(hurried, table, tmp_path):
    with pytest.raises(RunError, match="--finish"):
        resume_study(hurried.path)
    weights = hurried.model_path("autoencoder") / "weights.safetensors"
    before = weights.read_bytes()
    announced = []
    reporter = Reporter(
        finish=write_report,
        is_finished=lambda run: run.has("report"),
        announce=lambda announcement: announced.extend(announcement.lines()),
    )
    resume_study(hurried.path, finish=True, reporter=reporter)
    assert announced[-1] == "every model is trained already"
    run = Run.open(hurried.path)
    assert run.info.cheap_forms == []
    assert weights.read_bytes() == before
    assert len(run.array("scored_test")) == 600
    assert "map_raw" in run.arrays()
    assert "cheaper form" not in (run.path / "report.html").read_text()
    whole = run_study(study(table, 1), tmp_path / "whole")

    def scores(run):
        return {
            (row.representation, row.part): row.metrics
            for row in run.results.rows
            if row.kind != "Autoencoder"
        }

    assert scores(run) == scores(whole)
    with pytest.raises(RunError, match="nothing to resume"):
        resume_study(hurried.path, finish=True)
