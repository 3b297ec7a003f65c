"""Retrieval metrics score rankings by the places of the relevant items."""

from typing import Any

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, Nothing, check_value
from latens.exceptions import DataError, ParameterError

__all__ = ["average_precision_samples", "mean_average_precision", "precision_at_k"]


def average_precision_samples(
    relevance: npt.ArrayLike, k: int | None = None
) -> npt.NDArray[np.float64]:
    """Return the average precision of each ranking.

    It is the mean of the precisions at the places of the relevant items, among the first k.

    Parameters
    ----------
    relevance : array-like of bool of shape (n_queries, n_ranked)
        Whether the item at each place is relevant, the nearest first.
    k : int in [1, n_ranked] or None, default=None
        How many places count; None: all of them. Relevant items beyond them count neither for nor
        against a ranking, as is the custom for hashing.

    Returns
    -------
    ndarray of shape (n_queries,)
        In [0, 1]; higher is better, and 0 where nothing relevant was ranked.

    Raises
    ------
    DataError
        If `relevance` is not such a matrix.
    ParameterError
        If k is out of range.

    References
    ----------
    Manning, Raghavan and Schuetze (2008), Introduction to information retrieval, section 8.4.
    https://doi.org/10.1017/CBO9780511809071

    Examples
    --------
    >>> average_precision_samples([[True, False, True], [False, True, False]])
    array([0.83333333, 0.5       ])
    """
    ranked = _ranked(relevance, k, "average_precision_samples")
    hits = np.cumsum(ranked, axis=1)
    precision = hits / np.arange(1, ranked.shape[1] + 1)
    scores: npt.NDArray[np.float64] = (precision * ranked).sum(axis=1) / np.maximum(hits[:, -1], 1)
    return scores


def mean_average_precision(relevance: npt.ArrayLike, k: int | None = None) -> float:
    """Return the mean of `average_precision_samples`: mAP@k, or mAP@all where k is None.

    Parameters
    ----------
    relevance : array-like of bool of shape (n_queries, n_ranked)
    k : int in [1, n_ranked] or None, default=None

    Returns
    -------
    float
        In [0, 1]; higher is better. Rankings by chance score about the share of relevant items.

    Examples
    --------
    >>> mean_average_precision([[True, False, False], [False, True, False]])
    0.75
    """
    return float(average_precision_samples(relevance, k).mean())


def precision_at_k(relevance: npt.ArrayLike, k: int) -> float:
    """Return the share of relevant items among the first k, over all queries: P@k.

    Parameters
    ----------
    relevance : array-like of bool of shape (n_queries, n_ranked)
    k : int in [1, n_ranked]

    Returns
    -------
    float
        In [0, 1]; higher is better.

    Examples
    --------
    >>> precision_at_k([[True, False, True], [True, True, False]], k=2)
    0.75
    """
    check_value("precision_at_k", "k", k, (Integer(1),))
    return float(_ranked(relevance, k, "precision_at_k").mean())


def _ranked(relevance: npt.ArrayLike, k: int | None, owner: str) -> npt.NDArray[Any]:
    """Return the first k columns of a matrix of truth values."""
    check_value(owner, "k", k, (Integer(1), Nothing()))
    ranked = np.asarray(relevance)
    if ranked.dtype != np.bool_ or ranked.ndim != 2 or not ranked.size:
        raise DataError(
            "relevance must be a matrix of True and False, one row for each query. "
            f"Got {ranked.dtype} of shape {ranked.shape} instead."
        )
    if k is not None and k > ranked.shape[1]:
        raise ParameterError(
            f"The 'k' parameter of {owner} must be at most the number of ranked items, "
            f"{ranked.shape[1]}. Got {k} instead."
        )
    return ranked[:, :k]
