"""A Gaussian of rows with gaps, and what it says of the gaps of a row."""

import torch
from torch import Tensor

__all__ = ["conditional_covariances", "conditional_means", "fit_gaussian"]

# A column that never varies would make the covariance singular.
_LEAST_VARIANCE = 1e-3
# Of the variances: so much of each is told by nothing, or float32 could not factorize copies of a column.
_LEAST_SHRINKAGE = 1e-4
_MOST_ROUNDS = 20
_CONVERGED = 5e-3
# Of the matrices that are factorized at a time.
_BLOCK_VALUES = 2**23


def fit_gaussian(
    x: Tensor, seen: Tensor, shrinkage: float, start: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the mean and the covariance of rows with gaps, by expectation and maximization.

    Parameters
    ----------
    x : Tensor of shape (n_rows, n_features)
        Finite everywhere; what stands in gaps is not looked at.
    seen : Tensor of shape (n_rows, n_features), bool
    shrinkage : float in (0, inf)
        How many more rows there seem to be whose features have the same variances and are independent: the
        more, the closer is the answer to the mean of each column.
    start : Tensor of shape (n_features, n_features) or None, default=None
        A covariance to begin with. None: features that are independent.

    References
    ----------
    Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM algorithm. Journal
    of the Royal Statistical Society B 39. Schafer (1997), Analysis of incomplete multivariate data, section
    5.2 (the ridge prior), ISBN 978-0412040610.
    """
    n_seen = seen.sum(0).clamp(min=1)
    mean = torch.where(seen, x, 0.0).sum(0) / n_seen
    variance = torch.where(seen, x - mean, 0.0).square().sum(0) / n_seen
    prior = torch.diag(variance.clamp(min=_LEAST_VARIANCE))
    covariance = prior if start is None else start
    shrinkage = max(shrinkage, _LEAST_SHRINKAGE * len(x))
    for _ in range(_MOST_ROUNDS):
        filled = conditional_means(mean, covariance, x, seen)
        mean = filled.mean(0)
        spread = (filled - mean).T @ (filled - mean)
        for first, stop in _blocks(len(x), x.shape[1]):
            spread += conditional_covariances(covariance, seen[first:stop]).sum(0)
        before, covariance = covariance, (spread + shrinkage * prior) / (len(x) + shrinkage)
        if bool((covariance - before).abs().max() < _CONVERGED):
            break
    return mean, covariance


def conditional_means(mean: Tensor, covariance: Tensor, x: Tensor, seen: Tensor) -> Tensor:
    """Return rows whose gaps hold the mean given the rest of the row, exact for any pattern of gaps.

    Parameters
    ----------
    mean : Tensor of shape (n_features,)
    covariance : Tensor of shape (n_features, n_features)
    x, seen : Tensor of shape (n_rows, n_features)

    Examples
    --------
    >>> covariance = torch.tensor([[1.0, 0.5], [0.5, 1.0]])
    >>> x, seen = torch.tensor([[2.0, 0.0]]), torch.tensor([[True, False]])
    >>> conditional_means(torch.zeros(2), covariance, x, seen)
    tensor([[2., 1.]])
    """
    filled = x.clone()
    for start, stop in _blocks(len(x), x.shape[1]):
        there = seen[start:stop]
        offsets = torch.where(there, x[start:stop] - mean, 0.0)
        factor = torch.linalg.cholesky(_among_seen(covariance, there))
        weights = torch.cholesky_solve(offsets.unsqueeze(2), factor).squeeze(2) * there
        filled[start:stop] = torch.where(there, x[start:stop], mean + weights @ covariance)
    return filled


def conditional_covariances(covariance: Tensor, seen: Tensor) -> Tensor:
    """Return the covariance of the gaps of each row given the rest of it, 0 where there is no gap.

    Parameters
    ----------
    covariance : Tensor of shape (n_features, n_features)
    seen : Tensor of shape (n_rows, n_features), bool

    Returns
    -------
    Tensor of shape (n_rows, n_features, n_features)
    """
    factor = torch.linalg.cholesky(_among_seen(covariance, seen))
    known = covariance * seen.unsqueeze(2)
    explained = torch.linalg.solve_triangular(factor, known, upper=False)
    gaps = ~seen
    left = covariance - explained.transpose(1, 2) @ explained
    return left * gaps.unsqueeze(1) * gaps.unsqueeze(2)


def _among_seen(covariance: Tensor, seen: Tensor) -> Tensor:
    """The covariance of what is seen of each row, with 1 on the diagonal of gaps: same size for every row."""
    seen = seen.to(covariance.dtype)
    return covariance * seen.unsqueeze(1) * seen.unsqueeze(2) + torch.diag_embed(1 - seen)


def _blocks(n_rows: int, n_features: int) -> list[tuple[int, int]]:
    """First and last row of what is factorized at a time."""
    rows = max(1, _BLOCK_VALUES // n_features**2)
    return [(start, min(start + rows, n_rows)) for start in range(0, n_rows, rows)]
