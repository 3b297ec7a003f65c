"""Centroids are the means of clusters, with the distances of the points to them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from latens.metrics.inputs import LabelArray
from latens.pairwise import Centering, row_blocks, squared_norms

__all__ = ["Centroids"]

Matrix = npt.NDArray[np.float64]

_BLOCK_BYTES = 2**20


@dataclass(frozen=True, eq=False)
class Centroids:
    """The means of clusters, in scaled units around the mean of all points.

    Attributes
    ----------
    means : ndarray of shape (n_clusters, n_features)
        The mean of each cluster; that of all points is the origin.
    sizes : ndarray of shape (n_clusters,)
        How many points each has.
    squares : ndarray of shape (n_clusters,)
        The sum of squared distances of a cluster's points to their mean.
    lengths : ndarray of shape (n_clusters,)
        The sum of distances of a cluster's points to their mean.
    """

    means: Matrix
    sizes: npt.NDArray[np.intp]
    squares: Matrix
    lengths: Matrix

    @classmethod
    def of(cls, points: Matrix, labels: LabelArray) -> Self:
        """Compute the centroids of labeled points, in two passes.

        Examples
        --------
        >>> from latens.metrics.inputs import as_labels
        >>> Centroids.of(np.array([[0.0], [2.0], [9.0]]), as_labels([0, 0, 1])).lengths
        array([0.125, 0.   ])
        """
        centering, k = Centering.of(points), len(labels.values)
        totals, squares, lengths = np.zeros((k, points.shape[1])), np.zeros(k), np.zeros(k)
        blocks = list(row_blocks(len(points), 8 * points.shape[1], _BLOCK_BYTES))
        for rows in blocks:
            totals += _members(labels.codes[rows], k) @ centering.apply(points[rows])
        means = totals / labels.sizes[:, None]
        for rows in blocks:
            codes = labels.codes[rows]
            squared = squared_norms(centering.apply(points[rows]) - means[codes])
            squares += np.bincount(codes, squared, minlength=k)
            lengths += np.bincount(codes, np.sqrt(squared), minlength=k)
        return cls(means, labels.sizes, squares, lengths)

    @cached_property
    def distances(self) -> Matrix:
        """Return the distances between the means, of shape (n_clusters, n_clusters)."""
        differences = self.means[:, None] - self.means
        found: Matrix = np.sqrt(np.einsum("ijk,ijk->ij", differences, differences))
        return found


def _members(codes: npt.NDArray[np.intp], k: int) -> csr_array:
    """Return a sparse matrix of zeros and ones that adds up the rows of each cluster."""
    return csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))), shape=(k, len(codes)))
