"""New codes: from a mixture fitted on known ones, or from the standard normal prior."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

__all__ = ["draw_codes", "draw_from_mixture", "draw_from_prior", "fit_mixture"]

_COMPONENTS = 10
# A full covariance has latent_dim squared numbers; beyond this the codes kept cannot settle them.
_MOST_FULL_NUMBERS = 64
_SAMPLES_PER_COMPONENT = 20


def fit_mixture(codes: np.ndarray, seed: int, n_components: int | None = None) -> GaussianMixture:
    """Fit a Gaussian mixture on known codes.

    Parameters
    ----------
    codes : ndarray of shape (n_known, latent_dim)
    seed : int
    n_components : int in [1, n_known] or None, default=None
        None: 10, or fewer where there are less than 20 codes for each.

    Returns
    -------
    GaussianMixture
    """
    rows, numbers = codes.shape
    spread = float(codes.std()) if codes.max() > codes.min() else 1.0
    mixture = GaussianMixture(
        n_components or max(1, min(_COMPONENTS, rows // _SAMPLES_PER_COMPONENT)),
        covariance_type="full" if numbers <= _MOST_FULL_NUMBERS else "diag",
        reg_covar=1e-6 * spread**2,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # A mixture that has not settled, or has equal codes, still covers the codes.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # A single code is a Gaussian of its own; scikit-learn asks for two.
        mixture.fit(np.repeat(codes, 2 if rows == 1 else 1, axis=0).astype(np.float64))
    return mixture


def draw_codes(mixture: GaussianMixture, n_samples: int, seed: int) -> np.ndarray:
    """Draw codes from a fitted mixture in random order, shape (n_samples, latent_dim)."""
    # scikit-learn draws one component after the other, and with the seed of the fit.
    drawn, _ = mixture.set_params(random_state=seed).sample(n_samples)
    return np.asarray(np.random.default_rng(seed).permutation(drawn))


def draw_from_mixture(codes: np.ndarray, n_samples: int, seed: int) -> np.ndarray:
    """Draw codes from a Gaussian mixture fitted on known codes.

    Parameters
    ----------
    codes : ndarray of shape (n_known, latent_dim)
    n_samples, seed : int

    Returns
    -------
    ndarray of shape (n_samples, latent_dim)
    """
    return draw_codes(fit_mixture(codes, seed), n_samples, seed)


def draw_from_prior(latent_dim: int, n_samples: int, seed: int) -> np.ndarray:
    """Draw codes from N(0, I), shape (n_samples, latent_dim)."""
    return np.random.default_rng(seed).normal(size=(n_samples, latent_dim))
