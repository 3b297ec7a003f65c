"""New images from a mixture on the codes of a trained autoencoder: seconds to fit, draw and decode."""

import time
from collections.abc import Callable
from typing import Any

from peers import linear_features

from latens.applications import MixtureSampler
from latens.data import load
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    train = load(settings["data"], split="train").X[: settings["images"]]
    test = load(settings["data"], split="test").X / 255
    trainer = Trainer(max_epochs=settings["epochs"], callbacks=())
    model = Autoencoder(settings["code"], network=MLP((512,)), trainer=trainer, random_state=0)
    model.fit(train)
    seeds = iter(range(1_000))

    def run() -> dict[str, float]:
        seed = next(seeds)
        start = time.perf_counter()
        sampler = MixtureSampler(10, random_state=seed).fit(model, train)
        images = sampler.sample(settings["generated"], random_state=seed)
        seconds = time.perf_counter() - start
        distance = linear_features.frechet_distance(test, images / 255)
        return {"seconds": seconds, "Fréchet, 64 components": distance}

    return run
