"""The objective of conditional autoencoders, whose decoder is given the class beside the code."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from latens.networks import Code, Network
from latens.objectives.objective import (
    Batch,
    Losses,
    Objective,
    ReconstructionError,
    Step,
    Term,
)

__all__ = ["ConditionalObjective"]

# The share of a batch: enough to learn to decode without a class, at little cost.
_BLIND_SHARE = 0.25


class ConditionalObjective(Objective):
    """An `Objective` with the class of each sample, one-hot encoded, beside its code.

    Samples without a class have a vector of zeros. Some codes of each batch are decoded a second time
    without the class, so that the decoder also learns to do without it. No gradient of these reaches the
    encoder, which would learn to put the class into the code.

    Parameters
    ----------
    reconstruction : callable
    blind : callable
        The same error for what is decoded without the class; another object where it has parameters.
    terms : dict of str to Term
    shares : Tensor of shape (n_classes,)
        How often each class is among the labels; kept for drawing new samples.
    known : Tensor of shape (n_codes,), int64
        The classes of the codes that a model keeps, -1 where there is none; for the same purpose.
    """

    shares: Tensor
    known: Tensor

    def __init__(
        self,
        reconstruction: ReconstructionError,
        blind: ReconstructionError,
        terms: Mapping[str, Term],
        shares: Tensor,
        known: Tensor,
    ) -> None:
        super().__init__(reconstruction, terms)
        self.blind = blind
        self.register_buffer("shares", shares)
        self.register_buffer("known", known)

    def forward(self, network: Network, batch: Batch) -> Losses:
        output = network(batch.x, beside=self._one_hot(batch))
        losses = self.losses(Step(network, batch, batch.x, output))
        some = slice(0, max(1, round(_BLIND_SHARE * len(batch.x))))
        code = output.code.z[some].detach()
        blind = self.blind(network.decode_code(Code(code, code)), batch.x[some])
        return Losses(losses.total + _BLIND_SHARE * blind.mean(), losses.terms)

    def sample_errors(self, network: Network, x: Tensor) -> Tensor:
        """Return the error of each sample when it is decoded without its class."""
        return self.blind(network.reconstruct(x), x)

    def _one_hot(self, batch: Batch) -> Tensor:
        """The classes as the decoder gets them, shape (batch, n_classes)."""
        y = batch.y if batch.y is not None else torch.full_like(batch.index, -1)
        classes = functional.one_hot(y.clamp(min=0), len(self.shares)) * (y >= 0).unsqueeze(1)
        return classes.to(batch.x.dtype)
