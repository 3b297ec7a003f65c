"""Noise removed from small images by a denoiser that is trained beforehand, the network or the linear one."""

import time
from collections.abc import Callable
from typing import Any

from noisy_images import decibels, noisy_and_clean

from latens.applications import Denoiser, WienerDenoiser
from latens.data import load
from latens.training import Trainer


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    noisy, clean = noisy_and_clean(settings["images"], settings["sigma"])
    train = load("fashion-mnist-10k", "train").X[: settings["train_images"]]
    level = 255 * settings["sigma"]
    denoiser = (
        WienerDenoiser(level)
        if settings.get("linear")
        else Denoiser(level, trainer=Trainer(settings["epochs"], callbacks=()), random_state=0)
    )
    denoiser.fit(train)

    def run() -> dict[str, float]:
        start = time.perf_counter()
        reconstructed = denoiser.transform(noisy)
        return {"seconds": time.perf_counter() - start, "PSNR, dB": decibels(reconstructed, clean)}

    return run
