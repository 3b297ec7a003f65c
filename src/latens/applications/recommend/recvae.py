"""RecVAE: a variational autoencoder that stays near its earlier self and takes turns."""

from functools import partial
from typing import Any, ClassVar

from latens._validation import Constraints, Integer, Nothing, Real
from latens.applications.recommend.item_network import dense_parts
from latens.applications.recommend.neural import NEURAL_CONSTRAINTS, NeuralRecommender
from latens.networks import Gaussian, Network
from latens.objectives import CORRUPTIONS, Objective, multinomial_error
from latens.objectives.composite_prior import CompositePriorObjective
from latens.training import Callback, Epoch, History, Plan, Trainer

__all__ = ["RecVAE"]


class RecVAE(NeuralRecommender):
    """A deep, densely connected encoder, a linear decoder, and a prior that remembers the encoder.

    Encoder and decoder take turns, and only the encoder sees corrupted users. The penalty on a code
    grows with the number of the user's items.

    Parameters
    ----------
    latent_dim : int in [1, inf) or None, default=None
        Latent dimensions. None: 200, or 100 for fewer than 5,000 users.
    width : int in [1, inf) or None, default=None
        Units of each of the encoder's layers. None: 600, or 200 for fewer than 5,000 users.
    depth : int in [1, inf), default=5
        How many layers the encoder has.
    dropout : float in [0, 1), default=0.5
        The share of a user's items that is hidden while training the encoder.
    gamma : float in [0, inf), default=0.005
        The weight of the KL divergence for each item of a user.
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
    I. Shenbin, A. Alekseev, E. Tutubalina, V. Malykh, S. Nikolenko (2020), "RecVAE: a new variational
    autoencoder for top-N recommendations with implicit feedback", WSDM 2020, arXiv:1912.11160.

    Examples
    --------
    >>> X = [[1, 1, 0, 0], [0, 0, 1, 1]] * 30
    >>> settings = Trainer(max_epochs=20, learning_rate=0.02)
    >>> model = RecVAE(4, width=8, depth=2, trainer=settings, random_state=0).fit(X)
    >>> model.recommend([[1, 0, 0, 0]], n=1)[0]
    array([[1]])
    """

    _constraints: ClassVar[Constraints] = {
        **NEURAL_CONSTRAINTS,
        "width": (Integer(1), Nothing()),
        "depth": (Integer(1),),
        "gamma": (Real(0),),
    }

    def __init__(
        self,
        latent_dim: int | None = None,
        *,
        width: int | None = None,
        depth: int = 5,
        dropout: float = 0.5,
        gamma: float = 0.005,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.width = width
        self.depth = depth
        self.dropout = dropout
        self.gamma = gamma
        self.trainer = trainer
        self.random_state = random_state

    def _network(self, n_items: int) -> Network:
        parts = dense_parts(n_items, self.width or self.width_, self.depth, self.latent_dim_)
        return Network(parts, Gaussian(parts, self.latent_dim_), bounded=False)

    def _objective(self) -> Objective:
        hide = partial(CORRUPTIONS["masking"], level=self.dropout)
        return CompositePriorObjective(multinomial_error, hide, self.gamma)

    def _callbacks(self, objective: Objective, network: Network) -> list[Callback]:
        assert isinstance(objective, CompositePriorObjective)
        return [_RememberEpoch(objective, network)]


class _RememberEpoch:
    """Tells the prior after every epoch what the encoder is now."""

    def __init__(self, objective: CompositePriorObjective, network: Network) -> None:
        self.objective = objective
        self.network = network

    def on_start(self, plan: Plan) -> None:
        """Remember: a checkpoint holds what was remembered an epoch before its weights."""
        self.objective.remember(self.network)

    def on_heartbeat(self, progress: float) -> None:
        """Nothing within an epoch."""

    def on_epoch(self, epoch: Epoch) -> None:
        """Remember."""
        self.objective.remember(self.network)

    def on_end(self, history: History) -> None:
        """Nothing."""
