"""The contract of an objective, and the plain one that most kinds need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from latens.networks import Network, Output
from latens.objectives.reconstruction import per_sample

__all__ = ["Batch", "Losses", "Objective", "Phase", "Step", "Term", "linear_warmup"]

ReconstructionError = Callable[[Output, Tensor], Tensor]
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
class Step:
    """One pass of a batch through the network, which is what a term is computed from.

    Attributes
    ----------
    network : Network
    batch : Batch
        The samples, which are also the target of the reconstruction.
    x : Tensor of shape (batch, *input_shape)
        What the network was given: the samples, or what a corruption has made of them.
    output : Output
        What the network gave for `x`.
    """

    network: Network
    batch: Batch
    x: Tensor
    output: Output


@dataclass(frozen=True)
class Losses:
    """The losses of a batch.

    Attributes
    ----------
    total : Tensor of shape ()
        What is minimized.
    terms : dict of str to Tensor of shape (batch,)
        The named parts, per sample and unweighted, without gradient.
    """

    total: Tensor
    terms: Mapping[str, Tensor]


@dataclass(frozen=True)
class Phase:
    """One optimization within a step: which parameters follow which loss, and how fast.

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
        From a `Step` to one value per sample, shape (batch,).
    weight : float or callable
        A number, or a function of the progress of the training, in [0, 1].
    couples_samples : bool
        Whether the value of a sample depends on the rest of the batch; such a term has to gather the codes
        of all processes when training is distributed.
    needs_input_grad : bool
        Whether the function takes a derivative by the network's input, `Step.x`.
    needs_code_grad : bool
        Whether the function takes a derivative by the code, ``Step.output.code``.
    """

    function: Callable[[Step], Tensor]
    weight: float | Weight
    couples_samples: bool = False
    needs_input_grad: bool = False
    needs_code_grad: bool = False

    def weight_at(self, progress: float) -> float:
        """Return the weight at some progress of the training."""
        return self.weight(progress) if callable(self.weight) else self.weight


def linear_warmup(progress: float, weight: float, warmup: float) -> float:
    """Return a weight that increases linearly from 0 during the warm-up.

    Parameters
    ----------
    progress : float in [0, 1]
        The share of the training that is over.
    weight : float
        From the end of the warm-up on.
    warmup : float in [0, 1]
        The share of the training that the warm-up takes.

    References
    ----------
    Bowman et al. (2016), Generating sentences from a continuous space. arXiv:1511.06349.

    Examples
    --------
    >>> [linear_warmup(progress, weight=4.0, warmup=0.5) for progress in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 2.0, 4.0, 4.0]
    """
    return weight if progress >= warmup else weight * progress / warmup


class Objective(nn.Module):
    """A reconstruction error plus weighted terms.

    Parameters
    ----------
    reconstruction : callable
        From an `Output` and the target to one error per sample, such as `squared_error`. If it is a
        module, its parameters are learned too.
    terms : dict of str to Term, default={}
    corruption : callable or None, default=None
        From clean samples to what the network gets to see; the target stays clean.
    modules : dict of str to Module, default={}
        What the terms learn beside the network, by the name that it has in a file.

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
        modules: Mapping[str, nn.Module] | None = None,
    ) -> None:
        super().__init__()
        self.reconstruction = reconstruction
        self.terms = dict(terms or {})
        self.corruption = corruption
        for name, module in (modules or {}).items():
            self.add_module(name, module)

    @property
    def needs_bounded(self) -> bool:
        """Whether the error is defined for data in [0, 1] only."""
        return bool(getattr(self.reconstruction, "needs_bounded", False))

    @property
    def needs_images(self) -> bool:
        """Whether the error is defined for images only."""
        return bool(getattr(self.reconstruction, "needs_images", False))

    @property
    def coupled(self) -> frozenset[str]:
        """The names of the losses whose value for one sample depends on the rest of the batch."""
        names = {name for name, term in self.terms.items() if term.couples_samples}
        if getattr(self.reconstruction, "couples_samples", False):
            names.add("reconstruction")
        if getattr(_unwrapped(self.corruption), "couples_samples", False):
            names |= {"reconstruction", *self.terms}
        return frozenset(names)

    def forward(self, network: Network, batch: Batch) -> Losses:
        """Return the losses of a batch."""
        by_input = any(term.needs_input_grad for term in self.terms.values())
        by_code = any(term.needs_code_grad for term in self.terms.values())
        # Terms that are made of gradients need them in validation, too.
        with torch.set_grad_enabled(by_input or by_code or torch.is_grad_enabled()):
            x = self.seen(batch.x)
            x = x.detach().requires_grad_() if by_input else x
            return self.losses(Step(network, batch, x, network(x)))

    def seen(self, x: Tensor) -> Tensor:
        """Return what the network gets to see of clean samples."""
        return x if self.corruption is None else self.corruption(x)

    def losses(self, step: Step) -> Losses:
        """Return the losses of a step that the network has taken."""
        errors = self.reconstruction(step.output, step.batch.x)
        total = errors.mean()
        parts = {"reconstruction": errors.detach()}
        for name, term in self.terms.items():
            values = term.function(step)
            total = total + term.weight_at(step.batch.progress) * values.mean()
            parts[name] = values.detach()
        return Losses(total, parts)

    def sample_errors(self, network: Network, x: Tensor) -> Tensor:
        """Return the error of the reconstruction of each sample, shape (batch,)."""
        return per_sample(self.reconstruction)(network.reconstruct(x), x)

    def reconstructed(self, network: Network, x: Tensor) -> Tensor | None:
        """Return the reconstructions of samples; None where the network gives something else."""
        return network.reconstruct(x).x_hat

    def is_settled(self, progress: float) -> bool:
        """Return whether all weights are at some progress what they are at the end of a training."""
        return all(term.weight_at(progress) == term.weight_at(1.0) for term in self.terms.values())

    def phases(self, network: Network) -> list[Phase]:
        """Return the optimizations of one step, in order."""
        parameters = [*network.parameters(), *self.parameters()]
        return [Phase("fit", parameters, self)]


def _unwrapped(function: Callable[..., Tensor] | None) -> Callable[..., Tensor] | None:
    """Return the function that a partial one calls."""
    return _unwrapped(function.func) if isinstance(function, partial) else function
