"""One epoch of our loop, with the network, the batches and the loss of a row."""

import time
from collections.abc import Callable
from typing import Any

import torch
from peers import plain_networks
from sklearn.base import clone

from latens.data.scaling import fit_scaling
from latens.networks import (
    MLP,
    Deterministic,
    FashionFeaturesNet,
    LatentClustersNet,
    Network,
    NetworkFactory,
    ResNet,
)
from latens.objectives import Objective, reconstruction_error
from latens.training import DeviceSamples, Trainer
from latens.training.precision import decide_precision


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    torch.manual_seed(0)
    factory, code_dim = _factory(settings)
    parts = factory.build(plain_networks.shape(settings), code_dim)
    network = Network(parts, Deterministic(parts, code_dim), bounded=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device, memory_format=torch.channels_last)
    X = plain_networks.images(settings).movedim(1, -1).squeeze(-1).numpy()
    samples = DeviceSamples(X, fit_scaling(X), device, torch.float32)
    operations = plain_networks.operations(settings)
    objective = Objective(reconstruction_error(settings["loss"]))
    trainer = Trainer(
        max_epochs=1, batch_size=settings["batch"], validation_fraction=0, callbacks=()
    )
    # As in a whole training: for a single epoch of so few images nothing would be tried.
    whole = clone(trainer).set_params(max_epochs=200).plan(len(X), network)
    chosen = decide_precision(network, objective, samples, whole)
    trainer.set_params(bfloat16=settings.get("bfloat16", chosen.bfloat16))

    def run() -> dict[str, float]:
        start = time.perf_counter()
        trainer.train(network, objective, samples, seed=0)
        seconds = time.perf_counter() - start
        rate = len(X) / seconds
        return {"seconds": seconds, "images/s": rate, "GFLOP/s": rate * operations / 1e9}

    run()  # memory and kernels
    return run


def _factory(settings: dict[str, Any]) -> tuple[NetworkFactory, int]:
    if settings["network"] == "dense":
        return MLP(tuple(settings["hidden"]), activation="relu"), settings["code"]
    if settings["network"] == "resnet":
        return ResNet(), settings["code"]
    named: dict[str, tuple[NetworkFactory, int]] = {
        "latent_clusters": (LatentClustersNet(), 6),
        "fashion_features": (FashionFeaturesNet(), 10),
    }
    return named[settings["network"]]
