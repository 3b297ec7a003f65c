"""How close to the clean samples a denoiser comes, beside what is simpler: scores and a sentence."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from sklearn.linear_model import Ridge

from latens._pca import fit_pca
from latens.applications.wording import Contest, counted
from latens.metrics import psnr_samples

__all__ = ["NOT_SCORED", "decibels", "denoising_headline", "linear_ways", "unscored_headline"]

# A covariance of more values takes gigabytes.
_MOST_VALUES, _MOST_SAMPLES = 1_024, 10_000
_MOST_DECIBELS = 120.0  # of an image without any error, for which they are infinite
_PENALTY = 1.0  # of the regression, in squared scaled units; it only matters for constant values

NOT_SCORED = "There were too few clean images to hold any out, so nothing was scored."


def decibels(clean: Iterable[np.ndarray], denoised: Iterable[np.ndarray], top: float) -> np.ndarray:
    """Return the peak signal-to-noise ratio of each sample, shape (n,).

    Parameters
    ----------
    clean, denoised : iterables of ndarray
    top : float
        The peak.
    """
    # One at a time, as images may be of different sizes.
    pairs = zip(clean, denoised, strict=True)
    ratios = [psnr_samples(a[None], b[None], data_range=top)[0] for a, b in pairs]
    return np.minimum(ratios, _MOST_DECIBELS)


def linear_ways(
    train: np.ndarray,
    noisy: np.ndarray,
    corrupt: Callable[[np.ndarray], np.ndarray],
    code_size: int,
) -> dict[str, np.ndarray]:
    """Remove noise by linear methods, which need no network.

    Parameters
    ----------
    train : ndarray of shape (n, ...)
        Clean samples, scaled.
    noisy : ndarray of shape (m, ...)
    corrupt : callable
        Adds noise of the same kind to clean samples.
    code_size : int
        The dimensions that PCA keeps.

    Returns
    -------
    dict of str to ndarray of shape (m, ...)
        PCA of as many dimensions; and, of samples with up to 1,024 values, a regression from corrupted
        samples to clean ones, which suits noise of any kind.
    """
    some = train[:: -(-len(train) // _MOST_SAMPLES)]
    flat, asked = (x.reshape(len(x), -1) for x in (some, noisy))
    pca = fit_pca(flat, min(code_size, *flat.shape))
    found = {f"PCA of {pca.n_components_} dimensions": pca.inverse_transform(pca.transform(asked))}
    if flat.shape[1] <= _MOST_VALUES:
        corrupted = corrupt(some).reshape(len(some), -1)
        found["linear regression"] = Ridge(_PENALTY).fit(corrupted, flat).predict(asked)
    return {name: x.reshape(noisy.shape) for name, x in found.items()}


def denoising_headline(
    ours: str, scores: Mapping[str, np.ndarray], samples: str, noise: str
) -> str:
    """Return how a denoiser, `ours` among the scores, compares with the best of what is simpler.

    Scores are ratios of the same samples in decibels; "noisy" is nothing done. `samples` says what they are
    of in the singular, and `noise` what was added.
    """
    others = {name: values for name, values in scores.items() if name != ours}
    compared = Contest(scores[ours], others, "decibels")
    best = compared.best
    number, mean = counted(len(scores[ours]), samples), scores[ours].mean()
    head = f"Under {noise}, {_in_words(ours)} brings {number} to a PSNR of {mean:.2f} dB"
    end = compared.end_of_sentence(f"{_in_words(best)} at {others[best].mean():.2f} dB")
    if best == "noisy":
        return head + end
    return f"{head}{end} Doing nothing gives {scores['noisy'].mean():.2f} dB."


def _in_words(name: str) -> str:
    """What a table calls a way, as a sentence has it."""
    words = {
        "noisy": "doing nothing",
        "denoiser": "the denoiser",
        "linear (Wiener)": "the linear Wiener filter",
    }
    return words.get(name, name)


def unscored_headline(n: int, learnt_from: str) -> str:
    """Return what is known of denoised images without clean ones to compare with."""
    return (
        f"{counted(n, 'image')} denoised by what was learned from {learnt_from}. There are no clean images "
        "to compare with: nothing here says how close the result comes to them."
    )
