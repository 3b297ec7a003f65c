"""The contract of an objective, and the plain one that most kinds need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from latens.networks import Network, Output
from latens.objectives.reconstruction import per_sample

__all__ = ["Batch", "Losses", "Objective", "Phase", "Term"]

ReconstructionError = Callable[[Output, Tensor], Tensor]
CodeTerm = Callable[[Output, Tensor], Tensor]
Weight = Callable[[float], float]
Corruption = Callable[[Tensor], Tensor]


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
    progress : float in [0, 1]
        The share of the training that is over; 1 outside of a training.
    """

    x: Tensor
    index: Tensor
    y: Tensor | None = None
    progress: float = 1.0


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
    """One optimisation within a step: which parameters follow which loss, and how fast.

    Adversarial kinds have two; all others have one. `pace` is a factor on the learning rate. `after` is
    called after every update, by objectives whose weights must keep to something, such as unit norm.
    """

    name: str
    parameters: list[nn.Parameter]
    loss: Callable[[Network, Batch], Losses]
    pace: float = 1.0
    after: Callable[[], None] | None = None


@dataclass(frozen=True)
class Term:
    """A named part of an objective beside the reconstruction.

    Attributes
    ----------
    function : callable
        From an `Output` and the clean samples to one number per sample.
    weight : float or callable
        A number, or a function of the progress of the training, in [0, 1].
    couples_samples : bool
        Whether a sample's number depends on the rest of the batch; such a term has to gather the codes
        of all processes when training is distributed.
    """

    function: CodeTerm
    weight: float | Weight
    couples_samples: bool = False

    def weight_at(self, progress: float) -> float:
        """Return the weight at some progress of the training."""
        return self.weight(progress) if callable(self.weight) else self.weight


class Objective(nn.Module):
    """A reconstruction error plus weighted code terms.

    Parameters
    ----------
    reconstruction : callable
        From an `Output` and the target to one error per sample, such as `squared_error`. If it is a
        module, its parameters are learnt too.
    terms : dict of str to Term, default={}
    corruption : callable or None, default=None
        From clean samples to what the network gets to see; the target stays clean.

    Examples
    --------
    >>> from latens.objectives import code_size, squared_error
    >>> objective = Objective(squared_error, {"l1": Term(code_size, weight=0.1)})
    >>> list(objective.terms)
    ['l1']
    """

    def __init__(
        self,
        reconstruction: ReconstructionError,
        terms: Mapping[str, Term] | None = None,
        corruption: Corruption | None = None,
    ) -> None:
        super().__init__()
        self.reconstruction = reconstruction
        self.terms = dict(terms or {})
        self.corruption = corruption

    @property
    def needs_bounded(self) -> bool:
        """Whether the error is defined for data in [0, 1] only."""
        return bool(getattr(self.reconstruction, "needs_bounded", False))

    @property
    def needs_images(self) -> bool:
        """Whether the error is defined for images only."""
        return bool(getattr(self.reconstruction, "needs_images", False))

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of a batch."""
        return self.losses(network(self.seen(batch.x)), batch)

    def seen(self, x: Tensor) -> Tensor:
        """Return what the network gets to see of clean samples."""
        return x if self.corruption is None else self.corruption(x)

    def losses(self, output: Output, batch: Batch) -> Losses:
        """Return the losses of an output that is there already."""
        errors = self.reconstruction(output, batch.x)
        total = errors.mean()
        parts = {"reconstruction": errors.detach()}
        for name, term in self.terms.items():
            values = term.function(output, batch.x)
            total = total + term.weight_at(batch.progress) * values.mean()
            parts[name] = values.detach()
        return Losses(total, parts)

    def sample_errors(self, network: Network, x: Tensor) -> Tensor:
        """Return the error of each sample as the network rebuilds it, shape (batch,)."""
        return per_sample(self.reconstruction)(network.reconstruct(x), x)

    def rebuilt(self, network: Network, x: Tensor) -> Tensor | None:
        """Return samples as the network rebuilds them; None where it is not made to."""
        return network.reconstruct(x).x_hat

    def is_settled(self, progress: float) -> bool:
        """Return whether all weights are at some progress what they are at the end of a training."""
        return all(term.weight_at(progress) == term.weight_at(1.0) for term in self.terms.values())

    def phases(self, network: Network) -> list[Phase]:
        """Return the optimisations of one step, in order."""
        parameters = [*network.parameters(), *self.parameters()]
        return [Phase("fit", parameters, self)]
