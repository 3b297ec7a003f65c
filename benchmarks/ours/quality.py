"""What defaults reach in some time: errors on the test images, which nothing before has seen."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from latens.data import load
from latens.models import Autoencoder
from latens.training import Trainer


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    train = load(settings["data"], split="train").X[: settings.get("images")]
    test = load(settings["data"], split="test").X
    seeds = iter(range(1_000))

    def run() -> dict[str, float]:
        trainer = Trainer(time_limit=settings["limit"], callbacks=())
        model = Autoencoder(settings["code"], trainer=trainer, random_state=next(seeds))
        start = time.perf_counter()
        model.fit(train)
        seconds = time.perf_counter() - start
        errors = (
            np.square(model.reconstruct(test) / 255 - test / 255).reshape(len(test), -1).mean(1)
        )
        return {
            "seconds": seconds,
            "MSE": float(errors.mean()),
            "PSNR, dB": float(-10 * np.log10(errors).mean()),
        }

    return run
