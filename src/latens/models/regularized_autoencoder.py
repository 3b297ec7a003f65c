"""The regularized autoencoder."""

from typing import Any, ClassVar

from latens._validation import Constraints, Options, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import (
    Objective,
    Term,
    decoder_slope,
    decoder_weight_norm,
    half_squared_code,
    reconstruction_error,
)
from latens.training import Trainer

__all__ = ["RegularizedAutoencoder"]


class RegularizedAutoencoder(BaseAutoencoder):
    r"""A deterministic autoencoder with small codes and a smooth decoder: for new samples.

    A `VAE` adds noise to its codes so that neighboring codes mean similar samples. This kind asks the
    same of the decoder directly:

    .. math:: \text{error} + \frac{a}{2} \overline{z^2} + b \|\partial \hat x / \partial z\|^2 / n

    with the mean over the dimensions of a code, and n values per sample. The first term keeps codes small,
    the second keeps the decoder from making up for it. `sample` draws codes from a mixture that is
    fitted on those of the training samples.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    penalty : {"gradient", "weights"}, default="gradient"
        What makes the decoder smooth: the size of its Jacobian, as above, or of its weights. The first is
        one more backward pass.
    code_weight : float in [0, inf), default=0.001
        The a above.
    decoder_weight : float in [0, inf), default=0.001
        The b above. Only the product of the two matters to a linear decoder.
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
    Ghosh, Sajjadi, Vergari, Black and Schoelkopf (2020), From variational to deterministic autoencoders.
    arXiv:1903.12436 (RAE-GP and RAE-L2).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = RegularizedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.sample(5).shape
    (5, 8)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "penalty": (Options(("gradient", "weights")),),
        "code_weight": (Real(0),),
        "decoder_weight": (Real(0),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        penalty: str = "gradient",
        code_weight: float = 1e-3,
        decoder_weight: float = 1e-3,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.penalty = penalty
        self.code_weight = code_weight
        self.decoder_weight = decoder_weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        smoothness = {
            "gradient": Term(decoder_slope, self.decoder_weight, needs_code_grad=True),
            "weights": Term(decoder_weight_norm, self.decoder_weight),
        }
        terms = {
            "code": Term(half_squared_code, self.code_weight),
            "smoothness": smoothness[self.penalty],
        }
        return Objective(reconstruction_error(self.reconstruction), terms)
