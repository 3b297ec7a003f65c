"""What the neural recommenders share: rows to a network, training, and the choice of the epoch."""

import sys
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from scipy import sparse
from sklearn.base import clone
from torch import Tensor, nn

from latens._devices import resolve_device
from latens._draws import seeded_alone
from latens._seeds import derive, seed_from
from latens._torch_state import plain_torch
from latens._validation import Constraints, Having, Integer, Nothing, Real, Seed, check_parameters
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.held_out import HeldOut
from latens.applications.recommend.item_network import start_from_popularity
from latens.data.scaling import UNSCALED
from latens.exceptions import ParameterError
from latens.networks import Network
from latens.networks.planning import check_plan, load_weights, weights_of
from latens.objectives import Objective
from latens.training import Callback, DeviceSamples, Epoch, History, Plan, ProgressBar, Trainer

__all__ = ["NEURAL_CONSTRAINTS", "KeepBestRanking", "NeuralRecommender"]

NEURAL_CONSTRAINTS: Constraints = {
    "latent_dim": (Integer(1), Nothing()),
    "dropout": (Real(0, 1, closed="left"),),
    "trainer": (Having("train", "a Trainer"), Nothing()),
    "random_state": (Seed(),),
}

_INITIAL_WEIGHTS = 100
# How long to train, in users shown, and within what numbers of epochs.
_SHOWN, _FEWEST_EPOCHS, _MOST_EPOCHS = 60_000, 20, 30
_LEARNING_RATE = 3e-3
# Latent dimensions and units per layer: as in the papers for many users, smaller where they would overfit
# few users.
_MANY_USERS = 5_000
_LARGE, _SMALL = (200, 600), (100, 200)
_STEPS_PER_EPOCH = 12
_SMALLEST_BATCH, _LARGEST_BATCH = 32, 512
_BLOCK_VALUES = 2**24


class NeuralRecommender(BaseRecommender):
    """Scores are the logits of an autoencoder of rows, trained by the loop of all other models.

    Rows stay sparse until they are in a batch. The epoch is the one with the best NDCG@100 on the validation
    users.
    """

    _constraints: ClassVar[Constraints]
    # Latent dimensions and units per layer for few users.
    _small: ClassVar[tuple[int, int]] = _SMALL
    latent_dim: int | None
    dropout: float
    trainer: Trainer | None
    random_state: Any

    @abstractmethod
    def _network(self, n_items: int) -> Network:
        """The network for rows of this many items, with fresh weights."""

    @abstractmethod
    def _objective(self) -> Objective:
        """What this kind minimizes."""

    def _callbacks(self, objective: Objective, network: Network) -> list[Callback]:
        """What a kind does between epochs."""
        return []

    def _choose(self, X: sparse.csr_array, validation: HeldOut) -> None:
        self._initialize(X)
        self._train(X, validation)

    @plain_torch()
    def _initialize(self, X: sparse.csr_array) -> None:
        """Set the seed, and the sizes that were left open."""
        self.seed_ = seed_from(self.random_state)
        latent_dim, self.width_ = _LARGE if X.shape[0] >= _MANY_USERS else self._small
        self.latent_dim_ = self.latent_dim or latent_dim

    @plain_torch()
    def _train(self, X: sparse.csr_array, validation: HeldOut) -> float:
        """Train once; return the NDCG@100 of the validation users at the best epoch."""
        self._build(X.shape[1])
        counts = np.asarray(X.sum(axis=0)).ravel()
        start_from_popularity(self.network_, torch.from_numpy(counts))
        objective = self._objective()
        best = KeepBestRanking(self.network_, lambda: validation.evaluate(self._scores)["ndcg@100"])
        trainer = self._settings(X.shape[0])
        own = self._callbacks(objective, self.network_)
        trainer.callbacks = [*self._listeners(trainer), best, *own]
        weight = next(self.network_.parameters())
        samples = DeviceSamples(X, UNSCALED, weight.device, weight.dtype)
        self.history_ = History()
        try:
            trainer.train(self.network_, objective, samples, seed=self.seed_, history=self.history_)
        finally:
            best.restore()
            self.network_.eval()
        self.validation_ndcg_ = best.qualities
        return max(best.qualities)

    def _build(self, n_items: int) -> None:
        trainer = Trainer() if self.trainer is None else self.trainer
        check_parameters(trainer)
        with seeded_alone(derive(self.seed_, _INITIAL_WEIGHTS)):
            self.network_ = self._network(n_items)
        self.network_.to(resolve_device(trainer.device), getattr(torch, trainer.dtype))

    def _settings(self, n_users: int) -> Trainer:
        """The trainer as it was given, with what it leaves open chosen for this many users."""
        trainer = Trainer() if self.trainer is None else clone(self.trainer)
        if trainer.checkpoint is not None:
            raise ParameterError(
                f"{type(self).__name__} keeps the epoch that ranks best, of which a checkpoint says nothing. "
                "Leave out the trainer's checkpoint."
            )
        # Nothing is held out by rows: the validation users are.
        trainer.set_params(validation_fraction=0.0)
        if trainer.max_epochs is None and trainer.time_limit is None:
            epochs = min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, _SHOWN // n_users))
            trainer.set_params(max_epochs=epochs)
        if trainer.patience is None and trainer.max_epochs is not None:
            # While a penalty warms up the loss rises, which is no reason to end.
            trainer.set_params(patience=trainer.max_epochs)
        if trainer.learning_rate is None:
            trainer.set_params(learning_rate=_LEARNING_RATE)
        if trainer.batch_size is None:
            batch = 2 ** max(0, (n_users // _STEPS_PER_EPOCH).bit_length() - 1)
            trainer.set_params(batch_size=min(_LARGEST_BATCH, max(_SMALLEST_BATCH, batch)))
        return trainer

    def _listeners(self, trainer: Trainer) -> Sequence[Callback]:
        if trainer.callbacks is not None:
            return trainer.callbacks
        return (ProgressBar(type(self).__name__),) if sys.stderr.isatty() else ()

    def facts(self) -> dict[str, float]:
        return {"latent_dim": self.latent_dim_, "width": self.width_}

    def tensors(self) -> dict[str, np.ndarray]:
        return weights_of(self.network_)

    def restore(self, tensors: dict[str, np.ndarray], facts: Mapping[str, float]) -> None:
        self.seed_ = 0
        self.latent_dim_, self.width_ = int(facts["latent_dim"]), int(facts["width"])
        check_plan(lambda: self._network(self.n_features_in_), tensors)
        self._build(self.n_features_in_)
        load_weights(self.network_, tensors)

    @plain_torch()
    def _scores(self, X: sparse.csr_array) -> np.ndarray:
        self.network_.eval()
        weight = next(self.network_.parameters())
        rows = DeviceSamples(X, UNSCALED, weight.device, weight.dtype)
        scores = np.empty(X.shape, dtype=np.float32)
        block = max(1, _BLOCK_VALUES // X.shape[1])
        with torch.inference_mode():
            for start in range(0, X.shape[0], block):
                raw = self.network_.reconstruct(rows.rows(start, start + block)).raw
                # Log probabilities, so that scores of several rows compare.
                scores[start : start + block] = torch.log_softmax(raw.float(), dim=1).cpu().numpy()
        return scores


class KeepBestRanking:
    """Asks after every epoch how good the ranking is, and remembers the weights of the best.

    The likelihood that a training lowers and the ranking that is wanted part ways at the end: the epoch is
    chosen by the ranking.

    Parameters
    ----------
    network : Module
    quality : callable
        Larger is better.

    Attributes
    ----------
    qualities : list of float
        One per epoch.
    """

    def __init__(self, network: nn.Module, quality: Callable[[], float]) -> None:
        self.network = network
        self.quality = quality
        self.qualities: list[float] = []
        self._best: dict[str, Tensor] = {}

    def on_start(self, plan: Plan) -> None:
        """Nothing yet."""

    def on_heartbeat(self, progress: float) -> None:
        """Nothing within an epoch."""

    def on_epoch(self, epoch: Epoch) -> None:
        """Ask, and remember."""
        self.qualities.append(self.quality())
        if self.qualities[-1] == max(self.qualities):
            state = self.network.state_dict()
            self._best = {name: value.clone() for name, value in state.items()}

    def on_end(self, history: History) -> None:
        """Nothing: `restore` comes after the training has put back its own choice."""

    def restore(self) -> None:
        """Give the network the best weights."""
        if self._best:
            self.network.load_state_dict(self._best)
