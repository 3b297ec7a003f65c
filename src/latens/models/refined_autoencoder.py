"""The autoencoder whose codes are improved sample by sample."""

from typing import Any, ClassVar

import torch

from latens._validation import Constraints, Integer
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts, RefinedNetwork
from latens.objectives import (
    RECONSTRUCTION_ERRORS,
    Objective,
    reconstruction_error,
    squared_error,
)
from latens.training import DeviceSamples, Trainer, encode_rows

__all__ = ["RefinedAutoencoder"]

# Both are least where the squared error is.
_REFINED_ERRORS = RECONSTRUCTION_ERRORS | {"rmse": squared_error, "gaussian": squared_error}


class RefinedAutoencoder(BaseAutoencoder):
    """An autoencoder whose codes are refined for every sample by gradient descent: for smaller errors.

    An encoder has to guess the code of a sample it never saw in one pass, and errs more than the decoder
    has to. This kind trains like an `Autoencoder`; then, wherever a code is asked for, gradient descent
    goes on from the encoder's guess towards the code with the smallest reconstruction error, and the best
    code on the way is taken: an error is never larger than the encoder's own.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    refinement_steps : int in [0, 10000], default=20
        Steps of gradient descent from the encoder's guess; 0 is the plain autoencoder. Each takes one
        pass through the decoder and back.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize, in training and in refinement; see `Autoencoder`.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: chosen by `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`. Errors in `history_` are those of the encoder's guesses.

    Notes
    -----
    A step moves each dimension of a code by about a tenth of its standard deviation (Adam). A network
    that unpools decodes from the code alone here, without the places of the maxima. Anomalous
    samples are reconstructed better, too: for anomalies take another kind.

    References
    ----------
    Kim, Wiseman, Miller, Sontag and Rush (2018), Semi-amortized variational autoencoders.
    arXiv:1802.02550. Cremer, Li and Duvenaud (2018), Inference suboptimality in variational
    autoencoders. arXiv:1801.03558 (how much an encoder's guess costs).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = RefinedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    """

    network_: RefinedNetwork
    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "refinement_steps": (Integer(0, 10_000),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        refinement_steps: int = 20,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.refinement_steps = refinement_steps
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _network(self, parts: Parts) -> RefinedNetwork:
        return RefinedNetwork(
            parts,
            self._bottleneck(parts),
            bounded=self.scaling_.bounded,
            error=_REFINED_ERRORS[self.reconstruction],
            latent_dim=self.latent_dim,
            steps=self.refinement_steps,
        )

    def _objective(self) -> Objective:
        return Objective(reconstruction_error(self.reconstruction))

    def _after_fit(self, samples: DeviceSamples) -> None:
        codes = encode_rows(self.network_, samples, self.tensor_shape_)
        self.network_.remember_spread(torch.from_numpy(codes))
