"""These metrics score how well clusters agree with known classes.

The names of clusters mean nothing, so every score here is unchanged when labels are renamed. The
classes only score; they never choose anything.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from latens.exceptions import DataError
from latens.metrics.inputs import LabelArray, as_labels

__all__ = [
    "Contingency",
    "adjusted_rand_score",
    "adjusted_rand_score_samples",
    "clustering_accuracy",
    "contingency",
    "normalized_mutual_info_score",
]


@dataclass(frozen=True, eq=False)
class Contingency:
    """The counts of every class in every cluster.

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
        """Return the counts as shares of their cluster, so that every row sums to one."""
        return self.counts / self.counts.sum(axis=1, keepdims=True)


def contingency(y: npt.ArrayLike, labels: npt.ArrayLike) -> Contingency:
    """Count the classes in every cluster, which shows which classes are merged and which are split.

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
    """Score the share of samples in the right cluster, under the best matching of clusters to classes.

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
    """Score the mutual information of clusters and classes, normalized by their mean entropy.

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


def adjusted_rand_score_samples(y: npt.ArrayLike, labels: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return what every sample contributes to the adjusted Rand score, by the jackknife.

    The score without a sample says what it contributes. The mean of these pseudo-values is the score but
    for a term of 1 / n, and they may be treated as measurements of single samples: their spread gives the
    interval of the score, and that of their differences the interval between two clusterings.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The true classes, of any kind.
    labels : array-like of shape (n_samples,)
        The cluster of every sample, of any kind.

    Returns
    -------
    ndarray of shape (n_samples,)
        Not bounded.

    Raises
    ------
    DataError
        If the two do not have the same length, a label is missing, or there are fewer than 3 samples.

    References
    ----------
    J. W. Tukey (1958), "Bias and confidence in not quite large samples", Annals of Mathematical Statistics
    29. R. G. Miller (1974), "The jackknife: a review", doi:10.1093/biomet/61.1.1.

    Examples
    --------
    >>> values = adjusted_rand_score_samples([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 0])
    >>> len(values), bool(values[5] < values[0])
    (6, True)
    """
    truth, found = _pair(y, labels)
    n = len(truth.codes)
    if n < 3:
        raise DataError(f"The jackknife needs at least 3 samples. Got {n}.")
    counts = contingency(y, labels).counts
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    both, first, second = (float((one * (one - 1) / 2).sum()) for one in (counts, rows, columns))
    whole = _rand_adjusted(both, first, second, n)
    # Without a sample every group that it is in loses its pairs with the others there.
    without = _rand_adjusted(both - (counts - 1), first - (rows - 1), second - (columns - 1), n - 1)
    values: npt.NDArray[np.float64] = (n * whole - (n - 1) * without)[found.codes, truth.codes]
    return values


def _rand_adjusted(both: Any, first: Any, second: Any, n: int) -> Any:
    """Return the score, given the pairs that are together in both partitions, and in each."""
    expected = first * second / (n * (n - 1) / 2)
    most = (first + second) / 2
    room = np.asarray(most - expected, dtype=np.float64)
    # Two partitions that cannot differ from chance agree in full.
    return np.divide(both - expected, room, out=np.ones(np.shape(both - room)), where=room != 0)


def _pair(y: npt.ArrayLike, labels: npt.ArrayLike) -> tuple[LabelArray, LabelArray]:
    truth = as_labels(y, name="y")
    return truth, as_labels(labels, len(truth.codes))
