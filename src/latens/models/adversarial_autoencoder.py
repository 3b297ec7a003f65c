"""The adversarial autoencoder."""

from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import AdversarialObjective, Objective, reconstruction_error
from latens.training import Trainer

__all__ = ["AdversarialAutoencoder"]


class AdversarialAutoencoder(BaseAutoencoder):
    """An autoencoder with an adversarial term that makes the distribution of its codes N(0, I).

    A critic learns to tell codes from draws of the prior, and the encoder learns to fool it.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    weight : float in [0, inf), default=0.02
        Of fooling the critic, beside the reconstruction error per value.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize; see `Autoencoder`.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: chosen by `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`. ``objective_.critic`` is the critic.

    References
    ----------
    Makhzani et al. (2015), Adversarial autoencoders. arXiv:1511.05644.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = AdversarialAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "weight": (Real(0),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        weight: float = 0.02,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.weight = weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        return AdversarialObjective(error, self.latent_dim, self.weight)

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
