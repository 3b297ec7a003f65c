"""The autoencoder whose codes keep nearest neighbors together."""

from functools import partial
from typing import Any, ClassVar

from latens._validation import Constraints, Integer, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.neighbors import neighbor_graph
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import (
    NeighborObjective,
    Objective,
    reconstruction_error,
    student_t_similarity,
)
from latens.training import DeviceSamples, Trainer

__all__ = ["NeighborAutoencoder"]


class NeighborAutoencoder(BaseAutoencoder):
    r"""An autoencoder whose codes keep nearest neighbors together: for clusters and for maps.

    A map such as t-SNE, of any number of dimensions, that is a network: new samples have a place in it, and
    the decoder reconstructs a sample from any place. No labels are used.

    Minimizes, for samples with codes z, of which each has a partner with code c that is drawn from its
    nearest neighbors in the data, and a batch of them:

    .. math:: error(x, \hat x) - w \log \frac{s(z_i, c_i)}{\sum_j s(z_i, c_j)},
        \quad s(z, c) = \left(1 + \frac{\|z - c\|^2}{\nu}\right)^{-(\nu + 1) / 2}

    the mean of this choice and the way back, from c to z, is taken.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code; 2 for a map.
    n_neighbors : int in [1, inf), default=15
        Neighbors of each sample that partners are drawn from; fewer where there are fewer samples.
    neighbor_weight : float in [0, inf), default=0.1
        w above, beside the reconstruction error per value. More of it increases the reconstruction error.
    degrees_of_freedom : float in (0, inf), default=1
        :math:`\nu` above. With 1, as in t-SNE, groups stand far apart, for clusters and maps. With more
        they do less, and what is near in the data is nearer in the codes: for search. Values were
        compared by labels of MNIST and Fashion-MNIST; none but 1 is a default.
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
    Neighbors are found in the 64 main components of the samples, among at most 100,000 of them. Rows held
    out for the validation loss are among them and may be partners, so that loss is not one of unseen
    samples. Groups stand apart whether or not there is a gap between them in the data, as in every map of
    this kind: what a cluster means is for other evidence to say.

    References
    ----------
    Damrich, Boehm, Hamprecht and Kobak (2023), From t-SNE to UMAP with contrastive learning.
    arXiv:2206.01816 (InfoNC-t-SNE). Sainburg, McInnes and Gentner (2021), Parametric UMAP embeddings for
    representation and semisupervised learning. https://doi.org/10.1162/neco_a_01434 (with a decoder).
    van der Maaten (2009), Learning a parametric embedding by preserving local structure. AISTATS, PMLR 5,
    384-391 (degrees of freedom).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = NeighborAutoencoder(2, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 2)
    """

    objective_: NeighborObjective
    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "n_neighbors": (Integer(1),),
        "neighbor_weight": (Real(0, closed="left"),),
        "degrees_of_freedom": (Real(0, closed="right"),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        n_neighbors: int = 15,
        neighbor_weight: float = 0.1,
        degrees_of_freedom: float = 1.0,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.n_neighbors = n_neighbors
        self.neighbor_weight = neighbor_weight
        self.degrees_of_freedom = degrees_of_freedom
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        similarity = partial(student_t_similarity, degrees_of_freedom=self.degrees_of_freedom)
        return NeighborObjective(error, self.neighbor_weight, similarity, steps=1)

    def _prepare_objective(self, samples: DeviceSamples) -> None:
        graph = neighbor_graph(samples, self.tensor_shape_, self.n_neighbors, self.seed_)
        self.objective_.remember(graph, samples)

    def _after_fit(self, samples: DeviceSamples) -> None:
        self.objective_.forget()
