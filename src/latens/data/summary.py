"""What a data set holds, in figures: for a look before anything is trained."""

import hashlib
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from latens.data.dataset import Dataset

__all__ = ["Summary", "fingerprint", "fingerprint_of_parts", "summarize"]

_HASHED_BYTES = 16 * 2**20

_BLOCK_BYTES = 64 * 2**20
_BLOCK_ROWS = 2**18
_NARROW_BYTES = 64
_SHOWN = 10


@dataclass(frozen=True)
class Summary:
    """The figures of a data set.

    Attributes
    ----------
    name, source : str
        As in the data set.
    n_samples : int
        How many samples.
    sample_shape : tuple of int
        (n_features,), (height, width) or (height, width, 3).
    dtype : str
        The type of the values.
    nbytes : int
        What the values take in memory, or on disk where they are mapped.
    minimum, maximum : float
        The range of the finite values; NaN where there are none.
    n_missing : int
        Values that are not finite. `load` lets none through.
    missing : tuple of str
        The columns (of a table) or pixels that have some, by name.
    constant : tuple of str
        The columns or pixels that have one value only, by name.
    n_duplicates : int
        Samples that repeat an earlier one exactly.
    classes : tuple of (str, int), or None
        The number of samples per class; None without labels.
    notes, read_as, left_out, understood
        As in the data set.
    fingerprint : str
        SHA-256 of the content.
    """

    name: str
    source: str
    n_samples: int
    sample_shape: tuple[int, ...]
    dtype: str
    nbytes: int
    minimum: float
    maximum: float
    n_missing: int
    missing: tuple[str, ...]
    constant: tuple[str, ...]
    n_duplicates: int
    classes: tuple[tuple[str, int], ...] | None
    notes: tuple[str, ...]
    fingerprint: str
    read_as: str = ""
    left_out: tuple[str, ...] = ()
    understood: tuple[tuple[str, str], ...] = ()

    def in_words(self) -> dict[str, str]:
        """Return the figures as people read them, by what they are called; of many names the first few."""
        words = {
            "name": self.name,
            "source": self.source,
            **({"read as": self.read_as} if self.read_as else {}),
            "samples": f"{self.n_samples:,}",
            "shape": "x".join(map(str, self.sample_shape)),
            "values": f"{self.dtype}, {self.minimum:g} to {self.maximum:g}",
            "constant": _some(self.constant),
            "exact repeats": f"{self.n_duplicates:,}",
            "fingerprint": self.fingerprint,
        }
        if self.classes is not None:
            words["labels"] = _some(tuple(f"{name} {count:,}" for name, count in self.classes))
        return words


@dataclass(frozen=True, eq=False)
class _Ranges:
    """Per feature: the smallest and largest finite value, and how many are not finite."""

    low: np.ndarray
    high: np.ndarray
    n_missing: np.ndarray


def summarize(dataset: Dataset) -> Summary:
    """Count and measure a data set, block by block, so that a memory map is never read whole.

    Parameters
    ----------
    dataset : Dataset
        As `load` gives it.

    Returns
    -------
    Summary

    Examples
    --------
    >>> summary = summarize(Dataset(np.array([[1.0, 5.0], [2.0, 5.0], [1.0, 5.0]])))
    >>> summary.constant, summary.n_duplicates, summary.minimum
    (('column 1',), 1, 1.0)
    """
    X = dataset.X
    ranges = _ranges(X)
    is_constant = (ranges.low == ranges.high) & (ranges.n_missing == 0)
    present = np.isfinite(ranges.low)
    return Summary(
        name=dataset.name,
        source=dataset.source,
        n_samples=len(X),
        sample_shape=X.shape[1:],
        dtype=str(X.dtype),
        nbytes=X.nbytes,
        minimum=float(ranges.low[present].min()) if present.any() else float("nan"),
        maximum=float(ranges.high[present].max()) if present.any() else float("nan"),
        n_missing=int(ranges.n_missing.sum()),
        missing=_feature_names(dataset, ranges.n_missing > 0),
        constant=_feature_names(dataset, is_constant),
        n_duplicates=len(X) - _count_distinct(X),
        classes=_class_counts(dataset),
        notes=dataset.notes,
        fingerprint=fingerprint(X),
        read_as=dataset.read_as,
        left_out=dataset.left_out,
        understood=dataset.understood,
    )


def _ranges(X: np.ndarray) -> _Ranges:
    n_features = int(np.prod(X.shape[1:]))
    low = np.full(n_features, np.inf)
    high = np.full(n_features, -np.inf)
    n_missing = np.zeros(n_features, dtype=np.int64)
    rows = max(1, _BLOCK_BYTES // max(1, 8 * n_features))
    for start in range(0, len(X), rows):
        block = X[start : start + rows].reshape(-1, n_features)
        if X.dtype.kind == "f":
            bad = ~np.isfinite(block)
            n_missing += bad.sum(axis=0)
            low = np.minimum(low, np.where(bad, np.inf, block).min(axis=0))
            high = np.maximum(high, np.where(bad, -np.inf, block).max(axis=0))
        else:
            low = np.minimum(low, block.min(axis=0))
            high = np.maximum(high, block.max(axis=0))
    return _Ranges(low, high, n_missing)


def _count_distinct(X: np.ndarray) -> int:
    """Count by digests of 16 bytes: sorting whole rows would take a copy of the data."""
    digests: set[bytes] = set()
    n_values = int(np.prod(X.shape[1:]))
    for start in range(0, len(X), _BLOCK_ROWS):
        rows = np.ascontiguousarray(X[start : start + _BLOCK_ROWS]).reshape(-1, n_values)
        rows = rows.view(np.uint8)
        # Of the rows of a few bytes there may be a hundred million, most of them equal.
        if rows.shape[1] <= _NARROW_BYTES:
            rows = _distinct_rows(rows)
        digests.update(blake2b(row.data, digest_size=16).digest() for row in rows)
    return len(digests)


def _distinct_rows(rows: np.ndarray) -> np.ndarray:
    """Every different row of bytes once: word by word, each with what its row began with."""
    import pandas as pd

    width = -(-rows.shape[1] // 4) * 4
    padded = np.zeros((len(rows), width), dtype=np.uint8)
    padded[:, : rows.shape[1]] = rows
    codes = np.zeros(len(rows), dtype=np.int64)
    for word in padded.view(np.uint32).T.astype(np.int64):
        codes = pd.factorize(codes * 2**32 + word)[0]
    first = np.zeros(codes.max() + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(rows))[::-1]
    return np.ascontiguousarray(rows[first])


def _feature_names(dataset: Dataset, chosen: np.ndarray) -> tuple[str, ...]:
    shape = dataset.X.shape[1:]
    positions = np.flatnonzero(chosen)
    if dataset.feature_names is not None:
        return tuple(dataset.feature_names[place] for place in positions)
    if len(shape) == 1:
        return tuple(f"column {place}" for place in positions)
    places = np.stack(np.unravel_index(positions, shape), axis=1)
    return tuple(f"pixel ({', '.join(map(str, place))})" for place in places.tolist())


def _class_counts(dataset: Dataset) -> tuple[tuple[str, int], ...] | None:
    if dataset.y is None or dataset.names is None:
        return None
    counts = np.bincount(dataset.y, minlength=len(dataset.names))
    return tuple(zip(dataset.names, counts.tolist(), strict=True))


def _some(names: tuple[str, ...]) -> str:
    """The first few of many names."""
    if not names:
        return "none"
    more = f", ... ({len(names):,} in all)" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def fingerprint_of_parts(X: np.ndarray, part: np.ndarray) -> str:
    """Return the fingerprints of samples that were trained on (0) and held out (1), as runs of 0.1 have them.

    Examples
    --------
    >>> X = np.arange(6).reshape(3, 2)
    >>> both = fingerprint_of_parts(X, np.array([0, 1, 0]))
    >>> both == f"{fingerprint(X[[0, 2]])}-{fingerprint(X[[1]])}"
    True
    """
    return "-".join(_digest(X, X[:0], np.flatnonzero(part == one)) for one in (0, 1))


def fingerprint(X: np.ndarray, more: np.ndarray | None = None) -> str:
    """Return the SHA-256 of an array's type, shape and values.

    The answer depends on neither memory layout nor byte order, and a memory map is read block by block.

    Parameters
    ----------
    X : ndarray
        Any numeric array.
    more : ndarray or None, default=None
        Samples of the same shape that come after: the answer is that of both as one array.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> fingerprint(np.zeros((2, 3)))[:12]
    '333e4a3522ce'
    >>> fingerprint(np.zeros((2, 3))) == fingerprint(np.zeros((3, 2)))
    False
    >>> fingerprint(np.zeros((2, 3))) == fingerprint(np.zeros((1, 3)), np.zeros((1, 3)))
    True
    """
    return _digest(X, X[:0] if more is None else more)


def _digest(X: np.ndarray, more: np.ndarray, places: np.ndarray | None = None) -> str:
    dtype = np.result_type(X, more).newbyteorder("<")
    n = (len(X) if places is None else len(places)) + len(more)
    digest = hashlib.sha256(f"{dtype.str} {(n, *X.shape[1:])}".encode())
    rows = max(1, _HASHED_BYTES // max(1, X[:1].nbytes))
    for array, chosen in ((X, places), (more, None)):
        for start in range(0, len(array) if chosen is None else len(chosen), rows):
            some = slice(start, start + rows)
            block = array[some if chosen is None else chosen[some]]
            digest.update(np.ascontiguousarray(block, dtype=dtype).data.cast("B"))
    return digest.hexdigest()
