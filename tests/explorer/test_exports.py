"""What other programs get: read back with their own readers, and compared with the run."""

import io
import json
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image
from sklearn.neighbors import NearestNeighbors

from latens._text import one_line
from latens.data import load
from latens.exceptions import MissingDependencyError, ParameterError, RunError
from latens.explorer.exports import export_run
from latens.runs import Run


@pytest.fixture
def table(digits_run: Run, tmp_path: Path) -> pandas.DataFrame:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (path,) = export_run(digits_run, "parquet", tmp_path / "digits.parquet")
    return pandas.read_parquet(path)


def test_a_table_has_the_places_codes_and_facts_of_the_run(
    table: pandas.DataFrame, digits_run: Run
) -> None:
    rows = digits_run.array("map_rows")
    assert table["row"].tolist() == rows.tolist()
    np.testing.assert_array_equal(table[["x", "y"]], digits_run.array("map_autoencoder"))
    np.testing.assert_array_equal(
        table[["x, raw pixels", "y, raw pixels"]], digits_run.array("map_raw")
    )
    codes = digits_run.array("codes_autoencoder_map")
    np.testing.assert_array_equal(np.stack(table["code"]), codes)
    assert table["label"].tolist() == [str(one) for one in load("digits").y[rows]]
    assert table["part"].tolist() == ["held-out"] * 359 + ["train"] * 1438
    clusters = digits_run.array("clusters_autoencoder_map").tolist()
    assert table["cluster"].tolist() == [str(one) for one in clusters]
    places = np.searchsorted(digits_run.array("scored_test"), rows[:200])
    errors = digits_run.array("errors_autoencoder_test")[places]
    np.testing.assert_allclose(table["error"][:200], errors)
    assert table["error"][200:].isna().all()


def test_neighbors_are_rows_of_the_table_as_embedding_atlas_counts_them(
    table: pandas.DataFrame,
) -> None:
    codes = np.stack(table["code"])
    distances, ids = NearestNeighbors(n_neighbors=16).fit(codes).kneighbors(codes)
    for at, near in enumerate(table["neighbors"]):
        assert len(near["ids"]) == len(near["distances"]) == 15
        assert at not in near["ids"]
        np.testing.assert_allclose(near["distances"], distances[at, 1:], rtol=1e-5, atol=1e-6)
    assert set(table["neighbors"][3]["ids"]) == set(ids[3]) - {3}


def test_images_are_whole_files(table: pandas.DataFrame, digits_run: Run) -> None:
    images = digits_run.array("map_images")
    for at in (0, len(table) - 1):
        one = table["image"][at]
        np.testing.assert_array_equal(Image.open(io.BytesIO(one["bytes"])), images[at])
        assert one["path"] == f"{table['row'][at]}.png"


def test_the_projector_gets_codes_facts_and_a_square_sprite(
    digits_run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "projector"
    paths = export_run(digits_run, "projector", folder)
    assert [path.name for path in paths] == [
        "metadata.tsv",
        "projector_config.pbtxt",
        "sprite.png",
        "tensors.tsv",
    ]
    codes = np.loadtxt(folder / "tensors.tsv", delimiter="\t")
    np.testing.assert_allclose(codes, digits_run.array("codes_autoencoder_map"), rtol=1e-5)
    facts = pandas.read_csv(folder / "metadata.tsv", sep="\t")
    assert facts["row"].tolist() == digits_run.array("map_rows").tolist()
    assert len(facts) == len(codes)
    images = digits_run.array("map_images")
    sprite = np.asarray(Image.open(folder / "sprite.png").convert("L"))
    columns = int(np.ceil(np.sqrt(len(images))))
    assert sprite.shape == (8 * columns, 8 * columns)
    last = len(images) - 1
    top, left = 8 * (last // columns), 8 * (last % columns)
    np.testing.assert_array_equal(sprite[top : top + 8, left : left + 8], images[last])
    config = (folder / "projector_config.pbtxt").read_text(encoding="utf-8")
    assert 'tensor_path: "tensors.tsv"' in config
    assert "single_image_dim: 8 single_image_dim: 8" in config


@pytest.mark.filterwarnings("ignore")
def test_anndata_has_codes_maps_and_facts(digits_run: Run, tmp_path: Path) -> None:
    anndata = pytest.importorskip("anndata", reason="anndata is not installed")
    (path,) = export_run(digits_run, "anndata", tmp_path / "digits.h5ad")
    data = anndata.read_h5ad(path)
    np.testing.assert_array_equal(data.X, digits_run.array("codes_autoencoder_map"))
    assert data.var_names.tolist() == ["code_0", "code_1", "code_2"]
    np.testing.assert_array_equal(data.obsm["X_map_raw pixels"], digits_run.array("map_raw"))
    rows = digits_run.array("map_rows")
    assert data.obs["label"].astype(int).tolist() == load("digits").y[rows].tolist()


def test_a_package_that_is_missing_is_named(
    digits_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "anndata", None)
    with pytest.raises(MissingDependencyError, match="'anndata' is needed to write AnnData files"):
        export_run(digits_run, "anndata", tmp_path / "digits.h5ad")
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_values_has_no_images(table_run: Run, tmp_path: Path) -> None:
    names = [path.name for path in export_run(table_run, "projector", tmp_path / "wine")]
    assert "sprite.png" not in names
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (path,) = export_run(table_run, "parquet", tmp_path / "wine.parquet")
    assert "image" not in pandas.read_parquet(path)


@pytest.mark.parametrize("to", ["parquet", "projector"])
def test_what_is_there_is_not_replaced(digits_run: Run, tmp_path: Path, to: str) -> None:
    path = tmp_path / "taken"
    path.write_text("precious")
    with pytest.raises(RunError, match="exists already"):
        export_run(digits_run, to, path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_hostile_names_stay_in_their_cells(hostile_run: Run, tmp_path: Path) -> None:
    export_run(hostile_run, "projector", tmp_path / "p")
    lines = (tmp_path / "p" / "metadata.tsv").read_text(encoding="utf-8").split("\n")
    assert len({line.count("\t") for line in lines[:-1]}) == 1
    assert len(lines) == len(hostile_run.array("map_rows")) + 2
    config = (tmp_path / "p" / "projector_config.pbtxt").read_text(encoding="utf-8")
    assert config.count("embeddings {") == 1
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (path,) = export_run(hostile_run, "parquet", tmp_path / "h.parquet")
    files = json.loads((hostile_run.path / "items.json").read_text())["columns"]["file"]
    assert pandas.read_parquet(path)["file"].tolist() == [one_line(one) for one in files]


def test_a_run_without_maps_and_a_format_that_is_none_are_refused(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    run.write_info(status="running", data={"name": "digits"})
    with pytest.raises(RunError, match="no maps"):
        export_run(run, "parquet", tmp_path / "x.parquet")
    with pytest.raises(ParameterError, match="must be one of parquet"):
        export_run(run, "csv", tmp_path / "x.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
