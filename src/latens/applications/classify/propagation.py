"""Labels that spread over the graph of codes."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from scipy import sparse
from scipy.sparse.linalg import cg
from sklearn.base import BaseEstimator

from latens._seeds import derive
from latens._validation import Constraints, Integer, Real, check_parameters
from latens.applications.classify.graph import neighbor_graph, neighbor_weights
from latens.applications.classify.method import TrainingData
from latens.models.base import BaseAutoencoder
from latens.pairwise import nearest_rows_on_device

__all__ = ["Propagation", "read_off"]

_SAMPLING = 300  # a stream of random numbers
_TOLERANCE, _MOST_ITERATIONS = 1e-5, 1000


class Propagation(BaseEstimator):
    """Spread labels over the graph of nearest codes, and ask the nearest codes for new samples.

    With the normalized weights ``S`` of the graph and the given labels ``Y`` it solves
    ``(I - alpha S) F = Y`` by conjugate gradients, one class at a time, so that memory and time grow with
    the edges of the graph. Every class is then scaled to the share that it has among the labels (class
    mass normalization): label samples as they come, or as many of each class as you expect it to be large.

    Parameters
    ----------
    n_neighbors : int in [1, inf), default=10
        Edges from every code, at most.
    alpha : float in (0, 1), default=0.99
        How far labels spread: an edge passes on this share of what it gets.
    max_samples : int in [2, inf), default=100000
        The most samples in the graph, as finding neighbors takes time in their square: all labeled ones
        and a random choice of the others, which get their class as new samples do.

    References
    ----------
    Zhou, Bousquet, Lal, Weston and Schölkopf (2004), Learning with local and global consistency. NIPS 16.
    Zhu, Ghahramani and Lafferty (2003), Semi-supervised learning using Gaussian fields and harmonic
    functions. ICML, for the class masses.
    """

    _constraints: ClassVar[Constraints] = {
        "n_neighbors": (Integer(1),),
        "alpha": (Real(0, 1, closed="neither"),),
        "max_samples": (Integer(2),),
    }

    def __init__(
        self, n_neighbors: int = 10, *, alpha: float = 0.99, max_samples: int = 100_000
    ) -> None:
        self.n_neighbors = n_neighbors
        self.alpha = alpha
        self.max_samples = max_samples

    def learn(self, data: TrainingData) -> "tuple[FittedPropagation, np.ndarray]":
        """Encode the samples and spread the labels; see `Method.learn`."""
        device = next(data.model.network_.parameters()).device
        Z = data.model.transform(data.X)
        spread = self.spread(Z, data.y, data.n_classes, seed=data.seed, device=device)
        return FittedPropagation(data.model, spread), spread.everywhere

    def spread(
        self,
        Z: np.ndarray,
        y: np.ndarray,
        n_classes: int,
        *,
        seed: int = 0,
        device: torch.device | None = None,
    ) -> "Spread":
        """Spread labels over any codes.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, width)
        y : ndarray of shape (n_samples,), int
            Codes 0..n_classes-1, each at least once; -1 where there is no label.
        n_classes : int
        seed : int, default=0
            Chooses samples where there are too many for the graph.
        device : torch.device or None, default=None
            Where neighbors are searched. None: on the CPU.
        """
        check_parameters(self)
        device = device or torch.device("cpu")
        rows = self.graph_rows(y, seed)
        graph, reach = neighbor_graph(Z[rows], self.n_neighbors, device)
        shares = self.shares(graph, y[rows], n_classes)
        graph_alone = Spread(Z[rows], reach, shares, self.n_neighbors, device, shares)
        everywhere = np.empty((len(Z), n_classes))
        everywhere[rows] = shares
        others = np.setdiff1d(np.arange(len(Z)), rows)
        if len(others):
            everywhere[others] = graph_alone.at(Z[others])
        return replace(graph_alone, everywhere=everywhere)

    def shares(self, graph: sparse.csr_array, y: np.ndarray, n_classes: int) -> np.ndarray:
        """Return the probability of every class at every node of a graph, shape (n, n_classes)."""
        return _propagate(graph, y, n_classes, self.alpha)

    def graph_rows(self, y: np.ndarray, seed: int) -> np.ndarray:
        """Return which samples are in the graph, in rising order."""
        labeled, others = np.flatnonzero(y >= 0), np.flatnonzero(y < 0)
        room = max(0, self.max_samples - len(labeled))
        if len(others) > room:
            rng = np.random.default_rng(derive(seed, _SAMPLING))
            others = rng.choice(others, room, replace=False)
        return np.sort(np.concatenate([labeled, others]))


@dataclass(frozen=True, eq=False)
class Spread:
    """Probabilities at the codes of a graph, and what is needed to read them off elsewhere.

    Attributes
    ----------
    Z : ndarray of shape (n, width)
        The codes of the graph.
    reach : ndarray of shape (n,)
    shares : ndarray of shape (n, n_classes)
        Probabilities there.
    n_neighbors : int
    device : torch.device
    everywhere : ndarray of shape (n_samples, n_classes)
        Probabilities of all samples of the training data, in the graph or not.
    """

    Z: np.ndarray
    reach: np.ndarray
    shares: np.ndarray
    n_neighbors: int
    device: torch.device
    everywhere: np.ndarray

    def at(self, Z: np.ndarray) -> np.ndarray:
        """Return the probabilities at other codes: the weighted mean of the nearest ones."""
        near = nearest_rows_on_device(Z, self.Z, min(self.n_neighbors, len(self.Z)), self.device)
        return read_off(self.shares, self.reach, *near)


def read_off(
    shares: np.ndarray, reach: np.ndarray, squared: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Return the weighted mean of the shares at the nearest nodes, as `nearest_rows_on_device` finds them."""
    # The mean of the neighbors' reaches is a reach of its own for a point that has none yet.
    weights = neighbor_weights(
        squared - squared[:, :1], reach[rows].mean(axis=1, keepdims=True), reach[rows]
    )
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("ij,ijk->ik", weights, shares[rows]))


@dataclass(frozen=True, eq=False)
class FittedPropagation:
    """What `Propagation` learns."""

    model: BaseAutoencoder
    spread: Spread

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """See `Rule.probabilities`."""
        return self.spread.at(self.codes(X))

    def codes(self, X: np.ndarray) -> np.ndarray:
        """Return the model's codes."""
        return self.model.transform(X)


def _propagate(graph: sparse.csr_array, y: np.ndarray, n_classes: int, alpha: float) -> np.ndarray:
    """Return the probability of every class at every node, shape (n, n_classes)."""
    degree = np.maximum(graph.sum(axis=1), np.finfo(np.float64).tiny)
    root = sparse.diags_array(degree**-0.5)
    system = (sparse.eye_array(len(y)) - alpha * (root @ graph @ root)).tocsr()
    mass = np.empty((len(y), n_classes))
    for number in range(n_classes):
        given = (y == number).astype(np.float64)
        solution, _ = cg(system, given, rtol=_TOLERANCE, maxiter=_MOST_ITERATIONS)
        mass[:, number] = np.maximum(solution, 0)
    prior = np.bincount(y[y >= 0], minlength=n_classes) / np.count_nonzero(y >= 0)
    mass *= prior / mass.sum(axis=0)
    total = mass.sum(axis=1, keepdims=True)
    # No label reaches a part of the graph that has none.
    shares = np.where(total > 0, mass / np.where(total > 0, total, 1), prior)
    shares[y >= 0] = np.eye(n_classes)[y[y >= 0]]
    return shares
