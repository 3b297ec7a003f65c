"""What a run keeps for its pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.runs import Run
from latens.studies import check_study, run_study


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on a folder of images, each of one grey that its name tells."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for grey in range(120):
        pixels = np.full((6, 5), grey, np.uint8) + rng.integers(0, 2, (6, 5), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"grey {grey}.png")
    model = {"latent_dim": 2, "network": "mlp", "trainer": {"max_epochs": 2}}
    study = check_study({"data": {"source": str(folder)}, "models": [model]}, "a test")
    return run_study(study, folder.with_name("run"))


def test_files_belong_to_the_samples_on_the_maps(run: Run) -> None:
    places, known = run.array("map_rows"), run.identity
    greys = [int(Path(known.ids[place]).stem.split()[1]) for place in places]
    assert known.rows[places].tolist() == greys
    images = run.array("map_images").astype(float)
    assert np.argsort(greys).tolist() == np.argsort(images.mean(axis=(1, 2))).tolist()


def test_all_kinds_of_maps_show_the_same_samples(run: Run) -> None:
    n = len(run.array("map_rows"))
    for kind in ("map", "plane"):
        for name in ("raw", "pca-2", "autoencoder"):
            places = run.array(f"{kind}_{name}")
            assert places.shape == (n, 2), kind
            assert np.isfinite(places).all(), kind


def test_every_criterion_has_a_value_for_every_number_tried(run: Run) -> None:
    clusters = run.read("results")["clusters"]
    names = [one["name"] for one in clusters["criteria"]]
    assert names == ["silhouette", "calinski_harabasz", "davies_bouldin"]
    for one in clusters["criteria"]:
        values = [np.nan if value is None else value for value in one["values"]]
        assert len(values) == len(clusters["ks"])
        best = np.nanargmax(values) if one["better"] == "higher" else np.nanargmin(values)
        assert clusters["ks"][best] == one["best"]
    assert clusters["criteria"][0]["values"] == clusters["silhouettes"]


def test_neighbors_start_with_the_sample_and_have_its_values(run: Run) -> None:
    rows = run.array("neighbours_raw")
    assert rows.shape == (6, 8)
    assert run.array("similar_raw").shape == (6, 8, 6, 5)
    assert (rows[:, 0] == run.array("neighbours_autoencoder")[:, 0]).all()
    # Greys are a line: the nearest one is the next darker or brighter one that was held out.
    grey = np.asarray(run.array("similar_raw"), dtype=float).mean(axis=(2, 3))
    distances = np.abs(grey[:, 1:] - grey[:, :1])
    assert (distances[:, 0] <= distances[:, -1]).all()
