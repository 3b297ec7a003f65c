"""The contractive autoencoder."""

from typing import Any, ClassVar

from latens._validation import Constraints, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import Objective, Term, contraction, reconstruction_error
from latens.training import Trainer

__all__ = ["ContractiveAutoencoder"]


class ContractiveAutoencoder(BaseAutoencoder):
    r"""An autoencoder with a penalty on the Jacobian of its encoder: small changes hardly move its codes.

    .. math:: L(x, \hat x) + w \, \lVert \partial z / \partial x \rVert_F^2

    The norm is estimated with one random projection per step, which is right on average and costs one
    backward pass whatever the size of the code; `latens.objectives.jacobian_norm` computes it exactly.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    weight : float in [0, inf), default=1e-4
        Of the squared norm of the Jacobian.
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
    Rifai et al. (2011), Contractive auto-encoders: explicit invariance during feature extraction. ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = ContractiveAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
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
        weight: float = 1e-4,
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
        term = Term(contraction, self.weight, needs_input_grad=True)
        return Objective(reconstruction_error(self.reconstruction), {"contraction": term})
