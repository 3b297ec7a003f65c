"""A table that embedding-atlas and any reader of parquet open."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from latens._optional import import_optional
from latens._text import one_line
from latens.explorer.exploration import Exploration
from latens.explorer.exports.columns import named_columns, values_of
from latens.explorer.thumbnails import as_colors

__all__ = ["write_parquet"]

_NEIGHBORS = 15


def write_parquet(exploration: Exploration, path: Path) -> None:
    """Write one row for each sample.

    The columns are x and y, the place on the first model's map; x and y of every other map, with its
    name; row, file or id, and part of each sample; label, cluster, error and whatever else is known; code,
    the first model's, a list;
    neighbors, a struct of two lists: ids, the numbers of the rows of this table with the nearest codes,
    from 0, and distances; and image, a struct of bytes (PNG) and path, for images. These are the shapes
    that embedding-atlas documents for its options --x, --y, --neighbors and --image.

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    """
    pyarrow = import_optional("pyarrow", extra="parquet", purpose="write parquet files")
    parquet = import_optional("pyarrow.parquet", extra="parquet", purpose="write parquet files")
    columns: dict[str, Any] = _places(exploration)
    columns |= _codes(pyarrow, exploration)
    if exploration.images is not None:
        columns["image"] = _images(pyarrow, exploration)
    known = named_columns(exploration, taken=columns)
    facts = {name: values_of(column) for name, column in known.items()}
    parquet.write_table(pyarrow.table(columns | facts), path, compression="zstd")


def _places(exploration: Exploration) -> dict[str, np.ndarray]:
    places = {}
    for at, one in enumerate(exploration.maps):
        name = f", {one_line(one.name)}" if at else ""
        for axis, letter in enumerate("xy"):
            places[f"{letter}{name}"] = np.asarray(one.places[:, axis], dtype=np.float32)
    return places


def _codes(pyarrow: Any, exploration: Exploration) -> dict[str, Any]:
    """The codes of the first model, and for each the nearest others."""
    if not exploration.codes:
        return {}
    codes = np.asarray(exploration.codes[0].values, dtype=np.float32)
    numbers = pyarrow.list_(pyarrow.float32())
    columns = {"code": pyarrow.array(list(codes), type=numbers)}
    if len(codes) > 1 and np.isfinite(codes).all():
        from sklearn.neighbors import NearestNeighbors

        most = min(_NEIGHBORS, len(codes) - 1)
        # Without an argument, no sample is its own neighbor.
        distances, ids = NearestNeighbors(n_neighbors=most).fit(codes).kneighbors()
        kind = pyarrow.struct(
            [("ids", pyarrow.list_(pyarrow.int64())), ("distances", numbers)],
        )
        pairs = zip(ids.tolist(), distances.tolist(), strict=True)
        rows = [{"ids": near, "distances": far} for near, far in pairs]
        columns["neighbors"] = pyarrow.array(rows, type=kind)
    return columns


def _images(pyarrow: Any, exploration: Exploration) -> Any:
    assert exploration.images is not None
    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    rows = [
        {"bytes": _png(image), "path": f"{row}.png"}
        for row, image in zip(exploration.rows.tolist(), exploration.images, strict=True)
    ]
    return pyarrow.array(rows, type=kind)


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    pixels = image if image.ndim == 2 else as_colors(image)
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    return buffer.getvalue()
