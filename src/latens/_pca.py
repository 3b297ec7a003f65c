"""Principal components by the solver that the shape of the data calls for."""

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.decomposition import PCA

__all__ = ["fit_pca"]

# An eigendecomposition of this many columns takes a second; of 10,000 it takes minutes and gigabytes, and
# cannot be interrupted. For a few components Lanczos' method needs only products with the rows.
_MOST_COLUMNS = 1_000


def fit_pca(rows: np.ndarray, n_components: int | None = None, *, seed: int = 0) -> "PCA":
    """Fit PCA exactly, in a time that the shape of the data allows.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_columns)
        Constant ones have no variance to explain; no warning says so.
    n_components : int in [1, min(n_samples, n_columns)] or None, default=None
        None: all.
    seed : int, default=0
        Of what Lanczos' method starts from.

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(50, 3)) * [3, 2, 1]
    >>> fit_pca(rows, 1).components_.shape
    (1, 3)
    """
    from sklearn.decomposition import PCA

    n, columns = rows.shape
    few = n_components is not None and n_components < min(n, columns) / 2
    if columns > _MOST_COLUMNS and few:
        solver = "arpack"
    else:
        solver = "covariance_eigh" if columns <= max(n, _MOST_COLUMNS) else "full"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return PCA(n_components, svd_solver=solver, random_state=seed).fit(rows)
