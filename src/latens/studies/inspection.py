"""Questions to a fitted network that its estimator has no method for."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Normal

from latens.models import BaseAutoencoder
from latens.networks import Quantised
from latens.objectives import gaussian_kl_per_dimension
from latens.training import DeviceSamples, map_rows

__all__ = ["codebook_uses", "draws_of_codes", "each_row", "posterior_divergences"]


def each_row(
    model: BaseAutoencoder, X: np.ndarray, function: Callable[[Tensor], Tensor]
) -> np.ndarray:
    """Apply a function of scaled tensors to all samples, a block at a time.

    Parameters
    ----------
    model : BaseAutoencoder
        Fitted; its network is set to evaluation.
    X : ndarray of shape (n_samples, ...)
        In the user's units.
    function : callable
        From (batch, *input_shape) to (batch, ...).

    Returns
    -------
    ndarray of shape (n_samples, ...)
    """
    model.network_.eval()
    weight = next(model.network_.parameters())
    samples = DeviceSamples(X, model.scaling_, weight.device, weight.dtype)
    return map_rows(function, samples, tuple(samples.rows(0, 1).shape[1:]))


def posterior_divergences(model: BaseAutoencoder, X: np.ndarray) -> np.ndarray | None:
    """Return the mean KL divergence of each number's posterior from the prior, in nats.

    Returns
    -------
    ndarray of shape (latent_dim,), or None
        None for kinds without a Gaussian posterior.
    """
    if not _has_posterior(model, X):
        return None
    network = model.network_
    divergences = each_row(model, X, lambda x: gaussian_kl_per_dimension(network.reconstruct(x)))
    return divergences.mean(axis=0, dtype=np.float64)


def draws_of_codes(model: BaseAutoencoder, X: np.ndarray, seed: int) -> np.ndarray | None:
    """Return one draw from the posterior of each sample, which is what the prior is for.

    Means of posteriors are narrower than the prior even where the posteriors fill it exactly.

    Returns
    -------
    ndarray of shape (n_samples, latent_dim), or None
        None for kinds without a Gaussian posterior.
    """
    if not _has_posterior(model, X):
        return None

    def moments(x: Tensor) -> Tensor:
        posterior = model.network_.encode(x).posterior
        assert isinstance(posterior, Normal)
        return torch.stack([posterior.loc, posterior.scale], dim=1)

    mean, spread = each_row(model, X, moments).swapaxes(0, 1)
    noise = np.random.default_rng(seed).standard_normal(mean.shape, dtype=np.float32)
    return mean + spread * noise


def codebook_uses(model: BaseAutoencoder, X: np.ndarray) -> np.ndarray | None:
    """Return how many samples chose each row of each place's codebook.

    Returns
    -------
    ndarray of shape (n_words, n_rows), or None
        None for kinds without a codebook.
    """
    network = model.network_
    bottleneck = network.bottleneck
    if not isinstance(bottleneck, Quantised):
        return None
    chosen = each_row(model, X, lambda x: bottleneck.indices(network.encoder(x)))
    n_rows = bottleneck.codebook.shape[1]
    return np.stack([np.bincount(word, minlength=n_rows) for word in chosen.T])


def _has_posterior(model: BaseAutoencoder, X: np.ndarray) -> bool:
    found = []

    def note(x: Tensor) -> Tensor:
        code = model.network_.encode(x)
        found.append(isinstance(code.posterior, Normal))
        return code.mean

    each_row(model, X[:1], note)
    return found[0]
