"""The objective of binary autoencoders: neighbours share their bits."""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from latens.networks import Network
from latens.objectives.objective import Batch, Losses, Objective, ReconstructionError

__all__ = ["NeighbourObjective", "Rows"]


class Rows(Protocol):
    """Samples that can be asked for by number; those of `latens.training` can."""

    def batch(self, index: Tensor) -> Batch:
        """Return the rows with the given numbers, scaled."""


class NeighbourObjective(Objective):
    """Reconstruct, and tell the neighbour of each sample from all others of the batch by its bits.

    The partner of a sample is where a random walk through the graph of nearest neighbours has come to.
    Of all codes in the batch the partner's should be the most alike: the cross-entropy of that choice,
    by the share of equal bits, is the term ``neighbours``. It is log of the batch size for codes that
    know nothing. Without a graph, a sample is its own partner.

    Parameters
    ----------
    reconstruction : callable
    weight : float
        Of the choice beside the reconstruction error.
    temperature : float
        By which the likeness of two codes, in [-1, 1], is divided. A small one looks at the samples that
        are nearly the partner, a large one at whole groups.
    steps : int
        Of a walk.

    References
    ----------
    van den Oord, Li and Vinyals (2018), Representation learning with contrastive predictive coding.
    arXiv:1807.03748 (the cross-entropy). Damrich, Boehm, Hamprecht and Kobak (2023), From t-SNE to UMAP
    with contrastive learning. arXiv:2206.01816 (neighbours as partners).
    """

    def __init__(
        self, reconstruction: ReconstructionError, weight: float, temperature: float, steps: int
    ) -> None:
        super().__init__(reconstruction)
        self.weight = weight
        self.temperature = temperature
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
            choice = torch.randint(self.graph.shape[1], place.shape, device=place.device)
            place = self.graph[place, choice]
        return self.samples.batch(place).x

    def _missed(self, codes: Tensor, partners: Tensor) -> Tensor:
        """The cross-entropy of finding each partner by its code, and of finding back."""
        signs, others = 2 * codes - 1, 2 * partners - 1
        likeness = signs @ others.T / (codes.shape[1] * self.temperature)
        own = torch.arange(len(codes), device=codes.device)
        there = functional.cross_entropy(likeness, own, reduction="none")
        back = functional.cross_entropy(likeness.T, own, reduction="none")
        return (there + back) / 2
