"""Mult-DAE: a denoising autoencoder with a multinomial likelihood."""

from functools import partial
from typing import Any, ClassVar

from torch import nn

from latens._validation import Constraints, PositiveIntegers
from latens.applications.recommend.item_network import plain_parts
from latens.applications.recommend.neural import NEURAL_CONSTRAINTS, NeuralRecommender
from latens.networks import Deterministic, Network
from latens.objectives import CORRUPTIONS, Objective, multinomial_error
from latens.training import Trainer

__all__ = ["MultDAE"]


class MultDAE(NeuralRecommender):
    """Rebuild all items of a user from a random part of them, as draws from one distribution over items.

    Parameters
    ----------
    latent_dim : int in [1, inf) or None, default=None
        Latent dimensions. None: 200, or 100 for fewer than 5,000 users.
    hidden : tuple of int, default=()
        Units of the encoder's layers before the code; the decoder has them in reverse order.
    dropout : float in [0, 1), default=0.5
        The share of a user's items that is hidden while training.
    trainer : Trainer or None, default=None
        How it is trained. What it leaves open is chosen for the number of users.
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
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
    >>> model = MultDAE(4, trainer=Trainer(max_epochs=20, learning_rate=0.02), random_state=0).fit(X)
    >>> model.recommend([[1, 0, 0, 0]], n=1)[0]
    array([[1]])
    """

    _constraints: ClassVar[Constraints] = {**NEURAL_CONSTRAINTS, "hidden": (PositiveIntegers(),)}

    def __init__(
        self,
        latent_dim: int | None = None,
        *,
        hidden: tuple[int, ...] = (),
        dropout: float = 0.5,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.hidden = hidden
        self.dropout = dropout
        self.trainer = trainer
        self.random_state = random_state

    def _network(self, n_items: int) -> Network:
        parts = plain_parts(n_items, self.hidden, self.latent_dim_)
        return Network(parts, Deterministic(parts, self.latent_dim_, nn.Tanh()), bounded=False)

    def _objective(self) -> Objective:
        hide = partial(CORRUPTIONS["masking"], level=self.dropout)
        return Objective(multinomial_error, corruption=hide)
