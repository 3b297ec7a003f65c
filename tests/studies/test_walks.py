"""Walks start and end where they say, and change one number at a time."""

import numpy as np
import pytest

from latens.runs import Run
from latens.studies import check_study, run_study
from latens.studies.walks import _along_numbers, _between, _most_varied


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    model = {"latent_dim": 12, "network": "mlp", "trainer": {"max_epochs": 2}}
    study = check_study({"data": {"source": "digits"}, "models": [model], "max_scored": 120}, "x")
    return run_study(study, tmp_path_factory.mktemp("walks") / "run")


def test_one_number_changes_and_reaches_its_usual_ends() -> None:
    codes = np.random.default_rng(0).normal(size=(500, 4)) * [1, 5, 2, 0.1]
    walks = _along_numbers(codes, np.array([1, 2]))
    assert walks.shape == (2, 9, 4)
    for walk, number in zip(walks, (1, 2), strict=True):
        others = np.delete(walk, number, axis=1)
        assert (others == others[0]).all()
        assert others[0].tolist() in np.delete(codes, number, axis=1).tolist()
        assert walk[[0, -1], number] == pytest.approx(np.percentile(codes[:, number], [1, 99]))


def test_the_numbers_that_vary_most_are_walked_along() -> None:
    spreads = np.array([1, 9, 2, 8, 3, 7, 4, 6, 5, 0.1, 0.2, 10])
    codes = np.random.default_rng(0).normal(size=(4000, 12)) * spreads
    assert _most_varied(codes).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]


def test_the_way_between_is_straight_and_has_both_ends() -> None:
    codes = np.array([[0.0, 0.0], [6.0, 12.0]])
    walk = _between(codes, np.array([[0, 1]]))[0]
    np.testing.assert_allclose(walk, np.linspace([0, 0], [6, 12], 7))


def test_a_run_holds_its_walks_as_pictures(run: Run) -> None:
    along, between = run.array("traversals_autoencoder"), run.array("interpolations_autoencoder")
    assert along.shape == (10, 9, 8, 8)
    assert between.shape == (6, 9, 8, 8)
    assert along.dtype == between.dtype == np.uint8
    assert len(run.array("traversed_autoencoder")) == 10
    shown = {image.tobytes() for image in run.array("map_images")}
    for walk in between:
        assert walk[0].tobytes() in shown
        assert walk[-1].tobytes() in shown
