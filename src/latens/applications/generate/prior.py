"""New samples from the prior that a model was trained with."""

from functools import partial
from inspect import signature
from typing import Any, ClassVar, Self, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from latens._validation import Constraints, Integer, check_value
from latens.exceptions import ParameterError

__all__ = ["PriorSampler", "draws_classes"]


def draws_classes(model: Any) -> bool:
    """Whether the model's own `sample` can be asked for classes."""
    return "y" in signature(model.sample).parameters


class PriorSampler(BaseEstimator):
    """Draws from the prior of a model, such as the N(0, I) of a VAE, and decodes.

    Classes can be asked for where the model's own `sample` takes `y`.

    Attributes
    ----------
    model_ : estimator

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import VAE
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = VAE(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> PriorSampler().fit(model).sample(5, random_state=0).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {}

    def fit(self, model: Any, X: Any = None, y: Any = None) -> Self:
        """Take the prior of a fitted model; there is nothing to learn.

        Raises
        ------
        ParameterError
            If the model has no prior.
        """
        check_is_fitted(model)
        if not getattr(model, "has_prior", hasattr(model, "sample")):
            raise ParameterError(
                f"{type(model).__name__} was trained without a prior to draw from. Use MixtureSampler, "
                "which fits a mixture on its codes, or a model such as VAE."
            )
        self.model_ = model
        return self

    def sample(
        self,
        n_samples: int = 1,
        *,
        y: Any = None,
        random_state: Any = None,
        complete: bool = False,
    ) -> np.ndarray:
        """Return new samples, in the units and shape of the fitted data.

        Parameters
        ----------
        n_samples : int in [1, inf), default=1
        y : class, array-like of shape (n_samples,) or None, default=None
            The classes to draw; only for models that learned them.
        random_state : int, RandomState or None, default=None
        complete : bool, default=False
            Whether rows of a table have no gaps.

        Raises
        ------
        ParameterError
            If the number is out of its range, or the model knows no classes.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        # Models of one's own need not know of gaps.
        rest = {"complete": True} if complete else {}
        draw = partial(self.model_.sample, n_samples, random_state=random_state, **rest)
        if y is None:
            return cast("np.ndarray", draw())
        if not draws_classes(self.model_):
            raise ParameterError(
                f"{type(self.model_).__name__} has one prior for all classes, so y cannot be given. Use "
                "ClassMixtureSampler, which fits a mixture on the codes of each class."
            )
        return cast("np.ndarray", draw(y=y))
