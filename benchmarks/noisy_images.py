"""The images of the rows on noise, and how what is reconstructed is scored."""

import numpy as np

from latens.data import load
from latens.metrics import psnr_samples


def noisy_and_clean(n_images: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """The last images of Fashion-MNIST inside the package, with noise, and without; in grey levels."""
    clean = load("fashion-mnist-10k", "all").X[-n_images:].astype(np.float64)
    noise = np.random.default_rng(0).normal(scale=255 * sigma, size=clean.shape)
    return clean + noise, clean


def decibels(reconstructed: np.ndarray, clean: np.ndarray) -> float:
    """Mean peak signal-to-noise ratio of images clipped to their range."""
    return float(psnr_samples(clean, reconstructed.clip(0, 255), data_range=255).mean())
