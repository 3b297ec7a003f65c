"""A linear classifier on frozen codes."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from latens._validation import Constraints, Integer, Real, check_parameters
from latens.applications.classify.method import TrainingData
from latens.models import BaseAutoencoder

__all__ = ["Probe"]


class Probe(BaseEstimator):
    """Logistic regression on standardized codes of the labeled samples; all others are not used.

    The encoder stays as it is, so the accuracy says what is in the codes already.

    Parameters
    ----------
    C : float in (0, inf), default=1.0
        The inverse strength of the L2 penalty.
    max_iter : int in [1, inf), default=1000

    References
    ----------
    Alain and Bengio (2016), Understanding intermediate layers using linear classifier probes.
    arXiv:1610.01644.
    """

    _constraints: ClassVar[Constraints] = {
        "C": (Real(0, closed="right"),),
        "max_iter": (Integer(1),),
    }

    def __init__(self, C: float = 1.0, *, max_iter: int = 1000) -> None:
        self.C = C
        self.max_iter = max_iter

    def learn(self, data: TrainingData) -> "tuple[FittedProbe, np.ndarray]":
        """Fit the classifier; see `Method.learn`."""
        check_parameters(self)
        known = data.y >= 0
        classifier = self.classifier().fit(data.model.transform(data.X[known]), data.y[known])
        rule = FittedProbe(data.model, classifier)
        return rule, rule.probabilities(data.X)

    def classifier(self) -> Pipeline:
        """Return what learns from codes and their labels, not fitted yet."""
        return make_pipeline(StandardScaler(), LogisticRegression(C=self.C, max_iter=self.max_iter))


@dataclass(frozen=True, eq=False)
class FittedProbe:
    """What `Probe` learns."""

    model: BaseAutoencoder
    classifier: Any

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """See `Rule.probabilities`."""
        return np.asarray(self.classifier.predict_proba(self.codes(X)))

    def codes(self, X: np.ndarray) -> np.ndarray:
        """Return the model's codes."""
        return self.model.transform(X)
