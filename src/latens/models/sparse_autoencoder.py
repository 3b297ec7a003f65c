"""The sparse autoencoder."""

from functools import partial
from math import prod, sqrt
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from latens._validation import Constraints, Integer, Nothing, Options, Real
from latens.exceptions import ParameterError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import (
    MLP,
    BatchTopK,
    Bottleneck,
    Deterministic,
    JumpReLU,
    NetworkFactory,
    Parts,
    Rectifier,
    ThresholdedUnits,
    TopK,
)
from latens.objectives import (
    DictionaryObjective,
    Objective,
    Term,
    active_numbers,
    code_size,
    dictionary_of,
    reconstruction_error,
    sparsity_divergence,
)
from latens.training import DeviceSamples, Trainer, map_rows

__all__ = ["SparseAutoencoder"]

# A unit that never passes this share of the largest activation is dead.
_DEAD_SHARE = 1e-3

_DICTIONARIES = {"batch_topk": BatchTopK, "jumprelu": JumpReLU}
_WEIGHTS = {"l1": 1e-3, "kl": 1e-2}


class SparseAutoencoder(BaseAutoencoder):
    """An autoencoder of whose latent dimensions few are active for any one sample.

    Codes may be over-complete. Three penalties suit codes of any size: an L1 penalty on codes that a ReLU
    keeps positive, a KL penalty that pulls the mean activation of every sigmoid unit to `rho`, or a hard
    limit of k active dimensions.

    Two more are for dictionaries, over-complete codes of thousands of units, such as those of the
    activations of a language model. "batch_topk" keeps the k largest activations per sample, on average
    over a batch; "jumprelu" learns a threshold for every unit, such that k are active on average. With a
    linear decoder, what a unit adds to the sample has unit norm; units that have been silent for long are
    brought back. ``network=MLP(())`` makes both halves linear, as dictionaries are.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code; there may be more than the sample has.
    penalty : {"l1", "kl", "topk", "batch_topk", "jumprelu"}, default="l1"
    weight : float in [0, inf) or None, default=None
        Of the penalty; None: 0.001 for "l1", 0.01 for "kl". The others have none.
    rho : float in (0, 1), default=0.2
        The mean activation that "kl" asks of every unit.
    k : int in [1, latent_dim] or None, default=None
        The active numbers of "topk", and their mean for "batch_topk" and "jumprelu"; None: a quarter of
        the code, and for the latter two its square root.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize; see `Autoencoder`.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: linear halves for dictionaries, where the code has more
        numbers than the sample has values, and else `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`.
    dead_units_ : ndarray of int
        The latent dimensions that are (next to) zero for all training samples looked at.
    active_numbers_ : float
        How many numbers differ from zero, on average over the training samples looked at (L0).

    References
    ----------
    Ng (2011), Sparse autoencoder. CS294A lecture notes, Stanford University ("kl").
    Makhzani and Frey (2014), k-Sparse autoencoders. arXiv:1312.5663 ("topk").
    Bussmann, Leask and Nanda (2024), arXiv:2412.06410 ("batch_topk").
    Rajamanoharan et al. (2024), arXiv:2407.14435 ("jumprelu").

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
        "penalty": (Options(("l1", "kl", "topk", *_DICTIONARIES)),),
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
        """The latent dimensions that no training sample looked at activates."""
        largest = np.abs(self.codes_).max(axis=0)
        return np.flatnonzero(largest <= _DEAD_SHARE * max(float(largest.max()), 1e-12))

    @property
    def active_numbers_(self) -> float:
        """The mean number of active latent dimensions, over the training samples looked at."""
        return float((self.codes_ != 0).sum(axis=1).mean())

    def explained_variance(self, X: Any) -> float:
        """Return the share of the variance of samples that their reconstructions keep.

        Of scaled samples, all values together, a block at a time: `X` may be larger than memory.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)

        Returns
        -------
        float
            At most 1; 0 is what the mean sample explains. NaN where all samples are equal.
        """
        samples = self.scaled_samples(self._validate(X))
        self.network_.eval()
        total: np.ndarray = np.zeros(prod(self.tensor_shape_))

        def squares(x: Tensor) -> Tensor:
            np.add(total, x.flatten(1).double().sum(0).cpu().numpy(), out=total)
            error = x - self.network_.reconstruct(x).x_hat
            return torch.stack([one.flatten(1).double().square().sum(1) for one in (error, x)], 1)

        error, size = map_rows(squares, samples, self.tensor_shape_).mean(axis=0)
        variance = size - np.square(total / len(samples)).sum()
        return float(1 - error / variance) if variance > 1e-12 * size else float("nan")

    def _factory(self) -> NetworkFactory:
        is_over_complete = self.latent_dim > prod(self.tensor_shape_)
        if self.network is None and self.penalty in _DICTIONARIES and is_over_complete:
            return MLP(())
        return super()._factory()

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        if self.penalty == "topk":
            return TopK(parts, self.latent_dim, self._active_numbers())
        if self.penalty in _DICTIONARIES:
            return _DICTIONARIES[self.penalty](parts, self.latent_dim, self._active_numbers())
        activation = Rectifier() if self.penalty == "l1" else nn.Sigmoid()
        return Deterministic(parts, self.latent_dim, activation)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        weight = _WEIGHTS.get(self.penalty, 0.0) if self.weight is None else self.weight
        terms = {}
        if self.penalty == "l1":
            terms["l1"] = Term(code_size, weight)
        if self.penalty == "kl":
            divergence = partial(sparsity_divergence, rho=self.rho)
            terms["sparsity"] = Term(divergence, weight, couples_samples=True)
        if self.penalty not in _DICTIONARIES:
            return Objective(error, terms)
        terms["active numbers"] = Term(active_numbers, 0.0)  # costs nothing, but is in the log
        return DictionaryObjective(error, terms)

    def _initialize_weights(self) -> None:
        """Start the encoder of a linear dictionary at the transpose of its decoder: fewer units die so."""
        layer = dictionary_of(self.network_)
        head = getattr(self.network_.bottleneck, "head", None)
        layers = [one for one in self.network_.decoder.modules() if isinstance(one, nn.Linear)]
        if self.penalty not in _DICTIONARIES or layer is None or not isinstance(head, nn.Linear):
            return
        if len(layers) == 1 and head.weight.shape == layer.weight.T.shape:
            with torch.no_grad():
                directions = functional.normalize(layer.weight, dim=0)
                layer.weight.copy_(directions)
                head.weight.copy_(directions.T)
                head.bias.zero_()

    def _after_fit(self, samples: DeviceSamples) -> None:
        """Put the threshold where k numbers are active on average, as far as these samples tell."""
        bottleneck = self.network_.bottleneck
        if isinstance(bottleneck, ThresholdedUnits):
            features = map_rows(self.network_.encoder, samples, self.tensor_shape_)
            bottleneck.settle(torch.from_numpy(features).to(samples.device))

    def _active_numbers(self) -> int:
        if self.k is None:
            numbers = self.latent_dim
            return max(1, round(sqrt(numbers)) if self.penalty in _DICTIONARIES else numbers // 4)
        if self.k > self.latent_dim:
            raise ParameterError(
                f"The 'k' parameter of SparseAutoencoder must be at most latent_dim={self.latent_dim}. "
                f"Got {self.k} instead."
            )
        return self.k
