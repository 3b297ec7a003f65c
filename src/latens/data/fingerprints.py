"""One short string for the content of an array, so that a run can say which data it saw."""

import hashlib

import numpy as np

__all__ = ["fingerprint"]

_BLOCK_BYTES = 16 * 2**20


def fingerprint(X: np.ndarray) -> str:
    """Return the SHA-256 of an array's type, shape and values.

    The answer depends on neither memory layout nor byte order, and a memory map is read block by block.

    Parameters
    ----------
    X : ndarray
        Any numeric array.

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
    """
    dtype = X.dtype.newbyteorder("<")
    digest = hashlib.sha256(f"{dtype.str} {X.shape}".encode())
    row_bytes = max(1, X[:1].nbytes)
    rows = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, len(X), rows):
        digest.update(np.ascontiguousarray(X[start : start + rows], dtype=dtype).data.cast("B"))
    return digest.hexdigest()
