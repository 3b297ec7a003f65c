"""These metrics score every user's ranking of items in [0, 1]; higher is better.

Two numbers go by the name of recall at k. `recall_at_k` divides the hits by the number of targets, as
RecBole and most papers do; `capped_recall_at_k` by the smaller of k and that number, as the papers on
Mult-VAE do, so that 1 can be reached. They do not compare.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from latens.exceptions import DataError

__all__ = ["capped_recall_at_k", "ndcg_at_k", "recall_at_k", "top_k"]

Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def top_k(scores: npt.ArrayLike, k: int) -> Indices:
    """Rank the k largest scores of every row, largest first; of equal ones the first column.

    Parameters
    ----------
    scores : array-like of shape (n_users, n_items)
        -inf stands for items that may not be chosen.
    k : int in [1, inf)

    Returns
    -------
    ndarray of shape (n_users, min(k, n_items)), int64
        Column numbers; -1 where a row has no more items that may be chosen.

    Examples
    --------
    >>> top_k([[0.1, 0.7, 0.2], [-np.inf, 3.0, -np.inf]], 2)
    array([[ 1,  2],
           [ 1, -1]])
    """
    values = np.asarray(scores)
    if values.dtype.kind != "f":  # whose negative may not exist
        values = values.astype(np.float64)
    k = min(k, values.shape[1])
    # Same result either way: sort the candidates or all columns.
    if k < values.shape[1]:
        edge = -np.partition(-values, k - 1, axis=1)[:, k - 1 : k]
        # Everything at or above the k-th score; ties at the edge are settled by the sort below.
        n_candidates = int((values >= edge).sum(axis=1).max(initial=1))
    else:
        n_candidates = values.shape[1]
    # Same result either way: sort the candidates or all columns.
    if n_candidates < values.shape[1] // 2:
        columns = np.sort(np.argpartition(-values, n_candidates - 1, axis=1)[:, :n_candidates])
    else:
        columns = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    candidates = np.take_along_axis(values, columns, axis=1)
    order = np.argsort(-candidates, axis=1, kind="stable")[:, :k]
    best = np.take_along_axis(columns, order, axis=1).astype(np.int64)
    best[np.take_along_axis(candidates, order, axis=1) == -np.inf] = -1
    return best


def ndcg_at_k(ranked: npt.ArrayLike, targets: sparse.csr_array, k: int) -> Matrix:
    """Return the normalized discounted cumulative gain of every user.

    A hit at rank r (from 1) gains ``1 / log2(r + 1)``; the sum is divided by what the best ranking of
    length k would have gained.

    Parameters
    ----------
    ranked : array-like of shape (n_users, at least k or n_items), int
        Column numbers, best first, such as `top_k` gives; -1 is no item.
    targets : csr_array of shape (n_users, n_items)
        Not 0 where an item is what should have been found.
    k : int in [1, inf)

    Returns
    -------
    ndarray of shape (n_users,)
        NaN for users without targets.

    Raises
    ------
    DataError
        If the two are not about equally many users.

    References
    ----------
    K. Järvelin, J. Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", ACM TOIS
    20(4), doi:10.1145/582415.582418.

    Examples
    --------
    >>> targets = sparse.csr_array([[0, 1, 1, 0]])
    >>> ndcg_at_k([[1, 2]], targets, 2), ndcg_at_k([[1, 0]], targets, 2).round(3)
    (array([1.]), array([0.613]))
    """
    hits = _hits(ranked, targets, k)
    gains = 1 / np.log2(np.arange(2, k + 2))
    best = np.concatenate([[0.0], np.cumsum(gains)])[np.minimum(_counts(targets), k)]
    return _divided(hits @ gains[: hits.shape[1]], best)


def recall_at_k(ranked: npt.ArrayLike, targets: sparse.csr_array, k: int) -> Matrix:
    """Return the share of each user's targets among the first k: hits / |targets|.

    Parameters, result and errors are those of `ndcg_at_k`.

    Examples
    --------
    >>> recall_at_k([[1, 0]], sparse.csr_array([[0, 1, 1, 1]]), 2).round(3)
    array([0.333])
    """
    return _divided(_hits(ranked, targets, k).sum(axis=1), _counts(targets).astype(np.float64))


def capped_recall_at_k(ranked: npt.ArrayLike, targets: sparse.csr_array, k: int) -> Matrix:
    """Return the hits among the first k as a share of what was possible: hits / min(k, |targets|).

    Parameters, result and errors are those of `ndcg_at_k`.

    References
    ----------
    D. Liang, R. Krishnan, M. Hoffman, T. Jebara (2018), "Variational autoencoders for collaborative
    filtering", WWW 2018, arXiv:1802.05814.

    Examples
    --------
    >>> capped_recall_at_k([[1, 0]], sparse.csr_array([[0, 1, 1, 1]]), 2)
    array([0.5])
    """
    possible = np.minimum(_counts(targets), k).astype(np.float64)
    return _divided(_hits(ranked, targets, k).sum(axis=1), possible)


def _hits(ranked: npt.ArrayLike, targets: sparse.csr_array, k: int) -> npt.NDArray[np.bool_]:
    """Return whether each of the first k items is a target, of shape (n_users, at most k)."""
    items = np.asarray(ranked)[:, :k]
    if len(items) != targets.shape[0]:
        raise DataError(
            f"The ranking has {len(items)} users and the targets have {targets.shape[0]}. They must be "
            "about the same users."
        )
    wanted = sparse.csr_array(targets)
    n_items = wanted.shape[1]
    rows = np.arange(len(items))
    keys = np.repeat(rows, np.diff(wanted.indptr)) * n_items + wanted.indices
    keys = keys[wanted.data != 0]
    found: npt.NDArray[np.bool_] = np.isin(rows[:, None] * n_items + items, keys)
    return found & (items >= 0)


def _counts(targets: sparse.csr_array) -> Indices:
    counts: Indices = np.asarray((targets != 0).sum(axis=1)).ravel().astype(np.int64)
    return counts


def _divided(numerator: Matrix, denominator: Matrix) -> Matrix:
    result: Matrix = np.full(len(denominator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
