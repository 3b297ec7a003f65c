"""Bits, eight in a byte, searched exactly by Hamming distance."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from latens.applications.search.store import Distances, Places, Store
from latens.exceptions import DataError
from latens.pairwise import growing_blocks, k_nearest, row_blocks, run_in_threads

__all__ = ["BitStore"]

Words = npt.NDArray[np.uint64]

_QUERIES, _CANDIDATES = 256, 8192  # of a tile: 16 MB of words


class BitStore(Store):
    """Rows of bits, packed in words of 64.

    Parameters
    ----------
    metric : {"hamming"}
        The number of different bits.
    width : int
    """

    def __init__(self, metric: str, width: int) -> None:
        self.width = width
        self.words: Words = np.empty((0, -(-width // 64)), dtype=np.uint64)

    def __len__(self) -> int:
        return len(self.words)

    def prepared(self, X: Any) -> Words:
        return packed(X)

    def append(self, items: Any) -> None:
        self.words = np.concatenate([self.words, items])

    def keep(self, is_kept: npt.NDArray[np.bool_]) -> None:
        self.words = self.words[is_kept]

    def take(self, places: Places) -> Words:
        return self.words[places]

    def nearest(self, items: Any, k: int) -> tuple[Distances, Places]:
        distances = np.empty((len(items), k))
        places = np.empty((len(items), k), dtype=np.int64)

        def work(part: slice) -> None:
            nearest = k_nearest(
                lambda block: self._different(items[part], self.words[block]),
                growing_blocks(len(self), k, _CANDIDATES),
                part.stop - part.start,
                k,
                self._counts,
            )
            distances[part], places[part] = nearest.distances, nearest.rows

        at_once = max(1, _QUERIES * _CANDIDATES // max(_CANDIDATES, 2 * k))
        run_in_threads(work, row_blocks(len(items), 1, at_once))
        return distances, places

    def pairs_within(self, limit: float) -> Iterator[tuple[Places, Places]]:
        for rows in row_blocks(len(self), 1, _QUERIES):
            for columns in row_blocks(len(self) - rows.start, 1, _CANDIDATES):
                part = slice(rows.start + columns.start, rows.start + columns.stop)
                different = self._different(self.words[rows], self.words[part])
                first, second = np.nonzero(different <= limit)
                first, second = first + rows.start, second + part.start
                yield first[first < second], second[first < second]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        return {"words": self.words}

    @classmethod
    def of(cls, metric: str, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        store = cls(metric, width)
        words = arrays["words"]
        if words.dtype != np.uint64 or words.ndim != 2 or words.shape[1] != store.words.shape[1]:
            raise ValueError(f"words of {words.dtype} of shape {words.shape}")
        last = packed(np.ones((1, 1 + (width - 1) % 64)))[0, 0]
        if (words[:, -1] & ~last).any():
            raise ValueError(f"bits beyond the width of {width}")
        store.words = words
        return store

    @property
    def _counts(self) -> Any:
        """The smallest type that holds every distance, and one more for "none so far"."""
        return np.min_scalar_type(self.width + 1)

    def _different(self, queries: Words, candidates: Words) -> npt.NDArray[Any]:
        counts = np.zeros((len(queries), len(candidates)), dtype=self._counts)
        for query, candidate in zip(queries.T, candidates.T, strict=True):
            counts += np.bitwise_count(query[:, None] ^ candidate)
        return counts


def packed(X: npt.NDArray[Any]) -> Words:
    """Pack bits into words of 64.

    Parameters
    ----------
    X : ndarray of shape (n, n_bits)
        Booleans, zeros and ones, or minus ones and ones.

    Returns
    -------
    ndarray of shape (n, ceil(n_bits / 64)), uint64

    Raises
    ------
    DataError
        If there are other values.

    Examples
    --------
    >>> packed(np.array([[1.0, 0.0], [0.0, 1.0]]))
    array([[128], [ 64]], dtype=uint64)
    """
    words = np.zeros((len(X), -(-X.shape[1] // 64)), dtype=np.uint64)
    is_signed = X.dtype.kind in "if" and bool((X < 0).any())
    for part in row_blocks(len(X), 8 * X.shape[1]):
        words[part] = _words(X[part], -1 if is_signed else 0)
    return words


def _words(X: npt.NDArray[Any], low: int) -> Words:
    """Words of rows that hold nothing but 1 and the low value."""
    if X.dtype.kind not in "biuf" or not np.logical_or(low == X, X == 1).all():
        raise DataError(
            "Binary codes must be zeros and ones, or minus ones and ones. Got other values: make bits of "
            "codes with a BinaryAutoencoder or with IterativeQuantization."
        )
    bits = np.packbits(X > 0, axis=1)
    whole = np.zeros((len(X), 8 * -(-X.shape[1] // 64)), dtype=np.uint8)
    whole[:, : bits.shape[1]] = bits
    # Little-endian everywhere, so that a saved index is the same on every machine.
    return whole.view("<u8").astype(np.uint64)
