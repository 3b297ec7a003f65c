"""The Wasserstein autoencoder."""

from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.sampling import draw_from_prior
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import Objective, Term, prior_discrepancy, reconstruction_error
from latens.training import Trainer

__all__ = ["WassersteinAutoencoder"]


class WassersteinAutoencoder(BaseAutoencoder):
    r"""An autoencoder with a kernel term that makes the distribution of its codes N(0, I).

    .. math:: \text{error} + w \, MMD^2(\text{codes}, N(0, I))

    where the maximum mean discrepancy is that of a batch of codes and as many draws of the prior. Unlike
    a `VAE`, whose every single code is pulled to the prior, only the codes together are; unlike the
    `AdversarialAutoencoder` there is no second network that has to keep pace.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code. The more there are, the less a batch tells about their distribution.
    weight : float in [0, inf), default=0.2
        Of the discrepancy, beside the reconstruction error per value.
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
        As of every kind; see `Autoencoder`.

    References
    ----------
    Tolstikhin, Bousquet, Gelly and Schoelkopf (2018), Wasserstein auto-encoders. arXiv:1711.01558
    (WAE-MMD, with inverse multiquadratic kernels).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = WassersteinAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
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
        weight: float = 0.2,
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
        discrepancy = Term(prior_discrepancy, self.weight, couples_samples=True)
        return Objective(reconstruction_error(self.reconstruction), {"discrepancy": discrepancy})

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)
