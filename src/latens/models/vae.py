"""The variational autoencoder."""

import math
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from latens._draws import seeded_alone
from latens._seeds import seed_from
from latens._validation import Constraints, Integer, Options, check_value
from latens.models.base import COMMON_CONSTRAINTS, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Gaussian, NetworkFactory, Parts
from latens.objectives import (
    ImportanceWeightedObjective,
    Objective,
    Term,
    gaussian_kl,
    log_weights,
    reconstruction_error,
)
from latens.training import Trainer, map_rows

__all__ = ["VAE"]


class VAE(BaseAutoencoder):
    r"""An autoencoder whose codes are distributions close to N(0, I), with a density and new samples.

    Minimizes the negative evidence lower bound, in nats per value of the sample:

    .. math:: -E_{q(z|x)}[\log p(x|z)] + KL(q(z|x) \,\|\, N(0, I))

    `transform` gives the means of the posteriors, never draws.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    likelihood : {"gaussian", "bce"}, default="gaussian"
        Of a value given its code. "gaussian" learns its one variance, so that no factor between the two
        terms is left to choose; "bce" is for data in [0, 1], and exact for 0 and 1.
    n_draws : int in [1, inf), default=1
        Draws per sample and step. More than one give the importance-weighted bound, which is closer to the
        likelihood of the samples, at about this many times the cost.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: chosen by `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`.

    References
    ----------
    Kingma and Welling (2014), Auto-encoding variational Bayes. arXiv:1312.6114.
    Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with calibrated decoders.
    arXiv:2006.13202 (the learned variance).
    Burda, Grosse and Salakhutdinov (2016), Importance weighted autoencoders. arXiv:1509.00519.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = VAE(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    >>> model.sample(5).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "likelihood": (Options(("gaussian", "bce")),),
        "n_draws": (Integer(1),),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        likelihood: str = "gaussian",
        n_draws: int = 1,
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.likelihood = likelihood
        self.n_draws = n_draws
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def log_likelihood(self, X: Any, *, n_draws: int = 100, random_state: Any = None) -> np.ndarray:
        """Return a lower bound on the log-density of each sample, shape (n_samples,), in nats.

        The density is that of the scaled sample. With one draw it is the variational bound, with more the
        importance-weighted one, which rises to the log-density itself.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As `fit` takes them.
        n_draws : int in [1, inf), default=100
        random_state : int, RandomState or None, default=None

        Examples
        --------
        >>> from latens.training import Trainer
        >>> X = np.random.default_rng(0).normal(size=(64, 8))
        >>> model = VAE(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
        >>> one = model.log_likelihood(X, n_draws=1, random_state=0)
        >>> bool(model.log_likelihood(X, random_state=0).mean() > one.mean())
        True
        """
        check_value("log_likelihood", "n_draws", n_draws, (Integer(1),))
        samples = self.scaled_samples(self._validate(X))
        self.network_.eval()

        def bound(x: Tensor) -> Tensor:
            total = x.new_full((len(x),), -math.inf)
            for _ in range(n_draws):
                output = self.network_(x)
                errors = self.objective_.reconstruction(output, x)
                total = torch.logaddexp(total, log_weights(output, errors, x))
            return total - math.log(n_draws)

        with seeded_alone(seed_from(random_state), next(self.network_.parameters()).device):
            return map_rows(bound, samples, self.tensor_shape_)

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Gaussian(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.likelihood)
        if self.n_draws > 1:
            return ImportanceWeightedObjective(error, self.n_draws)
        return Objective(error, {"kl": Term(gaussian_kl, 1.0)})

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
