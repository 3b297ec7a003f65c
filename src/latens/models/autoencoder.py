"""The plain autoencoder."""

from typing import Any, ClassVar

from latens._validation import Constraints
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import Objective, reconstruction_error
from latens.training import Trainer

__all__ = ["Autoencoder"]


class Autoencoder(BaseAutoencoder):
    """An autoencoder that learns a short code of every sample by minimizing the reconstruction error.

    Simple, multi-layer or convolutional by its `network`. With linear layers and squared error it finds
    the subspace of PCA; with more layers it bends that subspace to the data.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize: mean squared, its root, absolute, binary cross-entropy, one minus the
        structural similarity, or the negative log-likelihood of a Gaussian whose one variance is learned.
        "bce" needs data that are scaled to [0, 1]: images, or a table of bytes or of values in [0, 1].
        "ssim" needs images.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: chosen by `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw; global seeds are never touched.

    Attributes
    ----------
    network_ : Network
    objective_ : Objective
    history_ : History
        One record per epoch; ``history_.frame()`` is a table.
    scaling_ : Scaling
    input_shape_ : tuple of int
        The shape of one sample of the fitted data.
    n_features_in_ : int
        The number of values of one sample.
    codes_ : ndarray of shape (at most 5000, latent_dim)
        Codes of training samples, for `sample` and for a look at their distribution.

    References
    ----------
    Hinton and Salakhutdinov (2006), Reducing the dimensionality of data with neural networks. Science
    313. https://doi.org/10.1126/science.1127647

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 1)) * np.ones(8)
    >>> ae = Autoencoder(latent_dim=1, trainer=Trainer(max_epochs=2), random_state=0).fit(X)
    >>> ae.transform(X).shape, ae.reconstruct(X).shape
    ((64, 1), (64, 8))
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        return Objective(reconstruction_error(self.reconstruction))
