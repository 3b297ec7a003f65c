"""Distances of samples to others without them: what samples that were never seen would have."""

import numpy as np

from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import NeighborDistances, PrincipalAxes

__all__ = ["from_earlier_rows", "from_other_folds", "like_held_out"]

_FOLDS = 10
# Later blocks are scored by all before them. The first two are learned from only: axes of fewer rows are
# further from all rows than those of the whole series will be.
_BLOCKS, _FIRST_SCORED = 5, 2


def from_other_folds(X: np.ndarray, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the distances of each row to its neighbors in the other nine tenths, in their ranges.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        A table, at least 4 rows.
    counts : ndarray of int
        Numbers of neighbors among all rows; among fewer rows, fewer are taken.
    rng : Generator
        Draws the folds.

    Returns
    -------
    ndarray of shape (n_samples, len(counts))
    """
    folds = np.array_split(rng.permutation(len(X)), min(_FOLDS, len(X) // 2))
    found = np.empty((len(X), len(counts)))
    for fold in folds:
        others = np.delete(X, fold, axis=0)
        ranges = Ranges.fit(others)
        fewer = np.clip(np.round(counts * len(others) / len(X)).astype(int), 1, len(others) - 1)
        found[fold] = NeighborDistances(ranges.apply(others), fewer).distances(
            ranges.apply(X[fold])
        )
    return found


def from_earlier_rows(X: np.ndarray) -> np.ndarray:
    """Return the distances of later rows to the principal axes of all rows before their block.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        A table whose rows follow one another in time.

    Returns
    -------
    ndarray of shape (about three fifths of n_samples, 2)
    """
    blocks = np.array_split(np.arange(len(X)), _BLOCKS)
    found = []
    for block in blocks[_FIRST_SCORED:]:
        earlier = X[: block[0]]
        ranges = Ranges.fit(earlier)
        axes = PrincipalAxes.fit(ranges.apply(earlier))
        found.append(axes.distances(ranges.apply(X[block])))
    return np.concatenate(found)


def like_held_out(unusual: np.ndarray, is_held_out: np.ndarray) -> np.ndarray:
    """Return scores of which those that a network was trained on have mean and spread of those held out.

    Parameters
    ----------
    unusual : ndarray of shape (n_samples,)
        How unusual each sample is by a score that depends on what the network makes of it.
    is_held_out : ndarray of bool of shape (n_samples,)
        The samples that the network was not trained on.

    Examples
    --------
    >>> unusual, is_held_out = np.array([0.0, 2.0, 5.0, 9.0]), np.array([False, False, True, True])
    >>> like_held_out(unusual, is_held_out)
    array([5., 9., 5., 9.])
    """
    held_out, others = unusual[is_held_out], unusual[~is_held_out]
    if min(len(held_out), len(others)) < 2 or others.std() == 0:
        return unusual
    moved = held_out.mean() + (unusual - others.mean()) * held_out.std() / others.std()
    return np.where(is_held_out, unusual, moved)
