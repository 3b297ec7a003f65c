"""New samples of a class, from a mixture fitted on the codes of that class."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.mixture import GaussianMixture
from sklearn.utils.validation import check_is_fitted

from latens._seeds import derive, seed_from
from latens._validation import (
    Constraints,
    Integer,
    Nothing,
    Seed,
    check_parameters,
    check_value,
)
from latens.applications.generate.classes import Classes
from latens.applications.generate.decoding import decoded
from latens.exceptions import ParameterError
from latens.models.sampling import draw_codes, fit_mixture

__all__ = ["ClassMixtureSampler"]

# Codes of a class below which its own covariance alone would be mostly chance.
_CODES_FOR_MIXTURE = 40


class ClassMixtureSampler(BaseEstimator):
    """Fits one mixture on the codes of each class, so that a model that never saw labels draws by class.

    A class with few codes gets one Gaussian, whose covariance is its own and that of all classes
    around their means, weighted by the number of its codes and by `latent_dim`.

    Parameters
    ----------
    n_components : int in [1, inf) or None, default=None
        Gaussians for each class, at most its codes. None: 10, or fewer where there are less than 20
        codes for each.
    random_state : int, RandomState or None, default=None
        Of the fit.

    Attributes
    ----------
    model_ : estimator
    classes_ : ndarray of shape (n_classes,)

    References
    ----------
    Friedman (1989), Regularized discriminant analysis. https://doi.org/10.1080/01621459.1989.10478752

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> sampler = ClassMixtureSampler().fit(model, X, X[:, 0] > 0)
    >>> sampler.sample(5, y=True, random_state=0).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {
        "n_components": (Integer(1), Nothing()),
        "random_state": (Seed(),),
    }

    def __init__(self, n_components: int | None = None, *, random_state: Any = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, model: Any, X: Any, y: Any) -> Self:
        """Fit the mixtures.

        Parameters
        ----------
        model : estimator
            Fitted; it encodes by `transform` and decodes by `inverse_transform`.
        X : array-like
            Samples.
        y : array-like of shape (n_samples,)
            Their classes; -1 for those that have none, which are left out.

        Raises
        ------
        DataError
            If there are no labels, or not one for each sample.
        ParameterError
            If a class has fewer samples than components.
        """
        check_parameters(self)
        check_is_fitted(model)
        codes = np.asarray(model.transform(X), dtype=np.float64)
        known = Classes.of(y, len(codes))
        self._check_enough(known)
        seed = seed_from(self.random_state)
        within = _covariance_within([codes[rows] for rows in known.rows])
        self.densities_ = [
            self._density(codes[rows], within, derive(seed, at) % 2**32)
            for at, rows in enumerate(known.rows)
        ]
        self.model_, self.known_, self.classes_ = model, known, known.values
        # A model may give fewer numbers than it was asked for, as PCA of few samples does.
        self.n_numbers_ = codes.shape[1]
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
            One class for all, or one for each. None: drawn as often as they are among the samples.
        random_state : int, RandomState or None, default=None
        complete : bool, default=False
            Whether rows of a table have no gaps.

        Raises
        ------
        ParameterError
            If the number is out of its range, or a class is unknown.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        seed = seed_from(random_state)
        wanted = self.known_.wanted(y, n_samples, np.random.default_rng(seed))
        codes = np.empty((n_samples, self.n_numbers_))
        for at in np.unique(wanted):
            rows = np.flatnonzero(wanted == at)
            codes[rows] = _drawn(self.densities_[at], len(rows), derive(seed, int(at)) % 2**32)
        new = decoded(self.model_, codes, derive(seed, len(self.densities_)), complete=complete)
        return cast("np.ndarray", new)

    def _check_enough(self, known: Classes) -> None:
        for value, rows in zip(known.values, known.rows, strict=True):
            if self.n_components is not None and self.n_components > len(rows):
                raise ParameterError(
                    "The 'n_components' parameter of ClassMixtureSampler must be at most the samples of "
                    f"each class; class {value} has {len(rows)}. Got {self.n_components} instead."
                )

    def _density(
        self, codes: np.ndarray, within: np.ndarray, seed: int
    ) -> "GaussianMixture | _Normal":
        if self.n_components is None and len(codes) < _CODES_FOR_MIXTURE:
            return _Normal.shrunk(codes, within)
        return fit_mixture(codes, seed, self.n_components)


@dataclass(frozen=True, eq=False)
class _Normal:
    """One Gaussian."""

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def shrunk(cls, codes: np.ndarray, within: np.ndarray) -> Self:
        n, numbers = codes.shape
        mean = codes.mean(axis=0)
        scatter = (codes - mean).T @ (codes - mean)
        return cls(mean, (scatter + numbers * within) / (n + numbers))


def _drawn(density: GaussianMixture | _Normal, n: int, seed: int) -> np.ndarray:
    if isinstance(density, _Normal):
        rng = np.random.default_rng(seed)
        return rng.multivariate_normal(density.mean, density.covariance, n, method="eigh")
    return draw_codes(density, n, seed)


def _covariance_within(groups: list[np.ndarray]) -> np.ndarray:
    """Of codes around the mean of their class."""
    scatter = sum((g - g.mean(axis=0)).T @ (g - g.mean(axis=0)) for g in groups)
    n = sum(map(len, groups))
    return np.asarray(scatter / max(1, n - len(groups)))
