"""How far samples lie from those fitted: from their neighbors, from a Gaussian, and from principal axes.

The neighbors are not those of `latens.pairwise.nearest_rows`. Here up to an eighth of all
distances of a sample are needed, in no order and without their rows, so that one partition of a block is the
fastest; and a sample is left out as its own neighbor by its distance, since it may come with a new row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.covariance import ledoit_wolf

__all__ = [
    "GaussianDistance",
    "NeighborDistances",
    "PrincipalAxes",
    "all_scales",
    "follow_one_another",
    "wide_scales",
]

# Samples that are this near in the order are compared with as many that are up to three times as far.
_NEAR = 5
# How much larger the share of samples whose nearest one is near in the order must be than the share of those
# whose nearest one is a little further away. In a random order both are 10 of n, and in a table that is
# sorted, by its classes say, nearly alike.
_EXCESS = 0.25
_FEWEST_IN_ORDER = 100

# Neighbors are looked at on this many scales, from the fewest to this share of all samples. Few neighbors
# see a sample that lies between two groups; many see a small group that lies apart, as anomalies do that
# are among the samples learned from.
_SCALES, _FEWEST, _LARGEST_SHARE = 6, 5, 1 / 8
_NEAREST = (1, 2, 3)
_BLOCK_VALUES = 2**23  # distances held at a time: 64 MB
# Above this many values per sample products are taken in float32, which is twice as fast; the rounding
# then lies far below the distances, as these grow with the number of values.
_WIDE = 128
# A covariance has the square of that many numbers; for wider samples its diagonal is taken.
_WIDEST_COVARIANCE = 1_000
# The principal axes that explain this share of the variance count as explained, and what an axis without
# variance counts as, as a share of the mean variance.
_EXPLAINED, _LEAST_VARIANCE = 0.9, 1e-3
# Deviations, in usual sizes, that are a network's rounding: it rounds equal rows not alike.
_ROUNDING = 1e-4


def wide_scales(n_samples: int) -> np.ndarray:
    """Return six numbers of neighbors, from 5 to an eighth of the samples.

    Examples
    --------
    >>> wide_scales(800)
    array([  5,   9,  17,  30,  55, 100])
    """
    fewest = min(_FEWEST, n_samples - 1)
    most = max(fewest, int(_LARGEST_SHARE * n_samples))
    return np.unique(np.geomspace(fewest, most, _SCALES).round().astype(int))


def all_scales(n_samples: int) -> np.ndarray:
    """Return the numbers of `wide_scales`, and 1, 2 and 3.

    Examples
    --------
    >>> all_scales(800)
    array([  1,   2,   3,   5,   9,  17,  30,  55, 100])
    """
    counts = np.union1d(_NEAREST, wide_scales(n_samples))
    return np.asarray(counts[counts < n_samples])


@dataclass(frozen=True)
class NeighborDistances:
    """Distances to the k-th nearest of some samples, for several k.

    A sample that is one of these samples is not its own neighbor: of samples at no distance one is left
    out, so that the samples fitted are scored as any others.

    Attributes
    ----------
    rows : ndarray of shape (n_samples, n_values)
    counts : ndarray of int
        The numbers of neighbors, ascending.

    Examples
    --------
    >>> rows = np.arange(50.0)[:, None]
    >>> NeighborDistances(rows, np.array([5, 6])).distances(np.array([[0.0], [100.0]]))
    array([[ 5.,  6.],
           [55., 56.]])
    """

    rows: np.ndarray
    counts: np.ndarray

    def distances(self, queries: np.ndarray) -> np.ndarray:
        """Return the distances, shape (n_queries, number of scales)."""
        places = self.counts - 1
        blocks = [np.partition(block, places, axis=1)[:, places] for block in self._blocks(queries)]
        return np.sqrt(np.concatenate(blocks)).astype(np.float64)

    def nearest(self, queries: np.ndarray) -> np.ndarray:
        """Return the rows of the few nearest, shape (n_queries, at most 5)."""
        few = min(_FEWEST, len(self.rows) - 1)
        blocks = [np.argpartition(one, few - 1, axis=1)[:, :few] for one in self._blocks(queries)]
        return np.concatenate(blocks)

    def nearest_one(self, queries: np.ndarray) -> np.ndarray:
        """Return the row of the nearest sample, shape (n_queries,)."""
        return np.concatenate([block.argmin(axis=1) for block in self._blocks(queries)])

    def _blocks(self, queries: np.ndarray) -> Iterator[np.ndarray]:
        """Squared distances of some queries at a time to all rows, infinite to themselves."""
        dtype = np.float32 if self.rows.shape[1] > _WIDE else np.float64
        middle = self.rows.mean(axis=0)  # near 0, differences lose fewer digits
        rows = (self.rows - middle).astype(dtype)
        squares = (rows**2).sum(axis=1)
        smallest = 4 * rows.shape[1] ** 0.5 * np.finfo(dtype).eps
        step = max(1, _BLOCK_VALUES // len(rows))
        for start in range(0, len(queries), step):
            some = (queries[start : start + step] - middle).astype(dtype)
            own = (some**2).sum(axis=1)
            block = np.maximum(own[:, None] - 2 * some @ rows.T + squares, 0)
            nearest = block.argmin(axis=1)
            each = np.arange(len(some))
            is_itself = block[each, nearest] <= smallest * (own + squares[nearest])
            block[each[is_itself], nearest[is_itself]] = np.inf
            yield block


@dataclass(frozen=True)
class GaussianDistance:
    """The Mahalanobis distance to the mean of some samples, whose values are of usual sizes near 1.

    The covariance is shrunk as Ledoit and Wolf do, so that it can be inverted for more values than
    samples, too.

    Attributes
    ----------
    mean : ndarray of shape (n_values,)
    whitening : ndarray of shape (n_values, n_values), or (n_values,) if it is diagonal

    References
    ----------
    Ledoit and Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices. Journal
    of Multivariate Analysis 88. https://doi.org/10.1016/S0047-259X(03)00096-4

    Examples
    --------
    >>> rows = np.array([[-1.0], [1.0], [-1.0], [1.0]])
    >>> GaussianDistance.fit(rows).distances(np.array([[3.0]])).round(3)
    array([[3.]])
    """

    mean: np.ndarray
    whitening: np.ndarray

    @classmethod
    def fit(cls, rows: np.ndarray) -> Self:
        """Take mean and covariance from samples of shape (n_samples, n_values)."""
        mean = rows.mean(axis=0)
        if rows.shape[1] > _WIDEST_COVARIANCE:
            return cls(mean, 1 / _spread(rows.var(axis=0)))
        covariance, _ = ledoit_wolf(rows)
        variance, directions = np.linalg.eigh(covariance)
        return cls(mean, directions / _spread(variance))

    def distances(self, queries: np.ndarray) -> np.ndarray:
        """Return the distances, divided by the root of n_values, shape (n_queries, 1)."""
        centered = queries - self.mean
        is_diagonal = self.whitening.ndim == 1
        white = centered * self.whitening if is_diagonal else centered @ self.whitening
        distances = np.sqrt((white**2).mean(axis=1, keepdims=True))
        return np.where(distances < _ROUNDING, 0.0, distances)


@dataclass(frozen=True)
class PrincipalAxes:
    """What PCA makes of samples: how far they lie from its plane, and how far from the mean along its axes.

    Attributes
    ----------
    mean : ndarray of shape (n_values,)
    axes : ndarray of shape (n_values, n_axes)
        By descending variance.
    deviations : ndarray of shape (n_axes,)
        The standard deviation along each axis, with a thousandth of the mean variance added.
    rest : float
        The same of the directions that no axis spans.
    n_explained : int
        The number of axes that explain 90 % of the variance.

    Examples
    --------
    >>> rows = np.array([[-1.0, 0.0], [1.0, 0.0], [-3.0, 0.1], [3.0, -0.1]])
    >>> PrincipalAxes.fit(rows).distances(np.array([[0.0, 2.0]])).round(1)
    array([[ 2. , 31.6]])
    """

    mean: np.ndarray
    axes: np.ndarray
    deviations: np.ndarray
    rest: float
    n_explained: int

    @classmethod
    def fit(cls, rows: np.ndarray) -> Self:
        """Take the axes from samples of shape (n_samples, n_values)."""
        mean = rows.mean(axis=0)
        centered = rows - mean
        n, width = centered.shape
        # Of the two products the smaller one; both have the same eigenvalues.
        is_wide = width > n
        product = centered @ centered.T if is_wide else centered.T @ centered
        squares, axes = np.linalg.eigh(product)
        squares, axes = np.maximum(squares[::-1], 0.0), axes[:, ::-1]
        if is_wide:
            has_size = squares > 1e-9 * max(float(squares[0]), 1e-300)
            squares = squares[has_size]
            axes = centered.T @ axes[:, has_size] / np.sqrt(squares)
        variance = squares / max(n - 1, 1)
        least = _LEAST_VARIANCE * float(variance.sum()) / width or 1.0
        shares = np.cumsum(variance) / (float(variance.sum()) or 1.0)
        n_explained = min(int(np.searchsorted(shares, _EXPLAINED)) + 1, len(variance))
        return cls(mean, axes, np.sqrt(variance + least), least**0.5, n_explained)

    def distances(self, queries: np.ndarray) -> np.ndarray:
        """Return the size of the residual, and the Mahalanobis distance, shape (n_queries, 2)."""
        centered = queries - self.mean
        along = centered @ self.axes
        squares = (centered**2).sum(axis=1)
        beyond = np.maximum(squares - (along**2).sum(axis=1), 0.0)
        residual = np.maximum(squares - (along[:, : self.n_explained] ** 2).sum(axis=1), 0.0)
        mahalanobis = ((along / self.deviations) ** 2).sum(axis=1) + beyond / self.rest**2
        return np.sqrt(np.stack([residual, mahalanobis], axis=1))

    def contributions(self, queries: np.ndarray) -> np.ndarray:
        """Return what each value adds to the squared Mahalanobis distance, negative sums left out."""
        centered = queries - self.mean
        along = centered @ self.axes
        within = (along / self.deviations**2) @ self.axes.T
        beyond = (centered - along @ self.axes.T) / self.rest**2
        return np.asarray(np.maximum(centered * (within + beyond), 0.0))


def _spread(variance: np.ndarray) -> np.ndarray:
    """Standard deviations, to each of which a small share of the mean variance is added; 1 if all are 0."""
    variance = np.where(variance < _ROUNDING**2, 0.0, variance)
    return np.asarray(np.sqrt(variance + (1e-6 * variance.mean() or 1.0)))


def follow_one_another(rows: np.ndarray) -> bool:
    """Return whether the order of samples is that of a series: each is most like those just beside it.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_values)
        In their order, with columns of one range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> steps = rng.normal(size=(300, 3))
    >>> follow_one_another(steps), follow_one_another(steps.cumsum(axis=0))
    (False, True)
    """
    if len(rows) < _FEWEST_IN_ORDER:
        return False
    nearest = NeighborDistances(rows, np.array([1])).nearest_one(rows)
    apart = np.abs(nearest - np.arange(len(rows)))
    # Of equal rows, one may be named as its own nearest.
    near = float(np.mean((apart > 0) & (apart <= _NEAR)))
    further = float(np.mean((apart > _NEAR) & (apart <= 3 * _NEAR))) / 2
    return near - further >= _EXCESS
