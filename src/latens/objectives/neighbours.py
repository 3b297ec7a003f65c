"""The objective of kinds whose codes follow the neighbours in the data."""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from latens._draws import drawing
from latens.networks import Network
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError

__all__ = ["NeighbourObjective", "Rows", "closeness", "equal_bits"]

Likeness = Callable[[Tensor, Tensor], Tensor]


class Rows(Protocol):
    """Samples that can be asked for by number; those of `latens.training` can."""

    def batch(self, index: Tensor) -> Batch:
        """Return the rows with the given numbers, scaled."""


def equal_bits(codes: Tensor, partners: Tensor, *, temperature: float) -> Tensor:
    """Return the likeness of codes of bits: the share of equal ones less that of others, by a temperature.

    A small temperature looks at the samples that are nearly the partner, a large one at whole groups.

    Examples
    --------
    >>> bits = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> equal_bits(bits[:1], bits, temperature=0.5)
    tensor([[ 2., -2.]])
    """
    signs, others = 2 * codes - 1, 2 * partners - 1
    return signs @ others.T / (codes.shape[1] * temperature)


def closeness(codes: Tensor, partners: Tensor, *, degrees_of_freedom: float) -> Tensor:
    """Return the likeness of codes of real numbers: the logarithm of Student's t at their distance.

    Without its constant, ``(1 + distance^2 / n) ** (-(n + 1) / 2)`` for n degrees of freedom. The fewer, the
    less codes that are far apart feel each other, which leaves room between groups: t-SNE has one.

    Examples
    --------
    >>> origin, points = torch.tensor([[0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 3.0]])
    >>> closeness(origin, points, degrees_of_freedom=1).exp()
    tensor([[1.0000, 0.1000]])
    """
    # Around their middle, so that few digits of a difference are lost.
    middle = partners.detach().mean(0)
    codes, partners = codes - middle, partners - middle
    squares = codes.square().sum(1)[:, None] + partners.square().sum(1)
    distances = (squares - 2 * codes @ partners.T).clamp(min=0)
    return -(degrees_of_freedom + 1) / 2 * torch.log1p(distances / degrees_of_freedom)


class NeighbourObjective(Objective):
    """Reconstruct, and tell the neighbour of each sample from all others of the batch by its code.

    The partner of a sample is where a random walk through the graph of nearest neighbours has come to.
    Of all codes in the batch the partner's should be the most alike: the cross-entropy of that choice,
    by the likeness of codes, is the term ``neighbours``. It is log of the batch size for codes that
    know nothing. Without a graph, a sample is its own partner.

    Parameters
    ----------
    reconstruction : callable
    weight : float
        Of the choice beside the reconstruction error.
    likeness : callable
        From two sets of codes, (n, d) and (m, d), to how alike each pair is, (n, m): `equal_bits` or
        `closeness`.
    steps : int
        Of a walk.

    References
    ----------
    van den Oord, Li and Vinyals (2018), Representation learning with contrastive predictive coding.
    arXiv:1807.03748 (the cross-entropy). Damrich, Boehm, Hamprecht and Kobak (2023), From t-SNE to UMAP
    with contrastive learning. arXiv:2206.01816 (neighbours as partners).
    """

    def __init__(
        self, reconstruction: ReconstructionError, weight: float, likeness: Likeness, steps: int
    ) -> None:
        super().__init__(reconstruction)
        self.weight = weight
        self.likeness = likeness
        self.steps = steps
        self.graph: Tensor | None = None
        self.samples: Rows | None = None

    def remember(self, graph: Tensor, samples: Rows) -> None:
        """Walk through a graph from now on.

        Parameters
        ----------
        graph : Tensor of shape (n_samples, n_neighbors), int64
            The neighbours of each sample, where the samples are.
        samples : Samples
            The samples that it joins.
        """
        self.graph, self.samples = graph, samples

    def forget(self) -> None:
        """Let go of the graph and the samples, which are no part of a fitted model."""
        self.graph = self.samples = None

    def forward(self, network: Network, batch: Batch) -> Losses:
        output = network(batch.x)
        losses = super().losses(output, batch)
        missed = self._missed(output.code.z, network.encode(self._partners(batch)).z)
        total = losses.total + self.weight * missed.mean()
        return Losses(total, {**losses.terms, "neighbours": missed.detach()})

    def _partners(self, batch: Batch) -> Tensor:
        if self.graph is None or self.samples is None:
            return batch.x
        place = batch.index
        for _ in range(self.steps):
            choice = torch.randint(
                self.graph.shape[1], place.shape, device=place.device, generator=drawing()
            )
            place = self.graph[place, choice]
        return self.samples.batch(place).x

    def _missed(self, codes: Tensor, partners: Tensor) -> Tensor:
        """The cross-entropy of finding each partner by its code, and of finding back."""
        likeness = self.likeness(codes, partners)
        own = torch.arange(len(codes), device=codes.device)
        there = functional.cross_entropy(likeness, own, reduction="none")
        back = functional.cross_entropy(likeness.T, own, reduction="none")
        return (there + back) / 2
