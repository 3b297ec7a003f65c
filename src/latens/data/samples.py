"""The last check of every source: an array of samples that networks, metrics and pictures can use."""

from dataclasses import dataclass

import numpy as np

from latens.data.layouts import Guess, Layout, arranged, guess_layout, standard_layout
from latens.exceptions import DataError

__all__ = ["Samples", "check_samples"]

_BLOCK_BYTES = 64 * 2**20
_COLORS = (1, 3)


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples in the standard shape, and what was changed to get there."""

    X: np.ndarray
    notes: tuple[str, ...] = ()
    layout: str = "images"
    read_as: str = ""


def check_samples(X: np.ndarray, where: str, layout: Layout | None = None) -> Samples:
    """Bring an array of samples to the standard shape and refuse what cannot be learned from.

    Bytes stay bytes and a memory map stays mapped. Booleans become bytes, a single channel is
    dropped, channels that come first are moved last.

    Parameters
    ----------
    X : ndarray
        Samples along the first axis.
    where : str
        The source, as the beginning of an error: "The file 'x.npy'".
    layout : Layout or None, default=None
        What the axes mean, if that is known.

    Returns
    -------
    Samples

    Raises
    ------
    DataError
        For a type that is not numeric, no samples, an unusable shape, or a value that is not finite.

    Examples
    --------
    >>> samples = check_samples(np.zeros((5, 3, 8, 8), dtype=np.uint8), "The file 'x.npy'")
    >>> samples.X.shape, samples.layout
    ((5, 8, 8, 3), 'images')
    >>> samples.notes[0].partition(";")[0]
    'Channels came first (5, 3, 8, 8) and were moved last'
    """
    if X.dtype.kind not in "buif":
        raise DataError(
            f"{where} holds values of type {X.dtype}. Expected integers or floats; convert them first."
        )
    _check_shape(X, where)
    notes: tuple[str, ...] = ()
    given = X.shape
    try:
        guess = guess_layout(X) if layout is None else Guess(layout)
        X = arranged(X, guess.layout)
    except DataError as error:
        raise DataError(f"{where} cannot be read so: {error}") from error
    if guess.why:
        notes = (f"{guess.why}; {guess.way_out}.",)
    kind = standard_layout(guess.layout, X.ndim)
    X = _one_or_three_channels(X, where, guess.layout, given)
    _check_finite(X, where)
    return Samples(_native(X), notes, kind, _in_words(X, kind, given))


def _check_shape(X: np.ndarray, where: str) -> None:
    if X.ndim not in (2, 3, 4):
        raise DataError(
            f"{where} has the shape {X.shape}. Expected a table (n, features) or images (n, height, "
            "width) or (n, height, width, 3); reshape it, for one feature with X.reshape(-1, 1)."
        )
    if len(X) == 0:
        raise DataError(f"{where} has no samples.")
    if X.size == 0:
        raise DataError(f"{where} has the shape {X.shape}: its samples hold no values.")


def _one_or_three_channels(
    X: np.ndarray, where: str, layout: Layout, given: tuple[int, ...]
) -> np.ndarray:
    if X.ndim != 4:
        return X
    if X.shape[3] not in _COLORS:
        if X.shape[2] in _COLORS and X.shape[0] == X.shape[1]:
            raise DataError(
                f"{where} has the shape {given}, which may be {X.shape[3]:,} images of {X.shape[0]} x "
                f"{X.shape[1]}, as MATLAB has them. Put their number first, with np.moveaxis(X, -1, 0); or "
                "take all as a table (--as table, layout='table')."
            )
        kept = "X[:, :3]" if layout == "channels-first" else "X[..., :3]"
        raise DataError(
            f"{where} has the shape {given}, so its images have {X.shape[3]} channels. Expected 1 (grey) or "
            f"3 (RGB): keep three of them, as in {kept}, or take all as a table (--as table, layout='table')."
        )
    return X[..., 0] if X.shape[3] == 1 else X


def _in_words(X: np.ndarray, kind: str, given: tuple[int, ...]) -> str:
    """How an array was understood."""
    size = "x".join(str(side) for side in X.shape[1:])
    if kind == "series":
        steps = f"{X.shape[1]} steps and {X.shape[2]} channels"
        return f"{len(X):,} series of {steps}, each channel scaled by itself"
    if kind == "table":
        return f"a table of {len(X):,} rows and {X.shape[1]:,} columns"
    if len(given) == 3:
        return f"{len(X):,} samples of {size}, grey images or series of one range, as the shape is {given}"
    return f"{len(X):,} images of {size}, as the shape is {given}"


def _check_finite(X: np.ndarray, where: str) -> None:
    """Look at every float, block by block, so that a memory map is never read whole."""
    if X.dtype.kind != "f":
        return
    rows = max(1, _BLOCK_BYTES // X[:1].nbytes)
    for start in range(0, len(X), rows):
        bad = ~np.isfinite(X[start : start + rows])
        if bad.any():
            row = start + int(np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))[0])
            value = X[row][bad[row - start]].flat[0]
            raise DataError(
                f"{where} holds a value that is not finite: {value} in sample {row} (counted from 0). "
                "Drop such samples or fill the values first."
            )


def _native(X: np.ndarray) -> np.ndarray:
    """Numbers as this machine and torch store them."""
    if X.dtype == bool:
        return X.view(np.uint8)
    if X.dtype.kind == "f" and X.dtype.itemsize > 8:
        return X.astype(np.float64)
    return X if X.dtype.isnative else X.astype(X.dtype.newbyteorder("="))
