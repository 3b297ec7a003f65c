"""Probes score how well a simple classifier predicts the classes from the codes.

The classifier is trained on codes with labels and scored on other codes. It only measures: nothing
in a model is chosen by it.
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, check_value
from latens.exceptions import DataError, ParameterError
from latens.metrics.inputs import as_labels, as_matrix
from latens.pairwise import Centering, one_blas_thread

__all__ = [
    "knn_accuracy",
    "knn_accuracy_samples",
    "linear_probe_accuracy",
    "linear_probe_accuracy_samples",
]

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


def knn_accuracy(
    Z_train: npt.ArrayLike,
    y_train: npt.ArrayLike,
    Z_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
    n_neighbors: int = 5,
) -> float:
    """Score the accuracy of a k-nearest-neighbor classifier on the codes.

    The class is that of most of the nearest `n_neighbors`, the smallest label on a tie. scikit-learn
    searches, over all pairs and in blocks.

    Parameters
    ----------
    Z_train, Z_test : array-likes of shape (n_train, n_features) and (n_test, n_features)
        Codes; distances are Euclidean.
    y_train, y_test : array-likes of shape (n_train,) and (n_test,)
        Their classes, of one kind.
    n_neighbors : int in [1, n_train], default=5
        How many neighbors vote.

    Returns
    -------
    float
        The share of test codes named rightly, in [0, 1]; higher is better.

    Raises
    ------
    DataError
        If shapes or labels do not fit together.
    ParameterError
        If there are more neighbors than training codes.

    Examples
    --------
    >>> knn_accuracy([[0.0], [1.0], [8.0], [9.0]], list("aabb"), [[2.0], [7.0]], ["a", "b"], 1)
    1.0
    """
    return float(knn_accuracy_samples(Z_train, y_train, Z_test, y_test, n_neighbors).mean())


def knn_accuracy_samples(
    Z_train: npt.ArrayLike,
    y_train: npt.ArrayLike,
    Z_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
    n_neighbors: int = 5,
) -> npt.NDArray[np.bool_]:
    """Return for every test code whether its nearest training codes predict its class.

    Takes and raises what `knn_accuracy` does, which is the mean of this.

    Returns
    -------
    ndarray of bool of shape (n_test,)

    Examples
    --------
    >>> Z, y = [[0.0], [1.0], [8.0], [9.0]], list("aabb")
    >>> knn_accuracy_samples(Z, y, [[2.0], [7.0]], ["a", "a"], 1)
    array([ True, False])
    """
    check_value("knn_accuracy", "n_neighbors", n_neighbors, (Integer(1),))
    train, classes, test, truth = _checked(Z_train, y_train, Z_test, y_test)
    if n_neighbors > len(train):
        raise ParameterError(
            "The 'n_neighbors' parameter of knn_accuracy must be at most the number of training "
            f"codes, {len(train)}. Got {n_neighbors} instead."
        )
    from sklearn.neighbors import KNeighborsClassifier

    centering = Centering.of(train)
    model = KNeighborsClassifier(n_neighbors, algorithm="brute")
    model.fit(centering.apply(train), classes)
    right: npt.NDArray[np.bool_] = model.predict(centering.apply(test)) == truth
    return right


def linear_probe_accuracy(
    Z_train: npt.ArrayLike,
    y_train: npt.ArrayLike,
    Z_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
) -> float:
    """Score the accuracy of a linear classifier on the codes.

    Features are standardized on the training codes; the classifier is scikit-learn's logistic
    regression (L2 penalty 1, at most 1,000 iterations), which draws no random numbers.

    Parameters
    ----------
    Z_train, Z_test : array-likes of shape (n_train, n_features) and (n_test, n_features)
        Codes.
    y_train, y_test : array-likes of shape (n_train,) and (n_test,)
        Their classes, of one kind; at least 2 different ones to train on.

    Returns
    -------
    float
        The share of test codes named rightly, in [0, 1]; higher is better.

    Raises
    ------
    DataError
        If shapes or labels do not fit together.

    References
    ----------
    G. Alain, Y. Bengio (2016), "Understanding intermediate layers using linear classifier probes",
    arXiv:1610.01644.

    Examples
    --------
    >>> linear_probe_accuracy([[0.0], [1.0], [8.0], [9.0]], [0, 0, 1, 1], [[2.0], [7.0]], [0, 1])
    1.0
    """
    return float(linear_probe_accuracy_samples(Z_train, y_train, Z_test, y_test).mean())


def linear_probe_accuracy_samples(
    Z_train: npt.ArrayLike,
    y_train: npt.ArrayLike,
    Z_test: npt.ArrayLike,
    y_test: npt.ArrayLike,
) -> npt.NDArray[np.bool_]:
    """Return for every test code whether a linear classifier predicts its class.

    Takes and raises what `linear_probe_accuracy` does, which is the mean of this.

    Returns
    -------
    ndarray of bool of shape (n_test,)

    Examples
    --------
    >>> Z, y = [[0.0], [1.0], [8.0], [9.0]], [0, 0, 1, 1]
    >>> linear_probe_accuracy_samples(Z, y, [[2.0], [7.0]], [0, 0])
    array([ True, False])
    """
    train, classes, test, truth = _checked(Z_train, y_train, Z_test, y_test)
    if len(np.unique(classes)) < 2:
        raise DataError("y_train must have at least 2 different classes to tell apart. Got 1.")
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    centering = Centering.of(train)
    model = LogisticRegression(max_iter=1000)
    # Its products are small, and threads of BLAS mostly wait for each other: on 8,000 rows of 784 columns
    # 11 s with one thread, 22 s with two on two idle cores, and 150 s where other programs want them.
    with one_blas_thread(), warnings.catch_warnings():
        # A thousand iterations are close enough for a score, and the same for every model.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(scaler.fit_transform(centering.apply(train)), classes)
    right: npt.NDArray[np.bool_] = model.predict(scaler.transform(centering.apply(test))) == truth
    return right


def _checked(
    Z_train: npt.ArrayLike, y_train: npt.ArrayLike, Z_test: npt.ArrayLike, y_test: npt.ArrayLike
) -> tuple[Matrix, Codes, Matrix, Codes]:
    """Return both sets of codes, and both sets of classes in one encoding."""
    train, test = as_matrix(Z_train, "Z_train"), as_matrix(Z_test, "Z_test")
    if train.shape[1] != test.shape[1]:
        raise DataError(
            "Z_train and Z_test must have the same number of features. "
            f"Got {train.shape[1]} and {test.shape[1]}."
        )
    as_labels(y_train, len(train), "y_train")
    as_labels(y_test, len(test), "y_test")
    both = as_labels(_joined(y_train, y_test), name="y_train and y_test").codes
    return train, both[: len(train)], test, both[len(train) :]


def _joined(first: npt.ArrayLike, second: npt.ArrayLike) -> npt.NDArray[Any]:
    """Concatenate two arrays without turning numbers into text."""
    arrays = np.asarray(first), np.asarray(second)
    if arrays[0].dtype.kind != arrays[1].dtype.kind:
        arrays = arrays[0].astype(object), arrays[1].astype(object)
    return np.concatenate(arrays)
