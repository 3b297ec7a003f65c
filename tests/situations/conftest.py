"""What strangers bring, written into a file and read as `latens.data.load` reads it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.data import Dataset, load


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Dataset]:
    """Write a text into a file and load it."""

    def read_text(
        text: str | bytes, name: str = "x.csv", encoding: str = "utf-8", **options: object
    ) -> Dataset:
        content = text if isinstance(text, bytes) else text.encode(encoding)
        (tmp_path / name).write_bytes(content)
        return load(tmp_path / name, **options)

    return read_text


@pytest.fixture
def read_columns(read) -> Callable[..., Dataset]:
    """Write columns of cells, by their names, into a file and load it."""

    def read_cells(columns: dict[str, list[object]], sep: str = ",", **options: object) -> Dataset:
        rows = [map(str, row) for row in zip(*columns.values(), strict=True)]
        return read("\n".join(map(sep.join, [list(columns), *rows])) + "\n", **options)

    return read_cells


@pytest.fixture
def said() -> Callable[..., bool]:
    """Whether one note holds all of some words."""

    def is_said(dataset: Dataset, *words: str) -> bool:
        return any(all(word in note for word in words) for note in dataset.notes)

    return is_said


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder of small grey images, each of another value, and of other files (two blanks long)."""

    def make_all(*names: str) -> Path:
        for value, name in enumerate(names):
            path = tmp_path / "photos" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            kind = {"png": "PNG", "jpg": "JPEG", "tif": "TIFF"}.get(path.suffix[1:].lower())
            if kind is None:
                path.write_bytes(b"  ")
            else:
                Image.fromarray(np.full((8, 8), 10 * value, np.uint8)).save(path, format=kind)
        return tmp_path / "photos"

    return make_all
