"""The objective of kinds whose codes keep the nearest neighbors of the data together."""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from latens._draws import drawing
from latens.objectives.objective import Batch, Objective, ReconstructionError, Step, Term

__all__ = ["NeighborObjective", "Rows", "equal_bits", "student_t_similarity"]

Similarity = Callable[[Tensor, Tensor], Tensor]


class Rows(Protocol):
    """Samples by row number, such as those of `latens.training`."""

    def batch(self, index: Tensor) -> Batch:
        """Return the rows with the given numbers, scaled."""


def equal_bits(codes: Tensor, partners: Tensor, *, temperature: float) -> Tensor:
    """Return the similarity of binary codes: the share of equal bits minus that of different ones.

    It is divided by a temperature: with a small one the most similar samples count, with a large one whole
    groups.

    Examples
    --------
    >>> bits = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> equal_bits(bits[:1], bits, temperature=0.5)
    tensor([[ 2., -2.]])
    """
    signs, others = 2 * codes - 1, 2 * partners - 1
    return signs @ others.T / (codes.shape[1] * temperature)


def student_t_similarity(codes: Tensor, partners: Tensor, *, degrees_of_freedom: float) -> Tensor:
    """Return the similarity of real-valued codes: the log-density of Student's t at their distance.

    Without its constant it is the logarithm of ``(1 + distance^2 / n) ** (-(n + 1) / 2)`` for n degrees of
    freedom. The fewer there are, the weaker the gradient between distant codes, which leaves room between
    groups: t-SNE has one.

    Examples
    --------
    >>> origin, points = torch.tensor([[0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 3.0]])
    >>> student_t_similarity(origin, points, degrees_of_freedom=1).exp()
    tensor([[1.0000, 0.1000]])
    """
    # Around their center, so that few digits of a difference are lost.
    center = partners.detach().mean(0)
    codes, partners = codes - center, partners - center
    squares = codes.square().sum(1)[:, None] + partners.square().sum(1)
    distances = (squares - 2 * codes @ partners.T).clamp(min=0)
    return -(degrees_of_freedom + 1) / 2 * torch.log1p(distances / degrees_of_freedom)


class NeighborObjective(Objective):
    """A reconstruction error plus the cross-entropy of finding a sample's neighbor in the batch by its code.

    The partner of a sample is the end of a random walk through the graph of nearest neighbors. Of all codes
    in the batch the partner's should be the most similar one: the cross-entropy of that choice is the term
    ``neighbours``. It is the logarithm of the batch size for uninformative codes. Without a graph, a sample
    is its own partner.

    Parameters
    ----------
    reconstruction : callable
    weight : float
        Of the cross-entropy beside the reconstruction error.
    similarity : callable
        From two sets of codes, (n, d) and (m, d), to the similarity of each pair, (n, m): `equal_bits` or
        `student_t_similarity`.
    steps : int
        The length of a walk.

    References
    ----------
    van den Oord, Li and Vinyals (2018), Representation learning with contrastive predictive coding.
    arXiv:1807.03748 (the cross-entropy). Damrich, Boehm, Hamprecht and Kobak (2023), From t-SNE to UMAP
    with contrastive learning. arXiv:2206.01816 (neighbors as partners).
    """

    def __init__(
        self, reconstruction: ReconstructionError, weight: float, similarity: Similarity, steps: int
    ) -> None:
        term = Term(self._missed_partners, weight, couples_samples=True)
        super().__init__(reconstruction, {"neighbours": term})
        self.similarity = similarity
        self.steps = steps
        self.graph: Tensor | None = None
        self.samples: Rows | None = None

    def remember(self, graph: Tensor, samples: Rows) -> None:
        """Draw partners by walks through a graph from now on.

        Parameters
        ----------
        graph : Tensor of shape (n_samples, n_neighbors), int64
            The neighbors of each sample, on the device of the samples.
        samples : DeviceSamples
            The samples that it joins.
        """
        self.graph, self.samples = graph, samples

    def forget(self) -> None:
        """Drop the graph and the samples, which are not part of a fitted model."""
        self.graph = self.samples = None

    def _missed_partners(self, step: Step) -> Tensor:
        partners = step.network.encode(self._partners(step.batch)).z
        return self._missed(step.output.code.z, partners)

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
        similarity = self.similarity(codes, partners)
        own = torch.arange(len(codes), device=codes.device)
        there = functional.cross_entropy(similarity, own, reduction="none")
        back = functional.cross_entropy(similarity.T, own, reduction="none")
        return (there + back) / 2
