"""A network that learns to see the same class in changed samples."""

from copy import deepcopy
from dataclasses import dataclass
from math import log
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone
from torch import nn

from latens._draws import seeded_alone
from latens._seeds import derive
from latens._validation import Constraints, Having, Integer, Nothing, check_parameters
from latens.applications.classify.augmentation import augmentation_for
from latens.applications.classify.method import TrainingData
from latens.applications.classify.objective import ConsistencyObjective, Targets
from latens.applications.classify.propagation import Propagation
from latens.models import BaseAutoencoder
from latens.networks import Deterministic, Network, NetworkFactory, Parts
from latens.networks.layers.standardize import start_from_mean
from latens.training import DeviceSamples, Trainer, encode_rows, map_rows

__all__ = ["Consistency"]

_WEIGHTS, _TRAINING = 301, 302  # streams of random numbers
_BATCH, _LEARNING_RATE, _WEIGHT_DECAY = 128, 2e-3, 1e-3
# Steps of a round: one for every two samples, within these limits.
_FEWEST_STEPS, _MOST_STEPS = 100, 1400
_MEAN_SAMPLES = 1000


class Consistency(BaseEstimator):
    """Fine-tune an encoder with a classifier on it, by labels, propagated labels and a mean teacher.

    A round spreads the labels over the graph of codes, then trains the network to give changed samples
    (`latens.applications.classify.augmentation`) the class so found, and later the class that its own
    mean over the last steps is sure of. The next round begins with the graph of what the network has
    learned to see. The length is a function of the number of samples alone: no labeled sample is held out.

    Parameters
    ----------
    network : network factory or None, default=None
        The shape of a fresh encoder. None: the encoder of the model is fine-tuned.
    units : int in [1, inf), default=64
        Features between encoder and classes; they are what `transform` gives.
    rounds : int in [1, inf), default=2
    propagation : Propagation or None, default=None
        How labels spread. None: ``Propagation()``.

    References
    ----------
    Iscen, Tolias, Avrithis and Chum (2019), Label propagation for deep semi-supervised learning.
    arXiv:1904.04717.
    Sohn et al. (2020), FixMatch. arXiv:2001.07685.
    Tarvainen and Valpola (2017), Mean teachers are better role models. arXiv:1703.01780.
    """

    _constraints: ClassVar[Constraints] = {
        "network": (Having("build", "a network factory such as MLP() or ConvNet()"), Nothing()),
        "units": (Integer(1),),
        "rounds": (Integer(1),),
        "propagation": (Having("spread", "a Propagation"), Nothing()),
    }

    def __init__(
        self,
        network: NetworkFactory | None = None,
        *,
        units: int = 64,
        rounds: int = 2,
        propagation: Propagation | None = None,
    ) -> None:
        self.network = network
        self.units = units
        self.rounds = rounds
        self.propagation = propagation

    def learn(self, data: TrainingData) -> "tuple[FittedConsistency, np.ndarray]":
        """Train the network; see `Method.learn`."""
        check_parameters(self)
        propagation = self.propagation or Propagation()
        samples = data.model.scaled_samples(data.X)
        student = self._student(data, samples)
        augmentation = augmentation_for(data.model.tensor_shape_)
        codes = data.model.transform(data.X)
        for number in range(self.rounds):
            spread = propagation.spread(
                codes, data.y, data.n_classes, seed=data.seed, device=samples.device
            )
            targets = _targets(spread.everywhere, data.y, samples)
            objective = ConsistencyObjective(student, samples, targets, augmentation)
            trainer = _trainer(data.trainer, len(samples))
            trainer.train(student, objective, samples, seed=derive(data.seed, _TRAINING, number))
            student = objective.teacher.requires_grad_(True)
            codes = encode_rows(student, samples, data.model.tensor_shape_)
        rule = FittedConsistency(data.model, student.requires_grad_(False))
        return rule, rule.probabilities(data.X)

    def _student(self, data: TrainingData, samples: DeviceSamples) -> Network:
        """An encoder, the features, and the classes in the place of a decoder."""
        known = data.model.network_
        with seeded_alone(derive(data.seed, _WEIGHTS)):
            if self.network is None:
                width = _width(known, samples)
                parts = Parts(deepcopy(known.encoder), nn.Linear(self.units, 1), width)
            else:
                parts = self.network.build(data.model.tensor_shape_, self.units)
            parts = Parts(parts.encoder, nn.Linear(self.units, data.n_classes), parts.width)
            bottleneck = Deterministic(parts, self.units, activation=nn.ReLU())
            student = Network(parts, bottleneck, bounded=False)
        student.to(device=samples.device, dtype=samples.dtype)
        if self.network is not None:
            # At random: the first of sorted samples are all of one class.
            rows = np.random.default_rng(data.seed).permutation(len(samples))[:_MEAN_SAMPLES]
            some = samples.batch(torch.from_numpy(np.sort(rows)).to(samples.device)).x
            start_from_mean(student, some, bounded=data.model.scaling_.bounded)
        student.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return student


@dataclass(frozen=True, eq=False)
class FittedConsistency:
    """What `Consistency` learns."""

    model: BaseAutoencoder
    network: Network

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """See `Rule.probabilities`."""
        network, model = self.network.eval(), self.model
        logits = map_rows(lambda x: network(x).raw, model.scaled_samples(X), model.tensor_shape_)
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

    def codes(self, X: np.ndarray) -> np.ndarray:
        """Return the features that the classes are read from, shape (n_samples, units)."""
        return encode_rows(self.network, self.model.scaled_samples(X), self.model.tensor_shape_)


def _targets(shares: np.ndarray, y: np.ndarray, samples: DeviceSamples) -> Targets:
    """The likeliest classes, and one minus the entropy in units of its largest value."""
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1)
    confidence = np.where(y >= 0, 1.0, 1 - entropy / log(shares.shape[1]))
    place: dict[str, Any] = {"device": samples.device}
    return Targets(
        torch.as_tensor(np.where(y >= 0, y, shares.argmax(axis=1)), **place),
        torch.as_tensor(np.clip(confidence, 0, 1), dtype=samples.dtype, **place),
        torch.as_tensor(np.flatnonzero(y >= 0), **place),
    )


def _trainer(trainer: Trainer | None, n_samples: int) -> Trainer:
    """The settings as given, with a fixed length and nothing held out."""
    asked = Trainer() if trainer is None else clone(trainer)
    batch_size = asked.batch_size or _BATCH
    steps = min(_MOST_STEPS, max(_FEWEST_STEPS, n_samples // 2))
    per_epoch = max(1, n_samples // batch_size)
    epochs = asked.max_epochs
    if epochs is None and asked.time_limit is None:
        epochs = max(1, round(steps / per_epoch))
    return asked.set_params(
        max_epochs=epochs,
        batch_size=batch_size,
        learning_rate=asked.learning_rate or _LEARNING_RATE,
        weight_decay=asked.weight_decay or _WEIGHT_DECAY,
        validation_fraction=0.0,
        patience=asked.patience or epochs,
        checkpoint=None,
    )


def _width(network: Network, samples: DeviceSamples) -> int:
    """How many features the encoder gives."""
    with torch.inference_mode():
        return int(network.encoder(samples.rows(0, 1)).shape[1])
