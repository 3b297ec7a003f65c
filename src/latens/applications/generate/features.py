"""The named features in which real and generated samples are compared.

No distance between sets of images is worth more than the features it is taken in, and no two compare
that were taken in different ones. So features carry their name, and every result repeats it.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from latens._seeds import derive, seed_from
from latens._validation import Integer, check_value
from latens.clustering import KMeans
from latens.data import as_array
from latens.data.scaling import fit_scaling
from latens.metrics.inputs import check_same_length
from latens.models import SupervisedAutoencoder
from latens.training import Trainer

__all__ = ["Features", "learnt_features", "raw_features"]

_ENOUGH_SAMPLES = 20_000
# K-means wants floats: a quarter of a gigabyte of them, or the fewest samples that say something.
_CLUSTERED_VALUES, _FEWEST_CLUSTERED = 2**25, 500
_MOST_CLUSTERS, _SAMPLES_PER_CLUSTER = 64, 20
# Of telling classes apart, beside an error per value of about 0.01: the features are a classifier's, and
# reconstruction only keeps them from forgetting what does not tell classes.
_WEIGHT = 1.0
_ROWS, _CLUSTERS, _NETWORK = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Features:
    """A named map from samples to features.

    Attributes
    ----------
    name : str
        For people: what the features are, and what they were learned from.
    of : callable
        From samples of shape (n, ...) to an ndarray of shape (n, n_features).
    """

    name: str
    of: Callable[[Any], np.ndarray]


def raw_features(X: Any) -> Features:
    """The values themselves, scaled as models scale them: the features of tables.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Real samples, which decide the scaling.

    Examples
    --------
    >>> raw_features(np.array([[1.0], [3.0]])).of(np.array([[5.0]]))
    array([[3.]])
    """
    scaling = fit_scaling(as_array(X))

    def of(samples: Any) -> np.ndarray:
        rows = as_array(samples)
        return scaling.apply(rows).reshape(len(rows), -1)

    return Features("scaled values", of)


def learnt_features(
    X: Any,
    y: Any = None,
    *,
    data: str = "the training samples",
    numbers: int = 64,
    trainer: Trainer | None = None,
    random_state: Any = 0,
) -> Features:
    """The code of a network that was trained to tell classes of real samples apart.

    Without labels the classes are clusters: K-means groups the scaled values, and the network learns
    to tell the groups.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Real samples; of more than 20,000 some are chosen at random, and fewer of large images that have
        no labels.
    y : array-like of shape (n_samples,) or None, default=None
        Their classes. None: up to 64 clusters.
    data : str
        What the samples are called in the name of the features.
    numbers : int in [1, inf), default=64
        How many features.
    trainer : Trainer or None, default=None
        None: ``Trainer(preset="fast")``.
    random_state : int, RandomState or None, default=0
        Decides clusters, initial weights and the order of the samples.

    Raises
    ------
    DataError
        If the samples cannot be learned from.

    References
    ----------
    Caron, Bojanowski, Joulin and Douze (2018), Deep clustering for unsupervised learning of visual
    features. arXiv:1807.05520, for clusters as labels.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(80, 8))
    >>> features = learnt_features(X, trainer=Trainer(max_epochs=1), numbers=5, data="noise")
    >>> features.name
    '5 features of a network trained to tell 4 clusters of noise'
    >>> features.of(X).shape
    (80, 5)
    """
    check_value("learnt_features", "numbers", numbers, (Integer(1),))
    X, seed = as_array(X), seed_from(random_state)
    enough = _ENOUGH_SAMPLES
    if y is None:
        affordable = _CLUSTERED_VALUES // max(1, prod(X.shape[1:]))
        enough = min(enough, max(_FEWEST_CLUSTERED, affordable))
    rows = _some_rows(len(X), enough, derive(seed, _ROWS))
    if y is None:
        classes = _clusters(X[rows], derive(seed, _CLUSTERS) % 2**31)
        what = f"{len(np.unique(classes))} clusters of {data}"
    else:
        labels = np.asarray(y)
        check_same_length(X, labels, "X and y")
        classes, what = labels[rows], f"the labels of {data}"
    model = SupervisedAutoencoder(
        numbers,
        weight=_WEIGHT,
        trainer=trainer or Trainer(preset="fast", callbacks=()),
        random_state=derive(seed, _NETWORK) % 2**31,
    ).fit(X[rows], classes)
    name = f"{numbers} features of a network trained to tell {what}"

    return Features(name, model.transform)


def _some_rows(n: int, enough: int, seed: int) -> np.ndarray:
    if n <= enough:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, enough, replace=False))


def _clusters(X: np.ndarray, seed: int) -> np.ndarray:
    n_clusters = max(1, min(_MOST_CLUSTERS, len(X) // _SAMPLES_PER_CLUSTER))
    rows = raw_features(X).of(X).astype(np.float32)
    with warnings.catch_warnings():
        # Fewer different samples than clusters make fewer clusters; the name says how many.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.asarray(KMeans(n_clusters, n_init=1, random_state=seed).fit_predict(rows))
