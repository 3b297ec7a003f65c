"""Autoencoders whose codes are mostly zero."""

from functools import partial
from typing import Any, ClassVar

import numpy as np
from torch import Tensor, nn

from latens._validation import Constraints, Integer, Nothing, Options, Real
from latens.exceptions import ParameterError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import (
    Bottleneck,
    Deterministic,
    NetworkFactory,
    Output,
    Parts,
    Rectifier,
    TopK,
)
from latens.objectives import (
    Objective,
    Term,
    code_size,
    reconstruction_error,
    sparsity_divergence,
)
from latens.training import Trainer

__all__ = ["SparseAutoencoder"]

# A unit that never passes this share of the largest activation is dead.
_DEAD_SHARE = 1e-3


class SparseAutoencoder(BaseAutoencoder):
    """Codes of which only a few numbers are active for any one sample; they may be over-complete.

    Three ways to get there: an L1 penalty on codes that a ReLU keeps positive, a KL penalty that pulls
    the mean activation of every sigmoid unit to `rho`, or a hard limit of k active numbers.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Numbers per code; more than the sample has are welcome.
    penalty : {"l1", "kl", "topk"}, default="l1"
    weight : float in [0, inf) or None, default=None
        Of the penalty; None: 0.001 for "l1", 0.01 for "kl". "topk" has none.
    rho : float in (0, 1), default=0.2
        The mean activation that "kl" asks of every unit.
    k : int in [1, latent_dim] or None, default=None
        The active numbers of "topk"; None: a quarter of them.
    reconstruction : {"mse", "rmse", "mae", "bce", "gaussian"}, default="mse"
        The error to minimise; see `Autoencoder`.
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
    dead_units_ : ndarray of int
        The numbers of the code that are (next to) zero for all training samples looked at.

    References
    ----------
    Ng (2011), Sparse autoencoder. CS294A lecture notes, Stanford University ("kl").
    Makhzani and Frey (2014), k-Sparse autoencoders. arXiv:1312.5663 ("topk").

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = SparseAutoencoder(20, penalty="topk", k=3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 20)
    >>> int((model.transform(X) != 0).sum(axis=1).max())
    3
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "penalty": (Options(("l1", "kl", "topk")),),
        "weight": (Real(0), Nothing()),
        "rho": (Real(0, 1, closed="neither"),),
        "k": (Integer(1), Nothing()),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        penalty: str = "l1",
        weight: float | None = None,
        rho: float = 0.2,
        k: int | None = None,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.penalty = penalty
        self.weight = weight
        self.rho = rho
        self.k = k
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    @property
    def dead_units_(self) -> np.ndarray:
        """The numbers of the code that no training sample looked at activates."""
        largest = np.abs(self.codes_).max(axis=0)
        return np.flatnonzero(largest <= _DEAD_SHARE * max(float(largest.max()), 1e-12))

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        if self.penalty == "topk":
            return TopK(parts, self.latent_dim, self._active_numbers())
        activation = Rectifier() if self.penalty == "l1" else nn.Sigmoid()
        return Deterministic(parts, self.latent_dim, activation)

    def _objective(self) -> Objective:
        terms = {}
        if self.penalty == "l1":
            terms["l1"] = Term(code_size, 1e-3 if self.weight is None else self.weight)
        if self.penalty == "kl":
            divergence = partial(_divergence, rho=self.rho)
            weight = 1e-2 if self.weight is None else self.weight
            terms["sparsity"] = Term(divergence, weight, couples_samples=True)
        return Objective(reconstruction_error(self.reconstruction), terms)

    def _active_numbers(self) -> int:
        if self.k is None:
            return max(1, self.latent_dim // 4)
        if self.k > self.latent_dim:
            raise ParameterError(
                f"The 'k' parameter of SparseAutoencoder must be at most latent_dim={self.latent_dim}. "
                f"Got {self.k} instead."
            )
        return self.k


def _divergence(output: Output, x: Tensor, rho: float) -> Tensor:
    return sparsity_divergence(output, rho)
