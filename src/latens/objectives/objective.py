"""The contract of an objective, and the plain one that most kinds need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from latens.networks import Network, Output
from latens.objectives.reconstruction import binary_cross_entropy

__all__ = ["Batch", "Losses", "Objective", "Phase"]

ReconstructionError = Callable[[Output, Tensor], Tensor]
CodeTerm = Callable[[Output], Tensor]


@dataclass(frozen=True)
class Batch:
    """The samples of one step.

    Attributes
    ----------
    x : Tensor of shape (batch, *input_shape)
        Scaled samples.
    index : Tensor of shape (batch,), int64
        Their row numbers in the training data.
    y : Tensor of shape (batch,), int64, or None
        Labels, for kinds that learn from them; -1 where there is none.
    """

    x: Tensor
    index: Tensor
    y: Tensor | None = None


@dataclass(frozen=True)
class Losses:
    """What an objective says of a batch.

    Attributes
    ----------
    total : Tensor of shape ()
        What is minimised.
    terms : dict of str to Tensor of shape (batch,)
        The named parts, per sample and unweighted, without gradient.
    """

    total: Tensor
    terms: Mapping[str, Tensor]


@dataclass(frozen=True)
class Phase:
    """One optimisation within a step: which parameters follow which loss.

    Adversarial kinds have two; all others have one.
    """

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Network, Batch], Losses]


class Objective(nn.Module):
    """A reconstruction error plus weighted code terms.

    Parameters
    ----------
    reconstruction : callable
        From an `Output` and the target to one error per sample, such as `squared_error`.
    terms : dict of str to (float, callable), default={}
        Weight and function of each code term; a function goes from an `Output` to one number per sample.

    Examples
    --------
    >>> from latens.objectives import squared_error
    >>> objective = Objective(squared_error, {"l1": (0.1, lambda output: output.code.z.abs().mean(1))})
    >>> list(objective.terms)
    ['l1']
    """

    def __init__(
        self,
        reconstruction: ReconstructionError,
        terms: Mapping[str, tuple[float, CodeTerm]] | None = None,
    ) -> None:
        super().__init__()
        self.reconstruction = reconstruction
        self.terms = dict(terms or {})

    @property
    def needs_bounded(self) -> bool:
        """Whether the error is defined for data in [0, 1] only."""
        return self.reconstruction is binary_cross_entropy

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of a batch."""
        output = network(batch.x)
        errors = self.reconstruction(output, batch.x)
        total = errors.mean()
        parts = {"reconstruction": errors.detach()}
        for name, (weight, term) in self.terms.items():
            values = term(output)
            total = total + weight * values.mean()
            parts[name] = values.detach()
        return Losses(total, parts)

    def phases(self, network: Network) -> list[Phase]:
        """Return the optimisations of one step, in order."""
        parameters = [*network.parameters(), *self.parameters()]
        return [Phase("fit", parameters, self)]
