"""The binary autoencoder."""

from functools import partial
from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Integer, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.neighbors import neighbor_graph
from latens.networks import Binary, Bottleneck, NetworkFactory, Parts
from latens.objectives import NeighborObjective, Objective, equal_bits, reconstruction_error
from latens.training import DeviceSamples, Trainer

__all__ = ["BinaryAutoencoder"]


class BinaryAutoencoder(BaseAutoencoder):
    r"""An autoencoder with binary codes, similar for neighboring samples: for search in little memory.

    Samples are reconstructed from their codes, and nearest neighbors in the data, and their neighbors in
    turn, are trained to share more bits than other samples do; so Hamming distances follow the groups in
    the data and not only their pixels or columns. No labels are used.

    Minimizes, for samples with codes b, partners that a random walk of `n_steps` through the graph of
    nearest neighbors leads to, with codes c, and a batch of them:

    .. math:: error(x, \hat x) - w \log \frac{\exp(s(b_i, c_i) / t)}{\sum_j \exp(s(b_i, c_j) / t)}

    where s is the share of equal bits minus that of different ones; the mean of this choice and the way back,
    from c to b, is taken.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=32
        Bits per code.
    n_neighbors : int in [1, inf), default=15
        Neighbors of each sample in the graph; fewer where there are fewer samples.
    n_steps : int in [1, inf), default=2
        Steps from a sample to its partner.
    temperature : float in (0, inf), default=0.3
        t above: a small one sharpens the order of the nearest, a large one gathers whole groups.
    neighbor_weight : float in [0, inf), default=1
        w above, beside the reconstruction error per value.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize; see `Autoencoder`.
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
    `latens.applications.SimilarityIndex` packs eight of them into a byte. Neighbors are found in the 64
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

    objective_: NeighborObjective
    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "n_neighbors": (Integer(1),),
        "n_steps": (Integer(1),),
        "temperature": (Real(0, closed="right"),),
        "neighbor_weight": (Real(0, closed="left"),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 32,
        *,
        n_neighbors: int = 15,
        n_steps: int = 2,
        temperature: float = 0.3,
        neighbor_weight: float = 1.0,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.n_neighbors = n_neighbors
        self.n_steps = n_steps
        self.temperature = temperature
        self.neighbor_weight = neighbor_weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Binary(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        similarity = partial(equal_bits, temperature=self.temperature)
        return NeighborObjective(error, self.neighbor_weight, similarity, self.n_steps)

    def _validate_codes(self, Z: Any) -> np.ndarray:
        """Codes as bits: drawn ones, or ones between two samples, are taken to the nearest."""
        Z = super()._validate_codes(Z)
        return (Z > 0.5).astype(Z.dtype)

    def _prepare_objective(self, samples: DeviceSamples) -> None:
        graph = neighbor_graph(samples, self.tensor_shape_, self.n_neighbors, self.seed_)
        self.objective_.remember(graph, samples)

    def _after_fit(self, samples: DeviceSamples) -> None:
        self.objective_.forget()
