"""UMAP beside the other representations, where umap-learn is installed."""

import numpy as np
import pytest

from latens.runs import Run
from latens.studies import check_study, run_study

pytestmark = pytest.mark.usefixtures("umap")

QUICK = {"max_epochs": 2}


@pytest.fixture(scope="module")
def run(umap, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on points of a line in ten dimensions, with labels for its two halves."""
    folder = tmp_path_factory.mktemp("umap")
    rng = np.random.default_rng(0)
    places = np.sort(rng.random(250))
    X = places[:, None] * np.arange(1, 11) + 0.01 * rng.normal(size=(250, 10))
    np.savez(folder / "line.npz", X=X, y=(places > 0.5).astype(int))
    model = {"latent_dim": 2, "network": "mlp", "trainer": QUICK}
    study = check_study({"data": {"source": str(folder / "line.npz")}, "models": [model]}, "it")
    return run_study(study, folder / "run")


def test_it_is_a_row_that_the_verdict_knows(run: Run) -> None:
    results = run.read("results")
    assert results["not_measured"] == []
    rows = [row for row in results["rows"] if row["representation"] == "umap-2"]
    assert {row["part"] for row in rows} == {"train", "held-out"}
    assert all(row["metrics"]["trustworthiness"] > 0.9 for row in rows)
    compared = {one["metric"] for one in results["differences"] if one["against"] == "umap-2"}
    assert {"adjusted_rand_score", "knn_accuracy", "trustworthiness"} <= compared
    assert "psnr" not in compared


def test_its_maps_keep_the_neighbors_of_a_line(run: Run) -> None:
    rows = run.array("map_rows")
    for name in ("raw", "pca-2", "autoencoder"):
        assert run.array(f"umap_{name}").shape == (len(rows), 2)
    rows = rows[run.identity.part[rows] == 1]
    places = run.array("umap_raw")[: len(rows)]
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(distances, np.inf)
    # The held-out rows are in the order of the line; of two that were drawn by chance it is a third.
    assert np.median(np.abs(distances.argmin(axis=1) - np.arange(len(rows)))) < len(rows) / 8


@pytest.mark.parametrize(("n", "size"), [(14, 2), (70, 64)])
def test_few_samples_end_in_a_row_or_a_reason(tmp_path, n, size):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(n, 80)))
    settings = {
        "data": {"source": str(tmp_path / "x.npy")},
        "models": [{"latent_dim": size, "trainer": QUICK}],
    }
    run = run_study(check_study(settings, "it"), tmp_path / "run")
    results = run.read("results")
    kinds = {row["kind"] for row in results["rows"]}
    assert "umap" in kinds or "umap-learn failed" in results["not_measured"][0]["reason"]
