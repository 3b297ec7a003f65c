"""Distances of samples to others without them: what samples that were never seen would have."""

from collections.abc import Callable, Sequence

import numpy as np

from latens._column_blocks import ColumnBlock
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import NeighborDistances, PrincipalAxes
from latens.applications.anomalies.level_pairs import LevelPairs, paired_columns
from latens.applications.anomalies.mixed_columns import MixedColumns

__all__ = ["from_earlier_rows", "from_other_folds", "like_held_out", "mixed_from_other_folds"]

# What is learned of some rows, and applied to others.
Columns = Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]

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
    found = np.empty((len(X), len(counts)))
    for fold in _folds(X, rng):
        others = np.delete(X, fold, axis=0)
        ranges = Ranges.fit(others)
        fewer = _fewer(counts, len(others), len(X))
        found[fold] = NeighborDistances(ranges.apply(others), fewer).distances(
            ranges.apply(X[fold])
        )
    return found


def mixed_from_other_folds(
    features: np.ndarray,
    blocks: Sequence[ColumnBlock],
    counts: np.ndarray,
    rng: np.random.Generator,
    *,
    with_levels: bool,
) -> dict[str, np.ndarray]:
    """Return the distances of each row of a mixed table to the other nine tenths, by their names.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        At least 4 rows, in the user's units.
    blocks : sequence of ColumnBlock
    counts, rng
        As of `from_other_folds`.
    with_levels : bool
        Whether the Mahalanobis distance and the surprise of pairs are asked for beside the neighbors.
    """
    found = {"neighbours": np.empty((len(features), len(counts)))}
    if with_levels:
        found |= {name: np.empty((len(features), 1)) for name in ("axes", "pairs")}
    for fold in _folds(features, rng):
        others = np.delete(features, fold, axis=0)
        columns = MixedColumns.fit(others, blocks)
        known, new = columns.apply(others), columns.apply(features[fold])
        fewer = _fewer(counts, len(others), len(features))
        found["neighbours"][fold] = NeighborDistances(known, fewer).distances(new)
        if with_levels:
            axes = PrincipalAxes.fit(known[:, columns.values])
            found["axes"][fold] = axes.distances(new[:, columns.values])[:, 1:]
            pairs = LevelPairs.fit(others, paired_columns(blocks))
            found["pairs"][fold] = pairs.distances(pairs.places(features[fold]))
    return found


def _folds(X: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    return np.array_split(rng.permutation(len(X)), min(_FOLDS, len(X) // 2))


def _fewer(counts: np.ndarray, n_others: int, n: int) -> np.ndarray:
    """Numbers of neighbors among fewer rows."""
    return np.clip(np.round(counts * n_others / n).astype(int), 1, n_others - 1)


def _plain_columns(earlier: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return Ranges.fit(earlier).apply


def from_earlier_rows(X: np.ndarray, columns: Columns = _plain_columns) -> np.ndarray:
    """Return the distances of later rows to the principal axes of all rows before their block.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        A table whose rows follow one another in time.
    columns : callable, optional
        From earlier rows to what brings rows to one range.

    Returns
    -------
    ndarray of shape (about three fifths of n_samples, 2)
    """
    blocks = np.array_split(np.arange(len(X)), _BLOCKS)
    found = []
    for block in blocks[_FIRST_SCORED:]:
        earlier = X[: block[0]]
        apply = columns(earlier)
        axes = PrincipalAxes.fit(apply(earlier))
        found.append(axes.distances(apply(X[block])))
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
