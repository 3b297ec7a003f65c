"""The denoising autoencoder."""

from functools import partial
from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Options, Real
from latens.exceptions import ParameterError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import CORRUPTIONS, Objective, reconstruction_error
from latens.training import Trainer

__all__ = ["DenoisingAutoencoder"]


class DenoisingAutoencoder(BaseAutoencoder):
    """An autoencoder that reconstructs clean samples from corrupted ones: for codes that are robust to noise.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    noise : {"gaussian", "masking", "salt-and-pepper"}, default="gaussian"
        Added anew to every sample at every step; the target is always the clean sample.
    noise_level : float in [0, inf), default=0.3
        The standard deviation of Gaussian noise in scaled units (the range of images is 1, the standard
        deviation of a table's column is 1), or the share of values that are corrupted.
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
    Vincent et al. (2008), Extracting and composing robust features with denoising autoencoders. ICML.
    https://doi.org/10.1145/1390156.1390294

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = DenoisingAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "noise": (Options(tuple(CORRUPTIONS)),),
        "noise_level": (Real(0),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        noise: str = "gaussian",
        noise_level: float = 0.3,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.noise = noise
        self.noise_level = noise_level
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def denoise(self, X: Any) -> np.ndarray:
        """Return the clean samples that noisy ones stand for: `reconstruct` by its purpose."""
        return self.reconstruct(X)

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        if self.noise != "gaussian" and self.noise_level > 1:
            raise ParameterError(
                f"The 'noise_level' parameter of DenoisingAutoencoder must be a share in [0, 1] for "
                f"{self.noise!r} noise. Got {self.noise_level!r} instead."
            )
        corruption = partial(CORRUPTIONS[self.noise], level=self.noise_level)
        return Objective(reconstruction_error(self.reconstruction), corruption=corruption)
