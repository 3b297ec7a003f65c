"""PCA of all samples, with as many components as keep a share of the variance."""

import numpy as np

from latens._pca import fit_pca
from latens.metrics import mean_squared_error, psnr
from latens.runs import Measure
from latens.studies.preparation import Prepared
from latens.studies.representations import flat

__all__ = ["components_for", "measure_variances"]

_BLOCK = 10_000


def measure_variances(data: Prepared, shares: tuple[float, ...], seed: int) -> list[Measure]:
    """Return the components that each share of the variance takes, and the errors they leave.

    Fitted and measured on all samples, training and held-out ones together.

    Returns
    -------
    list of Measure
        For a share of .95: "variance.components_95", "variance.psnr_95" and
        "variance.mean_squared_error_95", of the representation "pca".
    """
    rows = np.concatenate([flat(data.train.X, data), flat(data.test.X, data)])
    fitted = fit_pca(rows)
    measures = []
    for share in shares:
        components = components_for(share, fitted.explained_variance_ratio_)
        kept = fitted.components_[:components]
        errors, decibels = [], []
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            reconstructed = (block - fitted.mean_) @ kept.T @ kept + fitted.mean_
            errors.append(len(block) * mean_squared_error(block, reconstructed))
            if data.scaling.bounded:
                decibels.append(len(block) * psnr(block, reconstructed, data_range=1.0))
        found = {"components": float(components), "mean_squared_error": sum(errors) / len(rows)}
        if decibels:
            found["psnr"] = sum(decibels) / len(rows)
        measures += [
            Measure(
                name=f"variance.{name}_{share * 100:g}",
                representation="pca",
                seed=seed,
                value=value,
            )
            for name, value in found.items()
        ]
    return measures


def components_for(share: float, ratios: np.ndarray) -> int:
    """Return how many of the first components keep a share of the variance.

    Examples
    --------
    >>> components_for(0.75, np.array([0.5, 0.3, 0.2]))
    2
    """
    return int(np.searchsorted(np.cumsum(ratios), share) + 1)
