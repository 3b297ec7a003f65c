"""The binary autoencoder."""

from math import prod
from typing import Any, ClassVar, Self

import numpy as np
import torch
from sklearn.utils.extmath import randomized_svd

from latens._seeds import derive
from latens._validation import Constraints, Integer, Real
from latens.metrics.nearest_rows import nearest_rows
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.sampling import draw_from_mixture
from latens.networks import Binary, Bottleneck, NetworkFactory, Parts
from latens.objectives import NeighbourObjective, Objective, reconstruction_error
from latens.training import Samples, Trainer, map_rows

__all__ = ["BinaryAutoencoder"]

# Neighbours are looked for in so many main components, as distances in more cost more and say the same.
_COMPONENTS = 64
# Samples that the components come from, and the most values in them: 128 MB of floats.
_COMPONENT_SAMPLES, _COMPONENT_VALUES = 10_000, 2**25
# Samples that neighbours are looked for among: beyond, the search would take longer than the training.
_MOST_CANDIDATES = 100_000
# The streams of random numbers for both.
_FOR_COMPONENTS, _CANDIDATES = 300, 301


class BinaryAutoencoder(BaseAutoencoder):
    """Codes of single bits, alike for samples that are neighbours: for search in little memory.

    A code is rebuilt by the decoder like any other. Above that, nearest neighbours in the data, and
    their neighbours in turn, are to share more bits than other samples do; so Hamming distances follow
    the groups in the data and not only their pixels or columns. No labels are used.

    Minimises, for samples with codes b, partners that a random walk of `n_steps` through the graph of
    nearest neighbours leads to, with codes c, and a batch of them:

    .. math:: error(x, \\hat x) - w \\log \\frac{\\exp(s(b_i, c_i) / t)}{\\sum_j \\exp(s(b_i, c_j) / t)}

    where s is the share of equal bits minus that of different ones; the mean of this choice and the way back,
    from c to b, is taken.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=32
        Bits per code.
    n_neighbors : int in [1, inf), default=15
        Neighbours of each sample in the graph; fewer where there are fewer samples.
    n_steps : int in [1, inf), default=2
        Steps from a sample to its partner.
    temperature : float in (0, inf), default=0.3
        t above: a small one sharpens the order of the nearest, a large one gathers whole groups.
    neighbour_weight : float in [0, inf), default=1
        w above, beside the reconstruction error per value.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
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

    Notes
    -----
    `transform` gives floats that are 0 or 1, so that squared Euclidean distances are Hamming distances;
    `latens.applications.SimilarityIndex` packs eight of them into a byte. Neighbours are found in the 64
    main components of the samples, among at most 100,000 of them. Rows held out for the validation loss are
    among them and may be partners, so that loss is not one of unseen samples.

    References
    ----------
    Salakhutdinov and Hinton (2009), Semantic hashing. https://doi.org/10.1016/j.ijar.2008.11.006
    Damrich, Boehm, Hamprecht and Kobak (2023), From t-SNE to UMAP with contrastive learning.
    arXiv:2206.01816.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = BinaryAutoencoder(16, trainer=Trainer(max_epochs=1)).fit(X)
    >>> codes = model.transform(X)
    >>> codes.shape, np.unique(codes)
    ((64, 16), array([0., 1.], dtype=float32))
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "n_neighbors": (Integer(1),),
        "n_steps": (Integer(1),),
        "temperature": (Real(0, closed="right"),),
        "neighbour_weight": (Real(0, closed="left"),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 32,
        *,
        n_neighbors: int = 15,
        n_steps: int = 2,
        temperature: float = 0.3,
        neighbour_weight: float = 1.0,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.n_neighbors = n_neighbors
        self.n_steps = n_steps
        self.temperature = temperature
        self.neighbour_weight = neighbour_weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the codes of the samples; see `BaseAutoencoder.fit`."""
        try:
            return super().fit(X, y)
        finally:
            objective = getattr(self, "objective_", None)
            if isinstance(objective, NeighbourObjective):
                objective.forget()

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Binary(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        return NeighbourObjective(error, self.neighbour_weight, self.temperature, self.n_steps)

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return (draw_from_mixture(self.codes_, n_samples, seed) > 0.5).astype(self.codes_.dtype)

    def _pretrain(self, samples: Samples) -> None:
        """Find the neighbours that codes are to follow."""
        objective = self.objective_
        assert isinstance(objective, NeighbourObjective)
        graph = self._neighbours(self._main_components(samples))
        objective.remember(torch.from_numpy(graph).to(samples.device), samples)

    def _main_components(self, samples: Samples) -> np.ndarray:
        """All samples in few numbers, shape (n_samples, at most 64)."""
        values = prod(self._tensor_shape)
        if values <= _COMPONENTS:
            return map_rows(lambda x: x.flatten(1), samples, self._tensor_shape)
        enough = min(_COMPONENT_SAMPLES, max(2 * _COMPONENTS, _COMPONENT_VALUES // values))
        rows = torch.from_numpy(self._drawn(len(samples), enough, _FOR_COMPONENTS))
        some = samples.batch(rows.to(samples.device)).x.flatten(1).cpu().numpy()
        seed = derive(self.seed_, _FOR_COMPONENTS) % 2**32
        _, _, directions = randomized_svd(some - some.mean(axis=0), _COMPONENTS, random_state=seed)
        down = torch.from_numpy(directions.T.copy()).to(samples.device, samples.dtype)
        return map_rows(lambda x: x.flatten(1) @ down, samples, self._tensor_shape)

    def _neighbours(self, points: np.ndarray) -> np.ndarray:
        """The nearest neighbours of every sample, shape (n_samples, n_neighbors)."""
        candidates = self._drawn(len(points), _MOST_CANDIDATES, _CANDIDATES)
        own = np.full(len(points), -1)
        own[candidates] = np.arange(len(candidates))
        k = min(self.n_neighbors, len(candidates) - 1)
        _, rows = nearest_rows(points, points[candidates], k, own)
        return candidates[rows]

    def _drawn(self, n: int, most: int, stream: int) -> np.ndarray:
        """Random row numbers in order, or all where there are not more than that."""
        if n <= most:
            return np.arange(n)
        rng = np.random.default_rng(derive(self.seed_, stream))
        return np.sort(rng.choice(n, most, replace=False))
