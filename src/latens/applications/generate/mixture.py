"""New samples from a Gaussian mixture fitted on the codes of known ones."""

from typing import Any, ClassVar, Self, cast

import numpy as np
from sklearn.base import BaseEstimator
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
from latens.applications.generate.decoding import cell_draws_for, decoded
from latens.exceptions import ParameterError
from latens.models.sampling import draw_codes, fit_mixture

__all__ = ["MixtureSampler"]

# New rows of a table that its columns are held against.
_TYPICAL_ROWS = 10_000


class MixtureSampler(BaseEstimator):
    """Fits a Gaussian mixture on codes, after the training, draws from it and decodes.

    It makes a sampler of every autoencoder, and is often better than the prior of those that have one,
    since no code is drawn where no sample is.

    Parameters
    ----------
    n_components : int in [1, n_codes] or None, default=None
        Gaussians in the mixture. None: 10, or fewer where there are less than 20 codes for each.
    random_state : int, RandomState or None, default=None
        Of the fit.

    Attributes
    ----------
    model_ : estimator
    mixture_ : GaussianMixture
        With full covariances for codes of up to 64 numbers.

    References
    ----------
    Ghosh et al. (2020), From variational to deterministic autoencoders. arXiv:1903.12436.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> MixtureSampler(2).fit(model).sample(5, random_state=0).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {
        "n_components": (Integer(1), Nothing()),
        "random_state": (Seed(),),
    }

    def __init__(self, n_components: int | None = None, *, random_state: Any = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, model: Any, X: Any = None, y: Any = None) -> Self:
        """Fit the mixture.

        Parameters
        ----------
        model : estimator
            Fitted; it decodes by `inverse_transform`.
        X : array-like or None, default=None
            Samples whose codes to fit on. None: the training codes that the model keeps.
        y : ignored

        Raises
        ------
        ParameterError
            If there are fewer codes than components.
        """
        check_parameters(self)
        check_is_fitted(model)
        codes = np.asarray(model.codes_ if X is None else model.transform(X))
        if self.n_components is not None and self.n_components > len(codes):
            raise ParameterError(
                "The 'n_components' parameter of MixtureSampler must be at most the number of codes, "
                f"{len(codes)}. Got {self.n_components} instead."
            )
        self.model_ = model
        seed = seed_from(self.random_state)
        self.mixture_ = fit_mixture(codes, seed, self.n_components)
        typical = draw_codes(self.mixture_, _TYPICAL_ROWS, derive(seed, 0) % 2**32)
        self.cells_ = cell_draws_for(model, typical)
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
        y : None
            This mixture knows no classes.
        random_state : int, RandomState or None, default=None
        complete : bool, default=False
            Whether rows of a table have no gaps.

        Raises
        ------
        ParameterError
            If the number is out of its range, or classes are asked for.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        if y is not None:
            raise ParameterError(
                "MixtureSampler has one mixture for all classes, so y cannot be given. Use "
                "ClassMixtureSampler, which fits a mixture on the codes of each class."
            )
        seed = seed_from(random_state)
        codes = draw_codes(self.mixture_, n_samples, seed)
        new = decoded(self.model_, codes, derive(seed, 0), cells=self.cells_, complete=complete)
        return cast("np.ndarray", new)
