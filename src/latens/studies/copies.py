"""Which rows are copies of others: a copy says nothing about samples that are new."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from latens.pairwise import row_blocks

__all__ = ["copies_of", "digests"]

_BLOCK_BYTES = 2**24
# Of a digest instead of the row: two rows in 10**19 have one by chance.
_KEY_BYTES = 16


def copies_of(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return for each of some rows which training row is the very same one: the first such; -1 for none.

    Parameters
    ----------
    train, test : ndarray of shape (n, ...)
        Of one type; they may be mapped, and are read in blocks.

    Returns
    -------
    ndarray of int64 of shape (n_test,)

    Examples
    --------
    >>> copies_of(np.array([[1, 2], [3, 4]]), np.array([[3, 4], [3, 5]]))
    array([ 1, -1])
    """
    held_out = list(digests(test))
    wanted = set(held_out)
    found: dict[bytes, int] = {}
    for number, key in enumerate(digests(train)):
        if key in wanted:
            found.setdefault(key, number)
    return np.array([found.get(key, -1) for key in held_out], dtype=np.int64)


def digests(rows: np.ndarray) -> Iterator[bytes]:
    """Yield a key of every row that equal rows share and others do not."""
    size = max(1, rows[:1].nbytes)
    for block in row_blocks(len(rows), size, _BLOCK_BYTES):
        some = np.ascontiguousarray(rows[block])
        # -0.0 and 0.0 are one value in different bytes.
        some = some + 0 if some.dtype.kind == "f" else some
        yield from (blake2b(row.data, digest_size=_KEY_BYTES).digest() for row in some)
