"""New codes: from a mixture fitted on known ones, or from the standard normal prior."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

__all__ = ["draw_from_mixture", "draw_from_prior"]

_COMPONENTS = 10
# A full covariance has latent_dim squared numbers; beyond this the codes kept cannot settle them.
_MOST_FULL_NUMBERS = 64
_SAMPLES_PER_COMPONENT = 20


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
    rows, numbers = codes.shape
    components = max(1, min(_COMPONENTS, rows // _SAMPLES_PER_COMPONENT))
    spread = float(codes.std()) or 1.0
    mixture = GaussianMixture(
        components,
        covariance_type="full" if numbers <= _MOST_FULL_NUMBERS else "diag",
        reg_covar=1e-6 * spread**2,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # A mixture that has not settled, or has equal codes, still covers the codes.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(codes.astype(np.float64))
    return np.asarray(mixture.sample(n_samples)[0])


def draw_from_prior(latent_dim: int, n_samples: int, seed: int) -> np.ndarray:
    """Draw codes from N(0, I), shape (n_samples, latent_dim)."""
    return np.random.default_rng(seed).normal(size=(n_samples, latent_dim))
