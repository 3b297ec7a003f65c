"""The variational autoencoder."""

from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Options
from latens.models.base import COMMON_CONSTRAINTS, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Gaussian, NetworkFactory, Parts
from latens.objectives import Objective, Term, gaussian_kl, reconstruction_error
from latens.training import Trainer

__all__ = ["VAE"]


class VAE(BaseAutoencoder):
    """A probability for every sample: codes are distributions, close to N(0, I), that can be drawn from.

    Minimises the negative evidence lower bound, in nats per value of the sample:

    .. math:: -E_{q(z|x)}[\\log p(x|z)] + KL(q(z|x) \\,\\|\\, N(0, I))

    `transform` gives the means of the posteriors, never draws.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Numbers per code.
    likelihood : {"gaussian", "bce"}, default="gaussian"
        Of a value given its code. "gaussian" learns its one variance, so that no factor between the two
        terms is left to choose; "bce" is for data in [0, 1], and exact for 0 and 1.
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
    arXiv:2006.13202 (the learnt variance).

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
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        likelihood: str = "gaussian",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.likelihood = likelihood
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Gaussian(parts, self.latent_dim)

    def _objective(self) -> Objective:
        return Objective(reconstruction_error(self.likelihood), {"kl": Term(gaussian_kl, 1.0)})

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
