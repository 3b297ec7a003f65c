"""New samples as files: images one by one and on a sheet, or rows of numbers. Whole or not at all."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latens._csv_writing import write_csv
from latens._writing import atomic_write, check_free, whole_folder
from latens.data.scaling import Scaling
from latens.exceptions import RunError

if TYPE_CHECKING:
    import pandas

__all__ = ["as_bytes", "check_replaceable", "write_images", "write_rows", "write_table"]

_SHEET = "sheet.png"
_OURS = re.compile(r"(\d+|sheet)\.png")


def as_bytes(images: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Images as bytes; 0 and 255 are the ends of the range of the data.

    Examples
    --------
    >>> scaling = Scaling(np.array(0.0), np.array(1.0), bounded=True)
    >>> as_bytes(np.array([[0.0, 1.0, 2.0]]), scaling)
    array([[  0, 255, 255]], dtype=uint8)
    """
    return np.asarray((scaling.apply(images).clip(0, 1) * 255).round().astype(np.uint8))


def check_replaceable(path: Path, *, overwrite: bool) -> None:
    """Refuse to write where something is that must stay.

    Raises
    ------
    RunError
        If the path exists and may not be replaced, is a folder of anything but what `write_images` makes, or
        nothing can be written there.
    """
    check_free(path, overwrite=overwrite)
    names = {one.name for one in path.iterdir()} if path.is_dir() else set()
    if names and (_SHEET not in names or not all(map(_OURS.fullmatch, names))):
        raise RunError(
            f"'{path}' holds more than generated images, so it is not overwritten. Choose another `out`."
        )


def write_images(folder: Path, images: np.ndarray, *, columns: int) -> None:
    """Write each image as a PNG of its own, and all of them on sheet.png.

    Parameters
    ----------
    folder : Path
    images : ndarray of uint8 of shape (n, height, width[, 3])
    columns : int in [1, inf)
        Images side by side on the sheet.

    Raises
    ------
    RunError
        If the folder cannot be written.
    """
    from PIL import Image

    digits = len(str(len(images) - 1))
    with whole_folder(folder) as temporary:
        for number, image in enumerate(images):
            Image.fromarray(_seen(image)).save(temporary / f"{number:0{digits}}.png")
        Image.fromarray(_seen(_sheet(images, columns))).save(temporary / _SHEET)


def write_rows(
    path: Path, X: np.ndarray, y: np.ndarray | None = None, names: Sequence[str] | None = None
) -> None:
    """Write samples to a .npz file with X, and y where there is one, or a table to a .csv file.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    with atomic_write(path) as temporary:
        if path.suffix == ".csv":
            import pandas

            columns = names or [f"column_{at}" for at in range(X.shape[1])]
            write_csv(pandas.DataFrame(X, columns=list(columns)), temporary)
            return
        with temporary.open("wb") as file:
            if y is None:
                np.savez_compressed(file, X=X)
            else:
                np.savez_compressed(file, X=X, y=y)


def write_table(path: Path, frame: "pandas.DataFrame") -> None:
    """Write rows of a table to a .csv or .parquet file.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    with atomic_write(path) as temporary:
        if path.suffix == ".parquet":
            frame.to_parquet(temporary, index=False)
        else:
            write_csv(_whole_beside_gaps(frame), temporary)


def _whole_beside_gaps(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    """The table with whole numbers that stand beside gaps written as such: 32 and not 32.0."""
    whole = {
        name: frame[name].astype("Int64")
        for name in frame.columns
        if frame[name].dtype.kind == "f" and (frame[name].dropna() % 1 == 0).all()
    }
    return frame.assign(**whole)


def _seen(image: np.ndarray) -> np.ndarray:
    """An image in grey or three colors, which is what PNG can hold of any number of channels."""
    if image.ndim == 2:
        return image
    return np.ascontiguousarray(image[..., :3] if image.shape[2] >= 3 else image[..., 0])


def _sheet(images: np.ndarray, columns: int) -> np.ndarray:
    n, height, width = images.shape[:3]
    gap = max(1, round(width / 12))
    rows = -(-n // columns)
    columns = min(columns, n)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, *images.shape[3:])
    sheet = np.full(shape, 255, dtype=np.uint8)
    for at, image in enumerate(images):
        top, left = (at // columns) * (height + gap), (at % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet
