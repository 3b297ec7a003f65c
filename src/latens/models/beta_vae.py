"""The variational autoencoder with a weight on its divergence."""

from functools import partial
from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Options, Real
from latens.models.base import COMMON_CONSTRAINTS, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Gaussian, NetworkFactory, Parts
from latens.objectives import Objective, Term, gaussian_kl, linear_warmup, reconstruction_error
from latens.training import Trainer

__all__ = ["BetaVAE"]


class BetaVAE(BaseAutoencoder):
    """A `VAE` with a weight `beta` on its divergence: more of it leaves fewer active latent dimensions.

    With ``beta=1``, no warm-up and no free bits it is the `VAE`.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    beta : float in [0, inf), default=4.0
        The weight of the divergence.
    warmup : float in [0, 1], default=0.1
        The share of the training over which the weight rises from 0, so that the decoder learns to use
        the code before it becomes dear.
    free_bits : float in [0, inf), default=0.0
        Nats of each latent dimension that cost nothing; prevents posterior collapse.
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
    Higgins et al. (2017), beta-VAE: learning basic visual concepts with a constrained variational
    framework. ICLR. Kingma et al. (2016), arXiv:1606.04934 (free bits). Bowman et al. (2016),
    arXiv:1511.06349 (warm-up).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = BetaVAE(3, beta=2.0, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "beta": (Real(0),),
        "warmup": (Real(0, 1),),
        "free_bits": (Real(0),),
        "likelihood": (Options(("gaussian", "bce")),),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        beta: float = 4.0,
        warmup: float = 0.1,
        free_bits: float = 0.0,
        likelihood: str = "gaussian",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.beta = beta
        self.warmup = warmup
        self.free_bits = free_bits
        self.likelihood = likelihood
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Gaussian(parts, self.latent_dim)

    def _objective(self) -> Objective:
        weight = partial(linear_warmup, weight=self.beta, warmup=self.warmup)
        kl = Term(
            partial(gaussian_kl, free_bits=self.free_bits),
            weight,
            couples_samples=self.free_bits > 0,
        )
        return Objective(reconstruction_error(self.likelihood), {"kl": kl})

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
