"""The contract of a way to learn classes: training data in, a fitted rule out."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from latens.models.base import BaseAutoencoder
from latens.training import Trainer

__all__ = ["FittedRule", "Method", "TrainingData"]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What classes are learned from.

    Attributes
    ----------
    model : BaseAutoencoder
        Fitted.
    X : ndarray of shape (n_samples, ...)
    y : ndarray of shape (n_samples,), int64
        Codes 0..n_classes-1; -1 where there is no label.
    n_classes : int
    trainer : Trainer or None
        How a network is trained, for methods that do.
    seed : int
    """

    model: BaseAutoencoder
    X: np.ndarray
    y: np.ndarray
    n_classes: int
    trainer: Trainer | None
    seed: int


class FittedRule(Protocol):
    """What a method has learned."""

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each class, shape (n_samples, n_classes)."""

    def codes(self, X: np.ndarray) -> np.ndarray:
        """Return the codes that the classes are read from, shape (n_samples, width)."""


class Method(Protocol):
    """A parameter object such as `Probe`, `Propagation` or `Consistency`."""

    def learn(self, data: TrainingData) -> tuple[FittedRule, np.ndarray]:
        """Learn from the training data.

        Returns
        -------
        rule : Rule
            For new samples; it does not keep those of the training data.
        shares : ndarray of shape (n_samples, n_classes)
            The probabilities of the samples of the training data.
        """
