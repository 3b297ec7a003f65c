"""The vector-quantized autoencoder."""

from typing import Any, ClassVar

import numpy as np

from latens._validation import Constraints, Integer, Nothing, Real
from latens.exceptions import ParameterError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, NetworkFactory, Parts, Quantised
from latens.objectives import Objective, Term, commitment, reconstruction_error
from latens.training import Trainer, map_rows

__all__ = ["VQVAE"]


class VQVAE(BaseAutoencoder):
    """An autoencoder with discrete codes: every code consists of a few rows of codebooks.

    The code is cut into words, and each word is replaced by the nearest row of the codebook of its
    place. The rows follow the words by a moving average.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Numbers per sample before quantization; `transform` gives as many, all from codebook rows.
    word_dim : int in [1, inf) or None, default=None
        Numbers per word, a divisor of `latent_dim`. None: 2 where that divides it, else 1.
    n_rows : int in [2, inf), default=256
        Rows of the codebook of each place; 256 make a word one byte.
    commitment_weight : float in [0, inf), default=0.05
        Of the distance of words from their rows, beside the reconstruction error per value.
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
        As of every kind; see `Autoencoder`. ``network_.bottleneck.codebook`` has the rows.

    References
    ----------
    van den Oord, Vinyals and Kavukcuoglu (2017), Neural discrete representation learning.
    arXiv:1711.00937.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = VQVAE(4, n_rows=16, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 4)
    >>> model.transform_indices(X).shape
    (64, 2)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "word_dim": (Integer(1), Nothing()),
        "n_rows": (Integer(2),),
        "commitment_weight": (Real(0),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        word_dim: int | None = None,
        n_rows: int = 256,
        commitment_weight: float = 0.05,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.word_dim = word_dim
        self.n_rows = n_rows
        self.commitment_weight = commitment_weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def transform_indices(self, X: Any) -> np.ndarray:
        """Return the codebook rows that stand for samples, shape (n_samples, n_words), int64."""
        samples = self.scaled_samples(self._validate(X))
        network = self.network_.eval()
        bottleneck = network.bottleneck
        assert isinstance(bottleneck, Quantised)
        return map_rows(
            lambda x: bottleneck.indices(network.encoder(x)), samples, self.tensor_shape_
        )

    def usage(self, X: Any) -> np.ndarray:
        """Return how many samples chose each row, shape (n_words, n_rows)."""
        indices = self.transform_indices(X)
        return np.stack([np.bincount(place, minlength=self.n_rows) for place in indices.T])

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        word_dim = self.word_dim or (2 if self.latent_dim % 2 == 0 else 1)
        if self.latent_dim % word_dim:
            raise ParameterError(
                f"The 'word_dim' parameter of VQVAE must divide latent_dim={self.latent_dim}. "
                f"Got {word_dim} instead."
            )
        return Quantised(parts, self.latent_dim // word_dim, word_dim, self.n_rows)

    def _objective(self) -> Objective:
        terms = {"commitment": Term(commitment, self.commitment_weight)}
        return Objective(reconstruction_error(self.reconstruction), terms)
