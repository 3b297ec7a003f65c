"""New samples that are variations of known ones."""

from math import prod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_is_fitted

from latens._seeds import derive, seed_from
from latens._validation import Constraints, Integer, Real, check_parameters, check_value
from latens.applications.generate.classes import Classes
from latens.data import as_array

__all__ = ["VariationSampler", "vary"]

_FEWEST_NEIGHBORS = 10
# Values worked on at a time: 32 MB of floats, of which a handful of copies are made.
_BLOCK_VALUES = 2**22


class VariationSampler(BaseEstimator):
    """Draws known samples and varies them; see `vary`.

    A label stays with its sample, and the directions come from all codes of the model, labeled or not.
    So it needs few labels, where `ClassMixtureSampler` needs many.

    Parameters
    ----------
    amount : float in [0, inf), default=1.0
        How far to go, in standard deviations of the codes around the sample.

    Attributes
    ----------
    model_ : estimator
    classes_ : ndarray of shape (n_classes,) or None

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> sampler = VariationSampler().fit(model, X, X[:, 0] > 0)
    >>> sampler.sample(5, y=True, random_state=0).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {"amount": (Real(0, closed="left"),)}

    def __init__(self, amount: float = 1.0) -> None:
        self.amount = amount

    def fit(self, model: Any, X: Any, y: Any = None) -> Self:
        """Take the samples to vary.

        Parameters
        ----------
        model : estimator
            Fitted.
        X : array-like
            Samples.
        y : array-like of shape (n_samples,) or None, default=None
            Their classes; -1 for those that have none, which are left out.
        """
        check_parameters(self)
        check_is_fitted(model)
        self.model_, self.samples_ = model, as_array(X)
        labels = np.zeros(len(self.samples_), dtype=int) if y is None else y
        self.known_ = Classes.of(labels, len(self.samples_))
        self.classes_ = None if y is None else self.known_.values
        return self

    def sample(self, n_samples: int = 1, *, y: Any = None, random_state: Any = None) -> np.ndarray:
        """Return variations of randomly chosen samples, in the units and shape of the fitted data.

        Parameters
        ----------
        n_samples : int in [1, inf), default=1
        y : class, array-like of shape (n_samples,) or None, default=None
            The classes of the samples to vary.
        random_state : int, RandomState or None, default=None

        Raises
        ------
        ParameterError
            If the number is out of its range, or a class is unknown.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        seed = seed_from(random_state)
        rng = np.random.default_rng(seed)
        wanted = self.known_.wanted(y, n_samples, rng)
        rows = np.array([rng.choice(self.known_.rows[at]) for at in wanted])
        return vary(self.model_, self.samples_[rows], self.amount, random_state=seed)


def vary(model: Any, X: Any, amount: float = 1.0, *, random_state: Any = None) -> np.ndarray:
    """Return one variation of each sample.

    The code moves in the directions, and by the spread, that the training codes around it have. What
    the model could not reconstruct of the sample is added again where the picture did not change, and is
    dropped where it did by more than that itself.

    Parameters
    ----------
    model : estimator
        Fitted.
    X : array-like of shape (n_samples, ...)
    amount : float in [0, inf), default=1.0
        How far to go, in standard deviations of the codes around the sample; 0 gives the samples back.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    ndarray of shape (n_samples, ...)
        In the units and shape of the fitted data, floats.

    Raises
    ------
    ParameterError
        If `amount` is out of its range.
    DataError
        If the samples have another shape than the fitted ones.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> bool(np.allclose(vary(model, X[:2], amount=0), X[:2], atol=1e-4))
    True
    """
    check_value("vary", "amount", amount, (Real(0, closed="left"),))
    check_is_fitted(model)
    X = as_array(X)
    known = np.asarray(model.codes_, dtype=np.float64)
    n_neighbors = min(len(known), max(_FEWEST_NEIGHBORS, 2 * known.shape[1]))
    search = NearestNeighbors(n_neighbors=n_neighbors).fit(known)
    # A sample takes its own values, and the codes around it.
    values = max(1, prod(X.shape[1:]), n_neighbors * known.shape[1])
    seed, block = seed_from(random_state), max(1, _BLOCK_VALUES // values)
    parts = [
        _varied(model, X[start : start + block], amount, known, search, derive(seed, start))
        for start in range(0, max(1, len(X)), block)
    ]
    return np.concatenate(parts)


def _varied(
    model: Any, X: np.ndarray, amount: float, known: np.ndarray, search: Any, seed: int
) -> np.ndarray:
    codes = np.asarray(model.transform(X), dtype=np.float64)
    around = known[search.kneighbors(codes, return_distance=False)]
    around -= around.mean(axis=1, keepdims=True)
    # A random combination of the neighbors has their covariance, also where that is singular.
    n_neighbors = around.shape[1]
    factors = np.random.default_rng(seed).normal(size=(len(codes), n_neighbors))
    step = np.einsum("nk,nkd->nd", factors, around) / np.sqrt(max(1, n_neighbors - 1))
    scaling = model.scaling_
    before, after = (
        scaling.apply(model.inverse_transform(one)) for one in (codes, codes + amount * step)
    )
    varied = after + _kept(scaling.apply(X) - before, after - before)
    return np.asarray(scaling.undo(varied.clip(0, 1) if scaling.bounded else varied))


def _kept(residual: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The residual, faded out where the picture changed by more than the residual's own size."""
    axes = tuple(range(1, residual.ndim))
    size = np.square(residual).mean(axis=axes, keepdims=True)
    kept: np.ndarray = residual * np.exp(-np.square(change) / (2 * np.where(size > 0, size, 1.0)))
    return kept
