"""One short string for the content of an array, so that a run can say which data it saw."""

import hashlib

import numpy as np

__all__ = ["fingerprint", "fingerprint_of_parts"]

_BLOCK_BYTES = 16 * 2**20


def fingerprint_of_parts(X: np.ndarray, part: np.ndarray) -> str:
    """Return the fingerprints of the samples that were trained on (0) and held out (1), as runs have them.

    Examples
    --------
    >>> X = np.arange(6).reshape(3, 2)
    >>> both = fingerprint_of_parts(X, np.array([0, 1, 0]))
    >>> both == f"{fingerprint(X[[0, 2]])}-{fingerprint(X[[1]])}"
    True
    """
    return "-".join(fingerprint(X, np.flatnonzero(part == one)) for one in (0, 1))


def fingerprint(X: np.ndarray, places: np.ndarray | None = None) -> str:
    """Return the SHA-256 of an array's type, shape and values.

    The answer depends on neither memory layout nor byte order, and a memory map is read block by block.

    Parameters
    ----------
    X : ndarray
        Any numeric array.
    places : ndarray of int or None, default=None
        The samples that count, in their order; None: all.

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
    n = len(X) if places is None else len(places)
    digest = hashlib.sha256(f"{dtype.str} {(n, *X.shape[1:])}".encode())
    row_bytes = max(1, X[:1].nbytes)
    rows = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, n, rows):
        some = slice(start, start + rows)
        block = X[some if places is None else places[some]]
        digest.update(np.ascontiguousarray(block, dtype=dtype).data.cast("B"))
    return digest.hexdigest()
