"""How much of the variance of held-out samples PCA of every size keeps."""

import numpy as np

from latens._pca import fit_pca
from latens.runs import KeptVariance
from latens.studies.representations import Representation

__all__ = ["variance_kept"]

# More components are seldom worth a look; so many of 10,000 images of 784 pixels take a second.
_COMPONENTS = 100


def variance_kept(raw: Representation, seed: int) -> KeptVariance:
    """Return the variance of the held-out rows and the share of it that each component of PCA keeps.

    The components are fitted on the scored training rows. A model of squared error e keeps the share
    ``1 - e / total``.

    Parameters
    ----------
    raw : Representation
        The scaled values.
    seed : int

    Returns
    -------
    KeptVariance
        `total` is the mean square of the held-out values around the mean of the training rows; `shares`
        has the first component first.
    """
    components = min(_COMPONENTS, *raw.train.shape)
    pca = fit_pca(raw.train, components, seed=seed)
    total = float(np.square(raw.test - pca.mean_).mean(dtype=np.float64))
    kept = np.square(pca.transform(raw.test)).mean(axis=0, dtype=np.float64) / raw.numbers
    shares = kept / total if total > 0 else np.zeros_like(kept)
    return KeptVariance(total=total, shares=shares.tolist())
