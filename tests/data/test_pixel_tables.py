"""Pixels in tables, as MNIST in CSV comes, and tables that are none."""

from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.exceptions import DataError

RNG = np.random.default_rng(0)


def write(path: Path, columns: list[str], rows: np.ndarray, labels: bool = False) -> Path:
    head = [*(["label"] if labels else []), *columns]
    lines = [",".join(head)]
    for number, row in enumerate(rows):
        cells = [*([f"c{number % 2}"] if labels else []), *map(str, row.tolist())]
        lines.append(",".join(cells))
    path.write_text("\n".join(lines) + "\n")
    return path


PIXELS = RNG.integers(0, 256, (12, 100))


@pytest.mark.parametrize(
    "name", ["pixel{0}", "pixel_{0}", "px{0}", "{1}x{2}", "Pixel.{0}", "pixel{1}_{2}"]
)
def test_columns_called_pixels_are_images(tmp_path: Path, name: str) -> None:
    columns = [name.format(i, i // 10 + 1, i % 10 + 1) for i in range(100)]
    dataset = load(write(tmp_path / "x.csv", columns, PIXELS, labels=True))
    assert dataset.X.dtype == np.uint8
    np.testing.assert_array_equal(dataset.X, PIXELS.reshape(12, 10, 10))
    assert dataset.names == ("c0", "c1")
    assert dataset.layout == "images"
    assert any("images of 10x10; --as table" in note for note in dataset.notes)
    assert load(tmp_path / "x.csv", layout="table").X.shape == (12, 100)


def test_names_tell_the_size(tmp_path: Path) -> None:
    columns = [f"{row}x{column}" for row in range(1, 6) for column in range(1, 21)]
    assert load(write(tmp_path / "x.csv", columns, PIXELS)).X.shape == (12, 5, 20)


def test_other_columns_of_bytes_are_a_table_and_said(tmp_path: Path) -> None:
    columns = [f"v{i}" for i in range(100)]
    dataset = load(write(tmp_path / "x.csv", columns, PIXELS))
    assert dataset.X.shape == (12, 100)
    assert any("may be the pixels of images of 10x10" in note for note in dataset.notes)
    images = load(tmp_path / "x.csv", layout="images").X
    np.testing.assert_array_equal(images, PIXELS.reshape(12, 10, 10))


@pytest.mark.parametrize(
    "rows",
    [PIXELS[:, :99], PIXELS / 7, PIXELS * 2, PIXELS - 100, PIXELS[:, :25], PIXELS % 2],
    ids=["no square", "fractions", "beyond bytes", "negative", "few", "yes and no"],
)
def test_other_tables_are_not_said_to_be_pixels(tmp_path: Path, rows: np.ndarray) -> None:
    columns = [f"v{i}" for i in range(rows.shape[1])]
    dataset = load(write(tmp_path / "x.csv", columns, rows))
    assert dataset.X.shape == rows.shape
    assert not any("pixels" in note for note in dataset.notes)


def test_colors_lie_as_is_said(tmp_path: Path) -> None:
    rows = RNG.integers(0, 256, (6, 48))
    path = write(tmp_path / "x.csv", [f"v{i}" for i in range(48)], rows)
    last, first = load(path, layout="images").X, load(path, layout="channels-first").X
    np.testing.assert_array_equal(last, rows.reshape(6, 4, 4, 3))
    np.testing.assert_array_equal(first, np.moveaxis(rows.reshape(6, 3, 4, 4), 1, -1))
    assert load(path, layout="images", image_size=(6, 8)).X.shape == (6, 6, 8)
    with pytest.raises(DataError, match=r"48 columns .* do not make up 7 pixels"):
        load(path, layout="images", image_size=7)


def test_a_model_of_columns_gets_columns(tmp_path: Path) -> None:
    columns = [f"pixel{i}" for i in range(100)]
    path = write(tmp_path / "x.csv", columns, PIXELS)
    assert load(path, feature_names=columns).X.shape == (12, 100)
