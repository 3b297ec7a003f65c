"""How well clusters agree with known classes.

The names of clusters mean nothing, so every score here is unchanged when labels are renamed. The
classes only score; they never choose anything.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from latens.metrics.inputs import Labels, as_labels

__all__ = [
    "Contingency",
    "adjusted_rand_score",
    "clustering_accuracy",
    "contingency",
    "normalized_mutual_info_score",
]


@dataclass(frozen=True, eq=False)
class Contingency:
    """How the classes are spread over the clusters.

    Attributes
    ----------
    clusters : ndarray of shape (n_clusters,)
        The different cluster labels, sorted.
    classes : ndarray of shape (n_classes,)
        The different classes, sorted.
    counts : ndarray of shape (n_clusters, n_classes), integers
        How many samples of a class lie in a cluster.
    """

    clusters: npt.NDArray[Any]
    classes: npt.NDArray[Any]
    counts: npt.NDArray[np.intp]

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """The counts as shares of their cluster: every row sums to one."""
        return self.counts / self.counts.sum(axis=1, keepdims=True)


def contingency(y: npt.ArrayLike, labels: npt.ArrayLike) -> Contingency:
    """Count the classes inside every cluster, to see which classes merge and which split.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.

    Returns
    -------
    Contingency
        Clusters in rows, classes in columns.

    Raises
    ------
    DataError
        If the two do not have the same length, or a label is missing.

    Examples
    --------
    >>> table = contingency(["cat", "cat", "dog", "dog"], [0, 0, 0, 1])
    >>> table.counts
    array([[2, 1],
           [0, 1]])
    >>> table.classes
    array(['cat', 'dog'], dtype='<U3')
    """
    truth, found = _pair(y, labels)
    shape = len(found.values), len(truth.values)
    cells = np.ravel_multi_index((found.codes, truth.codes), shape)
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    return Contingency(found.values, truth.values, counts)


def clustering_accuracy(y: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score the share of samples in the right cluster, under the best naming of the clusters.

    Every cluster is matched with at most one class and every class with at most one cluster, such
    that as many samples as possible agree. With more clusters than classes, the clusters left over
    count as wrong, and the other way round.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.

    Returns
    -------
    float
        In (0, 1]; higher is better, 1 is a perfect match.

    Raises
    ------
    DataError
        If the two do not have the same length, or a label is missing.

    References
    ----------
    Y. Yang, D. Xu, F. Nie, S. Yan, Y. Zhuang (2010), "Image clustering using local discriminant
    models and global integration", IEEE Transactions on Image Processing 19,
    doi:10.1109/TIP.2010.2049235. H. W. Kuhn (1955), "The Hungarian method for the assignment
    problem", Naval Research Logistics Quarterly 2, doi:10.1002/nav.3800020109.

    Examples
    --------
    >>> clustering_accuracy([0, 0, 1, 1], ["b", "b", "a", "b"])
    0.75
    """
    counts = contingency(y, labels).counts
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return float(counts[rows, columns].sum() / counts.sum())


def normalized_mutual_info_score(y: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score how much clusters tell about classes, as a share of what both hold.

    The mutual information over the mean of the two entropies; scikit-learn computes it.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.

    Returns
    -------
    float
        In [0, 1]; higher is better, 1 is a perfect match. Not corrected for chance: many small
        clusters score above 0.

    Raises
    ------
    DataError
        If the two do not have the same length, or a label is missing.

    References
    ----------
    A. Strehl, J. Ghosh (2002), "Cluster ensembles", Journal of Machine Learning Research 3.

    Examples
    --------
    >>> normalized_mutual_info_score([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    from sklearn import metrics

    truth, found = _pair(y, labels)
    return float(metrics.normalized_mutual_info_score(truth.codes, found.codes))


def adjusted_rand_score(y: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Score the pairs of samples that clusters and classes treat alike, corrected for chance.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.

    Returns
    -------
    float
        In [-0.5, 1]; higher is better, 1 is a perfect match, random labels score near 0.
        scikit-learn computes it.

    Raises
    ------
    DataError
        If the two do not have the same length, or a label is missing.

    References
    ----------
    L. Hubert, P. Arabie (1985), "Comparing partitions", Journal of Classification 2,
    doi:10.1007/BF01908075.

    Examples
    --------
    >>> adjusted_rand_score([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    from sklearn import metrics

    truth, found = _pair(y, labels)
    return float(metrics.adjusted_rand_score(truth.codes, found.codes))


def _pair(y: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[Labels, Labels]:
    truth = as_labels(y, name="y")
    return truth, as_labels(labels, len(truth.codes))
