"""Denoised images, and how well a denoising autoencoder removes noise from samples it has not seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from latens._draws import seeded
from latens.applications.denoise.base import BaseDenoiser
from latens.applications.denoise.blind_denoiser import BlindDenoiser
from latens.applications.denoise.comparison import (
    NOT_SCORED,
    decibels,
    denoising_headline,
    linear_ways,
    unscored_headline,
)
from latens.applications.denoise.denoiser import Denoiser
from latens.applications.denoise.noise_level import estimate_noise
from latens.applications.denoise.wiener_denoiser import WienerDenoiser
from latens.data import Dataset
from latens.exceptions import LatensError
from latens.models import DenoisingAutoencoder
from latens.objectives import CORRUPTIONS
from latens.runs import Finding, Mosaic, Table
from latens.training import Trainer

__all__ = [
    "DenoisedImages",
    "DenoisingEvaluation",
    "denoise_images",
    "denoise_with",
    "evaluate_denoising",
    "is_gaussian",
    "mean_scores",
]

Say = Callable[[str], None]

# Clean images that are kept from training and scored.
_HELD_OUT, _MOST_HELD_OUT = 0.1, 20
# Held-out samples of a run that are scored, and those in the picture.
_SCORED, _SHOWN = 1_000, 8
_OURS = "DenoisingAutoencoder"


@dataclass(frozen=True, eq=False)
class DenoisedImages:
    """Images without their noise.

    Attributes
    ----------
    sentence : str
        What is known of the result.
    images : list of ndarray
        In the order and the units of the noisy ones, float32.
    noise : ndarray of shape (n_images,)
        The level of the noise of each.
    scores : dict of str to ndarray
        Peak signal-to-noise ratios of held-out clean images with noise added, in decibels: with nothing done
        ("noisy"), by the Wiener filter, and by the denoiser. Empty where none were held out.
    denoiser : BlindDenoiser or Denoiser
        Fitted; it also denoises other images.
    learned_from : {"noisy", "clean", "saved"}
        What the denoiser learned from: these images, clean ones, or others before it was saved.
    """

    sentence: str
    images: list[np.ndarray]
    noise: np.ndarray
    scores: dict[str, np.ndarray]
    denoiser: BaseDenoiser
    learned_from: Literal["noisy", "clean", "saved"]

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        return {
            "images": len(self.images),
            "noise": self.noise.tolist(),
            "learnt_from": self.learned_from,
            "scores": mean_scores(self.scores),
            "sentence": self.sentence,
        }


def denoise_images(
    images: Sequence[np.ndarray],
    *,
    clean: Sequence[np.ndarray] | None = None,
    noise_level: float | None = None,
    trainer: Trainer | None = None,
    random_state: int = 0,
    say: Say = lambda words: None,
) -> DenoisedImages:
    """Learn to remove noise, from clean images or from the noisy ones alone, and denoise images.

    Parameters
    ----------
    images : sequence of ndarray of shape (height, width[, 3])
        Noisy images of any sizes.
    clean : sequence of ndarray or None, default=None
        Clean images of the same kind for a `Denoiser`; a tenth of them, at most 20, is held out and scored.
        None: a `BlindDenoiser` learns from the noisy images.
    noise_level : float or None, default=None
        The standard deviation of the noise, in the units of the images. None: estimated for each.
    trainer : Trainer or None, default=None
    random_state : int, default=0
    say : callable
        Is told what is done.

    Returns
    -------
    DenoisedImages

    Raises
    ------
    DataError
        If images cannot be used, or are too small to estimate their noise.

    Examples
    --------
    >>> from latens.applications import denoise_images
    >>> noisy = list(np.random.default_rng(0).normal(128, 20, size=(3, 24, 24)))
    >>> done = denoise_images(noisy, noise_level=20, trainer=Trainer(max_epochs=1, callbacks=()))
    >>> done.images[0].shape, done.sentence[:18]
    ((24, 24), '3 images denoised ')
    """
    images = list(images)
    # Before the training: images too small to tell should not cost minutes.
    noise = estimate_noise(images) if noise_level is None else np.full(len(images), noise_level)
    if clean is None:
        say(f"learning from {len(images):,} noisy images alone ...")
        blind = BlindDenoiser(noise_level, trainer=trainer, random_state=random_state).fit(images)
        sentence = unscored_headline(len(images), "these noisy images alone")
        return _denoised(blind, images, noise, noise_level, sentence, {}, "noisy", say)
    denoiser = Denoiser(noise_level, trainer=trainer, random_state=random_state)
    scored_level = noise_level or max(1.0, float(np.median(noise)))
    scores = _fit_and_score(denoiser, list(clean), scored_level, random_state, say)
    sentence = NOT_SCORED
    if scores:
        words = f"Gaussian noise with a standard deviation of {scored_level:.1f} grey levels"
        sentence = denoising_headline("denoiser", scores, "held-out image", words)
    return _denoised(denoiser, images, noise, noise_level, sentence, scores, "clean", say)


def denoise_with(
    denoiser: BaseDenoiser,
    images: Sequence[np.ndarray],
    *,
    noise_level: float | None = None,
    say: Say = lambda words: None,
) -> DenoisedImages:
    """Denoise images by a denoiser that was fitted on others.

    Parameters
    ----------
    denoiser : BlindDenoiser or Denoiser
        Fitted.
    images : sequence of ndarray of shape (height, width[, 3])
    noise_level : float or None, default=None
        As of `Denoiser.transform`.
    say : callable
        Is told what is done.

    Returns
    -------
    DenoisedImages
    """
    images = list(images)
    noise = denoiser.levels(images, noise_level)
    sentence = unscored_headline(len(images), "other images")
    return _denoised(denoiser, images, noise, noise_level, sentence, {}, "saved", say)


def mean_scores(scores: Mapping[str, np.ndarray]) -> list[list[str]]:
    """Return the name and the mean score of every way to remove noise, as rows of a table."""
    return [[name, f"{ratios.mean():.2f}"] for name, ratios in scores.items()]


def is_gaussian(denoiser: BaseDenoiser | DenoisingAutoencoder) -> bool:
    """Return whether the noise has a standard deviation, rather than a share of values that it replaces."""
    return getattr(denoiser, "noise", "gaussian") == "gaussian"


def _denoised(
    denoiser: BaseDenoiser,
    images: list[np.ndarray],
    noise: np.ndarray,
    noise_level: float | None,
    sentence: str,
    scores: dict[str, np.ndarray],
    learned_from: Literal["noisy", "clean", "saved"],
    say: Say,
) -> DenoisedImages:
    if is_gaussian(denoiser):
        low, high = noise.min(), noise.max()
        say(f"noise of a standard deviation of {low:.1f} to {high:.1f} grey levels")
    else:
        say(f"noise that spoils {100 * noise.max():g} % of the values")
    denoised = denoiser.transform(images, noise_level=noise_level)
    return DenoisedImages(sentence, denoised, noise, scores, denoiser, learned_from)


def _fit_and_score(
    denoiser: Denoiser, images: list[np.ndarray], noise_level: float, seed: int, say: Say
) -> dict[str, np.ndarray]:
    """Fit on clean images but a few; return the scores of these, with noise added."""
    rng = np.random.default_rng(seed)
    n_held_out = min(_MOST_HELD_OUT, round(_HELD_OUT * len(images)))
    order = rng.permutation(len(images))
    train = [images[row] for row in order[n_held_out:]]
    held_out = [images[row] for row in order[:n_held_out]]
    say(f"learning from {len(train):,} clean images, {n_held_out:,} held out ...")
    denoiser.fit(train)
    if not held_out:
        return {}
    noisy = [image + rng.normal(scale=noise_level, size=image.shape) for image in held_out]
    ways = {
        "noisy": noisy,
        "linear (Wiener)": WienerDenoiser(noise_level).fit(train).transform(noisy),
        "denoiser": denoiser.transform(noisy, noise_level=noise_level),
    }
    top = float(np.iinfo(held_out[0].dtype).max)
    return {
        name: decibels(held_out, [image.clip(0, top) for image in denoised], top)
        for name, denoised in ways.items()
    }


@dataclass(frozen=True, eq=False)
class DenoisingEvaluation:
    """A denoising autoencoder beside what is simpler, on samples that it has not learned from.

    Attributes
    ----------
    sentence : str
        By how much it is better or worse than the best of the others.
    scores : dict of str to ndarray
        Peak signal-to-noise ratios of the samples in decibels; "noisy" is nothing done.
    notes : tuple of str
        What could not be compared.
    pictures : dict of str to ndarray of uint8 of shape (n_shown, height, width[, 3])
        Of images: some of the samples clean, noisy and denoised. Empty for rows.
    """

    sentence: str
    scores: dict[str, np.ndarray]
    notes: tuple[str, ...]
    pictures: dict[str, np.ndarray]

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        return {"sentence": self.sentence, "scores": mean_scores(self.scores)}

    def to_finding(self) -> Finding:
        """Return what a run keeps of it for its report."""
        table = Table(
            title="Noise removed from held-out samples",
            columns=("by", "PSNR in dB"),
            rows=tuple(
                (name, round(float(ratios.mean()), 2)) for name, ratios in self.scores.items()
            ),
            note="Noise added anew to samples that were not learned from; larger is better.",
        )
        mosaics: tuple[Mosaic, ...] = ()
        if self.pictures:
            images = np.stack(list(self.pictures.values()))
            mosaics = (Mosaic("Noise removed", images, tuple(self.pictures)),)
        return Finding("Can it remove noise?", self.sentence, (table,), mosaics)


def evaluate_denoising(
    model: DenoisingAutoencoder,
    train: Dataset,
    test: Dataset,
    *,
    noise_level: float | None = None,
    random_state: int = 0,
) -> DenoisingEvaluation:
    """Add noise to samples that a denoising autoencoder has not seen, remove it, and score the result.

    It is compared with doing nothing, with PCA of as many dimensions, with linear regression, and of Gaussian
    noise with the Wiener filter.

    Parameters
    ----------
    model : DenoisingAutoencoder
        Fitted.
    train : Dataset
        What it has learned from; PCA, the regression and the filter do, too.
    test : Dataset
        Others. At most 1,000 of them, drawn at random, are scored.
    noise_level : float or None, default=None
        Of Gaussian noise the standard deviation in the units of the data (of a table that is standardized,
        in standard deviations of its columns). None: as the model was trained.
    random_state : int, default=0
        Decides which samples are scored, and the noise.

    Returns
    -------
    DenoisingEvaluation

    Examples
    --------
    >>> from latens.applications import evaluate_denoising
    >>> from latens.data import load
    >>> digits = load("digits")
    >>> train, test = digits.take(slice(0, 1500)), digits.take(slice(1500, None))
    >>> model = DenoisingAutoencoder(10, trainer=Trainer(1, callbacks=()), random_state=0).fit(train.X)
    >>> list(evaluate_denoising(model, train, test).scores)[:3]
    ['noisy', 'DenoisingAutoencoder', 'PCA of 10 dimensions']
    """
    scaling = model.scaling_
    known = scaling.apply(train.X).astype(np.float32)
    # At random: the first of sorted samples are all of one class.
    rows = np.random.default_rng(random_state).permutation(len(test))[:_SCORED]
    clean = scaling.apply(test.X[np.sort(rows)]).astype(np.float32)
    unit = float(scaling.scale) if scaling.bounded else 1.0
    level = model.noise_level if noise_level is None else noise_level / unit
    denoised, notes = _ways(model, known, clean, level, random_state)
    scores = {
        name: decibels(clean, x.clip(0, 1) if scaling.bounded else x, 1.0)
        for name, x in denoised.items()
    }
    kind = "Gaussian" if is_gaussian(model) else model.noise
    noise = f"{kind} noise of level {level:g}"
    sentence = denoising_headline(_OURS, scores, "held-out sample", noise)
    is_shown = scaling.bounded and (clean.ndim == 3 or (clean.ndim == 4 and clean.shape[-1] == 3))
    pictures = {"clean": clean, **denoised} if is_shown else {}
    shown = {name: _as_bytes(x[:_SHOWN]) for name, x in pictures.items()}
    return DenoisingEvaluation(sentence, scores, notes, shown)


def _ways(
    model: DenoisingAutoencoder, train: np.ndarray, clean: np.ndarray, level: float, seed: int
) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Scaled samples with noise, and denoised in several ways; and why a way is missing."""

    def corrupt(x: np.ndarray) -> np.ndarray:
        return CORRUPTIONS[model.noise](torch.from_numpy(x), level).numpy()

    with seeded(seed):
        noisy = corrupt(clean)
        by_model: Any = model.scaling_.apply(model.denoise(model.scaling_.undo(noisy)))
        ways = {"noisy": noisy, _OURS: by_model}
        ways |= linear_ways(train, noisy, corrupt, model.latent_dim)
    if not is_gaussian(model) or level <= 0:
        return ways, ()
    try:
        ways["linear (Wiener)"] = WienerDenoiser(level).fit(train).transform(noisy)
    except LatensError as error:
        return ways, (f"no linear denoiser beside it: {error}",)
    return ways, ()


def _as_bytes(x: np.ndarray) -> np.ndarray:
    return np.rint(255 * x.clip(0, 1)).astype(np.uint8)
