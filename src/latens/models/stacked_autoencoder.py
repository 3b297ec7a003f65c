"""Autoencoders trained layer by layer, then as a whole."""

from dataclasses import replace
from typing import Any, ClassVar

from sklearn.base import clone
from torch import nn

from latens._seeds import derive
from latens._validation import Constraints, Integer, Nothing
from latens.data import TableEncoder
from latens.data.layouts import Layout
from latens.data.scaling import UNSCALED
from latens.exceptions import ParameterError, TrainingError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder, Cost
from latens.networks import (
    MLP,
    Bottleneck,
    Deterministic,
    Network,
    Parts,
    default_network,
)
from latens.objectives import Objective, reconstruction_error, squared_error
from latens.training import DeviceSamples, History, Plan, Trainer, encode_rows, parse_duration

__all__ = ["StackedAutoencoder"]

_STAGES = 200


class StackedAutoencoder(BaseAutoencoder):
    """A deep autoencoder that is pretrained layer by layer, each on the output of the one below it.

    Every layer is first trained as an autoencoder of its own, then all of them together. Deep networks
    with saturating units need this; with ReLU it is a matter of taste, and of seeing what it does.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    stage_epochs : int in [1, inf) or None, default=None
        Epochs for each layer; None: a third of those of the whole network.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error of the whole network; see `Autoencoder`. Layers are trained with squared error.
    network : MLP or None, default=None
        The layers. None: an `MLP` that suits the data.
    trainer : Trainer or None, default=None
        How layers and the whole are trained; they share a time limit. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`.
    stage_histories_ : list of History
        One for each layer, from the input to the code; not kept by `save`.

    References
    ----------
    Bengio et al. (2006), Greedy layer-wise training of deep networks. NeurIPS 19.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.networks import MLP
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = StackedAutoencoder(3, network=MLP((6,)), trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    >>> len(model.stage_histories_)
    2
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "stage_epochs": (Integer(1), Nothing()),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        stage_epochs: int | None = None,
        reconstruction: str = "mse",
        network: MLP | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.stage_epochs = stage_epochs
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _factory(self) -> MLP:
        factory = self.network or default_network(
            (self.n_features_in_,), mostly_zeros=self._mostly_zeros
        )
        if not isinstance(factory, MLP):
            raise ParameterError(
                "The 'network' parameter of StackedAutoencoder must be an MLP or None, as it is trained "
                f"layer by layer. Got {factory!r} instead."
            )
        return factory

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        return Objective(reconstruction_error(self.reconstruction))

    def _pretrain(self, samples: DeviceSamples) -> None:
        """Train each layer as an autoencoder of what the layers below it give."""
        self.stage_histories_: list[History] = []
        for number, stage in enumerate(self._stages()):
            trainer = self._stage_trainer(samples, number)
            seed = derive(self.seed_, _STAGES, number)
            objective = Objective(squared_error)
            history = trainer.train(stage, objective, samples, seed=seed)
            if history.stopped == "interrupted":
                raise TrainingError(
                    f"The training was interrupted in layer {number + 1}, before the network was trained "
                    "as a whole, so there is nothing to keep."
                )
            self.stage_histories_.append(history)
            stage.eval()
            codes = encode_rows(stage, samples, self.tensor_shape_)
            samples = DeviceSamples(codes, UNSCALED, samples.device, samples.dtype)

    def _stages(self) -> list[Network]:
        """One small network for each layer, made of the very modules of the whole one."""
        standardize, flatten, *up = _modules(self.network_.encoder)
        down = _modules(self.network_.decoder)
        layers = list(zip(up[::2], up[1::2], strict=True))
        stages = []
        for depth, (linear, activation) in enumerate(layers):
            is_first = depth == 0
            # The decoder has the same layers in reverse; the last of them ends in the sample itself.
            back = down[-3 - 2 * depth]
            start = [standardize, flatten] if is_first else []
            front = nn.Sequential(*start, linear, activation)
            ending = down[-2:] if is_first else [type(activation)()]
            width = int(linear.out_features)
            parts = Parts(front, nn.Sequential(back, *ending), width, head=nn.Identity())
            bounded = is_first and self.scaling_.bounded
            stages.append(Network(parts, Deterministic(parts, width), bounded=bounded))
        # Between the innermost layer and the code; without layers this is the whole network.
        if layers:
            innermost = Parts(
                nn.Identity(), nn.Sequential(*down[:2]), int(layers[-1][0].out_features)
            )
            stages.append(Network(innermost, self.network_.bottleneck, bounded=False))
        return stages

    def _trainer(self) -> Trainer:
        """The trainer of the whole network, and of every layer: a time limit is shared among them."""
        trainer = super()._trainer()
        if trainer.time_limit is None:
            return trainer
        share = parse_duration(trainer.time_limit) / (self._n_stages + 1)
        return clone(trainer).set_params(time_limit=share)

    def estimate_cost(
        self,
        X: Any,
        y: Any = None,
        *,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> Cost:
        cost = super().estimate_cost(X, y, layout=layout, encoder=encoder)
        if cost.plan.time_limit is not None:
            limit = cost.plan.time_limit * (self._n_stages + 1)
            return Cost(replace(cost.plan, time_limit=limit), limit)
        assert cost.plan.max_epochs is not None
        # Each layer is trained by itself once, so all of them together are one network.
        share = self._stage_epochs(cost.plan) / cost.plan.max_epochs
        return replace(cost, seconds=cost.seconds * (1 + share))

    @property
    def _n_stages(self) -> int:
        n_layers = len(self._factory().hidden)
        return n_layers + 1 if n_layers else 0

    def _stage_epochs(self, plan: Plan) -> int:
        return self.stage_epochs or max(1, (plan.max_epochs or 30) // 3)

    def _stage_trainer(self, samples: DeviceSamples, number: int) -> Trainer:
        trainer = clone(self._trainer())
        epochs = self._stage_epochs(trainer.plan(len(samples), self.network_))
        path = None if trainer.checkpoint is None else f"{trainer.checkpoint}.{number}"
        return trainer.set_params(max_epochs=epochs, checkpoint=path)


def _modules(half: nn.Module) -> list[Any]:
    """The layers of one half of an `MLP`, in order."""
    assert isinstance(half, nn.Sequential)
    return list(half)
