"""The variational autoencoder with a weight on its total correlation."""

from functools import partial
from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Options, Real
from latens.models.base import COMMON_CONSTRAINTS, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Gaussian, NetworkFactory, Parts
from latens.objectives import (
    Objective,
    Term,
    gaussian_kl,
    linear_warmup,
    reconstruction_error,
    total_correlation,
)
from latens.training import Trainer

__all__ = ["BetaTCVAE"]


class BetaTCVAE(BaseAutoencoder):
    r"""A `VAE` with a weight on the total correlation, which makes latent dimensions independent.

    The divergence of a VAE has three parts: the mutual information of codes and samples, the total
    correlation of the latent dimensions, and the divergence of each dimension from N(0, 1). `BetaVAE`
    weights all three, this kind the second alone:

    .. math:: -E[\log p(x|z)] + KL(q(z|x) \,\|\, N(0, I)) + w \, KL(q(z) \,\|\, \prod_j q(z_j))

    The last part is estimated from the batch as a whole. With ``weight=0`` it is the `VAE`; the authors'
    beta is ``1 + weight``.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    weight : float in [0, inf), default=1.0
        Of the total correlation, beside the one that the bound has already. Large weights make
        dimensions collapse.
    warmup : float in [0, 1], default=0.1
        The share of the training over which the weight rises from 0.
    likelihood : {"gaussian", "bce"}, default="gaussian"
        See `VAE`.
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
    Chen, Li, Grosse and Duvenaud (2018), Isolating sources of disentanglement in variational
    autoencoders. arXiv:1802.04942.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = BetaTCVAE(3, weight=5.0, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "weight": (Real(0),),
        "warmup": (Real(0, 1),),
        "likelihood": (Options(("gaussian", "bce")),),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        weight: float = 1.0,
        warmup: float = 0.1,
        likelihood: str = "gaussian",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.weight = weight
        self.warmup = warmup
        self.likelihood = likelihood
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Gaussian(parts, self.latent_dim)

    def _objective(self) -> Objective:
        weight = partial(linear_warmup, weight=self.weight, warmup=self.warmup)
        terms = {
            "kl": Term(gaussian_kl, 1.0),
            "total correlation": Term(total_correlation, weight, couples_samples=True),
        }
        return Objective(reconstruction_error(self.likelihood), terms)

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
