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
    if columns > max(n, _MOST_COLUMNS) and not few:
        return _fit_few_rows(rows, n_components or n)
    solver = "arpack" if columns > _MOST_COLUMNS and few else "covariance_eigh"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return PCA(n_components, svd_solver=solver, random_state=seed).fit(rows)


def _fit_few_rows(rows: np.ndarray, n_components: int) -> "PCA":
    """Fit PCA by the inner products of fewer rows than columns.

    SciPy's decomposition of 700 rows of 12,288 columns takes four times as long as this, and nothing else of
    the program runs meanwhile, not even what answers Ctrl-C.
    """
    from sklearn.decomposition import PCA

    if rows.dtype not in (np.float32, np.float64):
        rows = rows.astype(np.float64)  # as scikit-learn does
    n = len(rows)
    mean = rows.mean(axis=0, dtype=np.float64).astype(rows.dtype)
    centered = rows - mean
    products = np.zeros((n, n))
    for start in range(0, rows.shape[1], _MOST_COLUMNS):
        block = centered[:, start : start + _MOST_COLUMNS].astype(np.float64)
        products += block @ block.T
    # The largest come last.
    directions = np.linalg.eigh(products)[1][:, : -n_components - 1 : -1].astype(rows.dtype)
    # Orthogonal but for rounding, and of no length where no variance is left: exactly orthogonal here.
    components, lengths = np.linalg.qr(centered.T @ directions)
    signs = np.sign(components[np.abs(components).argmax(axis=0), np.arange(n_components)])
    pca = PCA(n_components)
    pca.mean_, pca.components_ = mean, np.ascontiguousarray((components * signs).T)
    pca.singular_values_ = np.abs(np.diag(lengths))
    pca.explained_variance_ = pca.singular_values_**2 / max(1, n - 1)
    total = np.square(centered, dtype=np.float64).sum() / max(1, n - 1)
    pca.explained_variance_ratio_ = pca.explained_variance_ / max(total, np.finfo(float).tiny)
    rest = min(rows.shape) - n_components
    left = total - pca.explained_variance_.sum(dtype=np.float64)
    pca.noise_variance_ = max(0.0, left / rest) if rest else 0.0
    pca.n_components_, pca.n_samples_, pca.n_features_in_ = n_components, n, rows.shape[1]
    return pca
