"""Which rows are copies of others: a copy says nothing about samples that are new."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from latens.pairwise import row_blocks

__all__ = ["digests", "is_copy"]

_BLOCK_BYTES = 2**24
# Of a digest instead of the row: two rows in 10**19 have one by chance.
_KEY_BYTES = 16


def is_copy(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Tell for each of some rows whether the training rows hold the very same one.

    Parameters
    ----------
    train, test : ndarray of shape (n, ...)
        Of one type; they may be mapped, and are read in blocks.

    Returns
    -------
    ndarray of bool of shape (n_test,)

    Examples
    --------
    >>> is_copy(np.array([[1, 2], [3, 4]]), np.array([[3, 4], [3, 5]]))
    array([ True, False])
    """
    held_out = list(digests(test))
    wanted = set(held_out)
    found = {key for key in digests(train) if key in wanted}
    return np.array([key in found for key in held_out], dtype=bool)


def digests(rows: np.ndarray) -> Iterator[bytes]:
    """Yield a key of every row that equal rows share and others do not."""
    size = max(1, rows[:1].nbytes)
    for block in row_blocks(len(rows), size, _BLOCK_BYTES):
        some = np.ascontiguousarray(rows[block])
        # -0.0 and 0.0 are one value in different bytes.
        some = some + 0 if some.dtype.kind == "f" else some
        yield from (blake2b(row.data, digest_size=_KEY_BYTES).digest() for row in some)
