"""Labeled new samples for training another model, and what they are worth to it."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from latens._seeds import derive, seed_from
from latens._validation import Integer, check_value
from latens.applications.wording import Advantage, counted, percent
from latens.data import as_array
from latens.data.scaling import Scaling, fit_scaling
from latens.exceptions import DataError
from latens.metrics.inputs import as_labels, check_same_length
from latens.metrics.intervals import Difference, error_difference

__all__ = ["AddedAccuracy", "Sampler", "added_accuracy", "augment"]

_CLASSIFIER = "support vector machine with a Gaussian kernel (scikit-learn's defaults)"


class Sampler(Protocol):
    """What every sampler answers."""

    def sample(self, n_samples: int = 1, *, y: Any = None, random_state: Any = None) -> np.ndarray:
        """Return new samples, of classes `y` where it is given."""


@dataclass(frozen=True)
class AddedAccuracy:
    """What new samples are worth to a classifier.

    Attributes
    ----------
    real, augmented : float
        In [0, 1]; accuracy on real test samples after learning from the real samples alone, and from
        real and new ones.
    n_real, n_new, n_test : int
        Samples used.
    interval : tuple of float
        What the new samples may well add, on other test samples: the ends of a 95 % interval.
    classifier : str
        In words.
    """

    real: float
    augmented: float
    n_real: int
    n_new: int
    n_test: int
    interval: tuple[float, float]
    classifier: str = _CLASSIFIER

    @property
    def added(self) -> float:
        """In [-1, 1]; below 0 where the new samples do harm."""
        return self.augmented - self.real

    @property
    def sentence(self) -> str:
        """What the new samples are worth, in words."""
        gain = Advantage.of(Difference(self.added, *self.interval), "share")
        return (
            f"A {self.classifier} that learns from {counted(self.n_real, 'real sample')} and "
            f"{counted(self.n_new, 'new one')} classifies {percent(self.augmented)} of "
            f"{counted(self.n_test, 'held-out sample')} correctly"
            + gain.end_of_sentence(
                f"the same machine without the new ones, which reaches {percent(self.real)}"
            )
        )


def augment(
    sampler: Sampler, classes: Any, n: int, *, random_state: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Make a labeled set of new samples, as many of each class as of any other.

    Parameters
    ----------
    sampler : sampler
        One that knows classes: `ClassMixtureSampler`, `VariationSampler` fitted with labels, or
        `PriorSampler` of a model that learned from labels.
    classes : array-like
        The classes to draw, such as ``sampler.classes_``; repeated ones count once.
    n : int in [n_classes, inf)
        Samples in all; where it is no multiple of the classes, some have one more.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray of shape (n, ...)
        In the units of the data, in random order.
    y : ndarray of shape (n,)
        The classes.

    Raises
    ------
    ParameterError
        If there are fewer samples than classes, or a class is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.applications import VariationSampler
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> sampler = VariationSampler().fit(model, X, np.arange(64) % 2)
    >>> X_new, y_new = augment(sampler, sampler.classes_, 10, random_state=0)
    >>> X_new.shape, np.bincount(y_new)
    ((10, 8), array([5, 5]))
    """
    values = as_labels(classes, name="classes").values
    check_value("augment", "n", n, (Integer(len(values)),))
    seed = seed_from(random_state)
    order = np.random.default_rng(derive(seed, 0)).permutation(n)
    y = np.resize(values, n)[order]
    return sampler.sample(n, y=y, random_state=seed), y


def added_accuracy(
    X: Any, y: Any, X_new: Any, y_new: Any, X_test: Any, y_test: Any
) -> AddedAccuracy:
    """Train a plain classifier with and without new samples, and score it on real ones.

    A support vector machine on scaled values, as it is strong with few samples and has nothing to
    tune here. Its time grows with the square of the samples: pass thousands, not tens of thousands.

    Parameters
    ----------
    X, X_new, X_test : array-likes of shape (n, ...)
        Real samples to learn from, new ones, and real ones that neither classifier nor sampler has
        seen.
    y, y_new, y_test : array-likes of shape (n,)
        Their classes, of one kind.

    Returns
    -------
    AddedAccuracy

    Raises
    ------
    DataError
        If shapes or labels do not fit together, or there is one class only.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(40, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> added_accuracy(X[:10], y[:10], X[10:20], y[10:20], X[20:], y[20:]).n_test
    20
    """
    from sklearn.svm import SVC

    parts = {"X": (X, y), "X_new": (X_new, y_new), "X_test": (X_test, y_test)}
    sets = {name: (as_array(rows), np.asarray(labels)) for name, (rows, labels) in parts.items()}
    for name, (rows, labels) in sets.items():
        check_same_length(rows, labels, f"{name} and its labels")
        as_labels(labels, name=f"the labels of {name}")
    every = [label for _, labels in sets.values() for label in labels.tolist()]
    as_labels(every, name="the labels of X, X_new and X_test")
    scaling = fit_scaling(sets["X"][0])
    (real, classes), (new, new_classes), (test, truth) = (
        (_flat(rows, scaling), labels) for rows, labels in sets.values()
    )
    if len(np.unique(classes)) < 2:
        raise DataError("y must have at least 2 different classes to tell apart. Got 1.")
    alone = SVC().fit(real, classes)
    both = SVC().fit(np.concatenate([real, new]), np.concatenate([classes, new_classes]))
    wrong_alone, wrong = (machine.predict(test) != truth for machine in (alone, both))
    added = error_difference(wrong_alone, wrong)
    return AddedAccuracy(
        real=1 - float(wrong_alone.mean()),
        augmented=1 - float(wrong.mean()),
        n_real=len(real),
        n_new=len(new),
        n_test=len(test),
        interval=(added.low, added.high),
    )


def _flat(X: np.ndarray, scaling: Scaling) -> np.ndarray:
    return scaling.apply(X).reshape(len(X), -1)
