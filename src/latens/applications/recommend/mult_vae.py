"""Mult-VAE: a variational autoencoder with a multinomial likelihood and a light prior."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
from scipy import sparse
from torch import Tensor

from latens._validation import Constraints, Nothing, PositiveIntegers, Real
from latens.applications.recommend.closed_form import climb
from latens.applications.recommend.held_out import HeldOut
from latens.applications.recommend.item_network import plain_parts
from latens.applications.recommend.neural import NEURAL_CONSTRAINTS, NeuralRecommender
from latens.networks import Gaussian, Network
from latens.objectives import (
    CORRUPTIONS,
    Objective,
    Step,
    Term,
    gaussian_kl_per_dimension,
    multinomial_error,
)
from latens.training import Trainer

__all__ = ["MultVAE"]

_BETAS = (0.05, 0.1, 0.2, 0.4, 0.8)
_START = 2
# The share of the training in which the weight rises from 0.
_ANNEALING = 0.5


class MultVAE(NeuralRecommender):
    """Rebuild all items of a user from a draw of a code that is held loosely near N(0, I).

    Parameters
    ----------
    latent_dim : int in [1, inf) or None, default=None
        Latent dimensions. None: 200.
    hidden : tuple of int or None, default=None
        Units of the encoder's layers before the code; the decoder has them in reverse order. None: one layer
        of 600, or no layer for fewer than 5,000 users, who are too few to learn one from.
    dropout : float in [0, 1), default=0.5
        The share of a user's items that is hidden while training.
    beta : float in [0, inf) or None, default=0.2
        The weight of the KL divergence, reached half-way through the training. None: of 0.05, 0.1, ... 0.8
        by NDCG@100 on validation users, a training each, from 0.2 on uphill.
    trainer : Trainer or None, default=None
        How it is trained. What it leaves open is chosen for the number of users.
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    beta_ : float
        The one that was used.
    network_ : Network
    history_ : History
    validation_ndcg_ : list of float
        NDCG@100 of the validation users after every epoch.

    References
    ----------
    D. Liang, R. Krishnan, M. Hoffman, T. Jebara (2018), "Variational autoencoders for collaborative
    filtering", WWW 2018, arXiv:1802.05814.

    Examples
    --------
    >>> X = [[1, 1, 0, 0], [0, 0, 1, 1]] * 30
    >>> settings = Trainer(max_epochs=20, learning_rate=0.02)
    >>> model = MultVAE(4, hidden=(8,), beta=0.1, trainer=settings, random_state=0).fit(X)
    >>> model.recommend([[1, 0, 0, 0]], n=1)[0]
    array([[1]])
    """

    _constraints: ClassVar[Constraints] = {
        **NEURAL_CONSTRAINTS,
        "hidden": (PositiveIntegers(), Nothing()),
        "beta": (Real(0), Nothing()),
    }
    # No layer between items and code: benchmarks/mult_vae_defaults.py has the figures.
    _small: ClassVar[tuple[int, int]] = (200, 0)

    def __init__(
        self,
        latent_dim: int | None = None,
        *,
        hidden: tuple[int, ...] | None = None,
        dropout: float = 0.5,
        beta: float | None = 0.2,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.hidden = hidden
        self.dropout = dropout
        self.beta = beta
        self.trainer = trainer
        self.random_state = random_state

    def _choose(self, X: sparse.csr_array, validation: HeldOut) -> None:
        self._initialize(X)
        if self.beta is not None:
            self.beta_ = float(self.beta)
            self._train(X, validation)
            return
        reached: dict[int, tuple[Any, ...]] = {}

        def quality(step: int) -> float:
            self.beta_ = _BETAS[step]
            best = self._train(X, validation)
            reached[step] = (self.network_, self.history_, self.validation_ndcg_)
            return best

        step = climb(quality, _START, len(_BETAS))
        self.beta_ = _BETAS[step]
        self.network_, self.history_, self.validation_ndcg_ = reached[step]

    def facts(self) -> dict[str, float]:
        return super().facts() | {"beta": self.beta_}

    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        self.beta_ = facts["beta"]
        super().restore(tensors, facts)

    def _network(self, n_items: int) -> Network:
        usual = (self.width_,) if self.width_ else ()
        hidden = usual if self.hidden is None else self.hidden
        parts = plain_parts(n_items, hidden, self.latent_dim_)
        return Network(parts, Gaussian(parts, self.latent_dim_), bounded=False)

    def _objective(self) -> Objective:
        hide = partial(CORRUPTIONS["masking"], level=self.dropout)
        return Objective(multinomial_error, {"kl": Term(_kl, self._weight)}, corruption=hide)

    def _weight(self, progress: float) -> float:
        return self.beta_ * min(1.0, progress / _ANNEALING)


def _kl(step: Step) -> Tensor:
    """Return the KL divergence in nats per user, as the likelihood is."""
    return gaussian_kl_per_dimension(step.output).sum(1)
