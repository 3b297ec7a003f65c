"""Whether there is anything in the data for a code to find, by comparison with data that hold nothing.

A study asks two questions of its training rows. Are the columns related at all? Where every column is
shuffled on its own, the relations are gone and all else is the same. And do they hold more than their
variances and correlations, which is what PCA sees? A Gaussian cloud with the same mean and covariance holds
no more than these. Either is answered by how close the nearest neighbors are: relations make the samples
fill less of the space, so that neighbors move together.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from latens._seeds import derive
from latens.pairwise import one_blas_thread, squared_distances
from latens.runs import Structure
from latens.studies.copies import digests

__all__ = ["find_structure", "is_gaussian", "is_independent"]

Matrix = npt.NDArray[np.float64]

_STRUCTURE = 3
# Enough for the third digit of a mean distance, and few enough for a second of work.
_ROWS, _DRAWS, _NEIGHBORS = 1_000, 20, 5
_COLUMNS, _COMPONENTS = 200, 50
_FEWEST_ROWS = 50
# Of the rows; more rows than by chance are equal where somebody copied them.
_COPIES = 0.02
# Standard deviations of the null; by Student's distribution of 19 degrees, 1 time in 1,300.
_CLEAR = 4.0


def find_structure(rows: npt.NDArray[np.floating], seed: int) -> Structure:
    """Compare rows with rows that hold nothing.

    Both comparisons are exact tests by simulation: under either null, data and draws have one
    distribution. For the Gaussian one this is so because the left singular vectors of a Gaussian sample are
    uniformly distributed, whatever its covariance.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_features)
        Copies are looked at once.
    seed : int
        Of the draws, and of the 1,000 rows and 200 columns that are looked at, where there are more.

    Returns
    -------
    Structure
    """
    rng = np.random.default_rng(derive(seed, _STRUCTURE))
    some = _without_copies(rows[rng.permutation(len(rows))[: 2 * _ROWS]], rng)
    some = some[rng.permutation(len(some))[:_ROWS]].astype(np.float64)
    some = some[:, np.ptp(some, axis=0) > 0]
    if len(some) < _FEWEST_ROWS or some.shape[1] < 2:
        return Structure()
    some = some[:, np.sort(rng.permutation(some.shape[1])[:_COLUMNS])]
    # By the largest first: the squares of values such as 1e300 are none.
    some -= some.mean(axis=0)
    some /= np.abs(some).max(axis=0)
    alike = some / some.std(axis=0)
    shuffled = _deviations(alike, lambda: rng.permuted(alike, axis=0))
    return Structure(from_shuffled=shuffled, from_gaussian=_from_gaussian(alike, rng))


def is_independent(structure: Structure) -> bool:
    """Whether the columns cannot be told from columns without relations."""
    return _is_within(structure.from_shuffled)


def is_gaussian(structure: Structure) -> bool:
    """Whether the samples cannot be told from a Gaussian cloud, all of which PCA sees."""
    return _is_within(structure.from_gaussian)


def _is_within(deviations: float | None) -> bool:
    return deviations is not None and abs(deviations) < _CLEAR


def _without_copies(
    rows: npt.NDArray[np.floating], rng: np.random.Generator
) -> npt.NDArray[np.floating]:
    """Every row once, unless rows of few values are equal as often by chance."""
    keys = list(digests(rows))
    first = list({key: at for at, key in reversed(list(enumerate(keys)))}.values())
    by_chance = len(set(digests(rng.permuted(rows, axis=0))))
    return rows if len(first) > by_chance - _COPIES * len(rows) else rows[first]


def _from_gaussian(rows: Matrix, rng: np.random.Generator) -> float:
    left, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    kept = min(_COMPONENTS, len(rows) // 4, int((sizes > 1e-9 * sizes[0]).sum()))
    left, sizes = left[:, :kept], sizes[:kept]

    def draw() -> Matrix:
        normal = rng.normal(size=left.shape)
        q, r = np.linalg.qr(normal - normal.mean(axis=0))
        drawn: Matrix = q * np.sign(np.diag(r)) * sizes
        return drawn

    return _deviations(left * sizes, draw)


def _deviations(rows: Matrix, draw: Callable[[], Matrix]) -> float:
    # Products of 1,000 rows gain nothing from threads, which wait for each other on a busy machine.
    with one_blas_thread():
        null = np.array([_nearness(draw()) for _ in range(_DRAWS)])
    return float((_nearness(rows) - null.mean()) / max(null.std(ddof=1), 1e-12))


def _nearness(rows: Matrix) -> float:
    """The mean distance to the nearest neighbors."""
    squared = squared_distances(rows, rows)
    np.fill_diagonal(squared, np.inf)
    return float(np.sqrt(np.partition(squared, _NEIGHBORS - 1, axis=1)[:, :_NEIGHBORS]).mean())
