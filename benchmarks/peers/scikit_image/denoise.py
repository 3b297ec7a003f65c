"""Non-local means with the level of the noise told, at the weight that its documentation advises."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from noisy_images import decibels, noisy_and_clean
from skimage.restoration import denoise_nl_means


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    noisy, clean = noisy_and_clean(settings["images"], settings["sigma"])
    sigma = settings["sigma"]

    def run() -> dict[str, float]:
        start = time.perf_counter()
        reconstructed = [
            denoise_nl_means(
                image / 255, h=0.8 * sigma, sigma=sigma, patch_size=5, patch_distance=6
            )
            for image in noisy
        ]
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "PSNR, dB": decibels(255 * np.stack(reconstructed), clean)}

    return run
