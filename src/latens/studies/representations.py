"""The representations that a study compares: raw values, PCA, UMAP where it is there, and models."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.utils import get_tags

from latens._pca import fit_pca
from latens.models import BaseAutoencoder
from latens.pairwise import row_blocks
from latens.runs import KeptVariance
from latens.runs.results import BASELINES
from latens.studies.map_process import fit_umap
from latens.studies.preparation import Prepared

__all__ = ["Baselines", "Representation", "flat", "learned", "pca", "raw", "umap", "variance_kept"]

# More components are seldom worth a look; this many of 10,000 images of 784 pixels take a second.
_COMPONENTS = 100


# Points for each dimension of a UMAP that starts from the spectrum of its graph.
_SPECTRAL = 4
_PCA_SEED = 0


@dataclass(frozen=True, eq=False)
class Representation:
    """Codes of the scored rows, and how to reconstruct rows from them.

    Attributes
    ----------
    name : str
        For files, such as "pca-10".
    label : str
        For people, such as "PCA".
    kind : str
        "raw", "pca", "umap" or the class of a model.
    numbers : int
        Numbers per sample.
    train, test : ndarray of shape (n_scored, numbers)
        Codes of the scored rows of either part.
    encode : callable or None
        From samples to their codes; None where only the scored ones have any.
    rebuild : callable or None
        From samples to their reconstruction, in the user's units; None where there is none.
    seconds : float or None
        To fit.
    parameters : int or None
        Numbers learned.
    learns_from_labels : bool
        Whether labels of the training rows had a say in the codes.
    """

    name: str
    label: str
    kind: str
    numbers: int
    train: np.ndarray
    test: np.ndarray
    encode: Callable[[np.ndarray], np.ndarray] | None = None
    rebuild: Callable[[np.ndarray], np.ndarray] | None = None
    seconds: float | None = None
    parameters: int | None = None
    learns_from_labels: bool = False

    @property
    def is_baseline(self) -> bool:
        """Whether it is no model."""
        return self.kind in BASELINES


@dataclass(frozen=True)
class Baselines:
    """What needs no network: the values themselves, and PCA of every size of code."""

    raw: Representation
    pca: Mapping[int, Representation]

    @classmethod
    def of(cls, data: Prepared, sizes: Iterable[int], pca_rows: int | None = None) -> "Baselines":
        """Return those of the parts of the data; PCA learns from all training rows or from this many."""
        return cls(raw(data), {size: pca(data, size, pca_rows) for size in sizes})

    def all(self) -> list[Representation]:
        """Return raw values first, then PCA by size as they were asked for."""
        return [self.raw, *self.pca.values()]

    def pca_of(self, model: Representation) -> Representation:
        """Return PCA of the size of a model."""
        return self.pca[model.numbers]


def flat(X: np.ndarray, data: Prepared) -> np.ndarray:
    """Samples as scaled rows of float32, which is what every baseline gets."""
    rows = X.reshape(len(X), -1)
    scaled = np.empty(rows.shape, dtype=np.float32)
    # In blocks, as scaling computes in float64.
    for block in row_blocks(len(rows), 8 * rows.shape[1]):
        scaled[block] = data.scaling.apply(rows[block])
    return scaled


def raw(data: Prepared) -> Representation:
    """The scaled values themselves."""
    train = flat(data.train.X[data.scored_train], data)
    test = flat(data.test.X[data.scored_test], data)
    label = "raw pixels" if data.is_images else "raw columns"
    return Representation(
        "raw", label, "raw", train.shape[1], train, test, encode=lambda X: flat(X, data)
    )


def pca(data: Prepared, numbers: int, n_rows: int | None = None) -> Representation:
    """PCA with as many numbers as the codes have, or as many as the data allow.

    It learns from all training rows, as the models do, or from `n_rows` of them that are drawn.
    """
    X = data.train.X
    if n_rows is not None and n_rows < len(X):
        drawn = np.random.default_rng(_PCA_SEED).choice(len(X), n_rows, replace=False)
        X = X[np.sort(drawn)]
    # 60,000 images of 784 pixels take a second.
    train = flat(X, data)
    numbers = min(numbers, *train.shape)
    start = time.perf_counter()
    fitted = fit_pca(train, numbers)
    seconds = time.perf_counter() - start

    def rebuild(X: np.ndarray) -> np.ndarray:
        rows = fitted.inverse_transform(fitted.transform(flat(X, data)))
        return data.scaling.undo(rows).reshape(X.shape)

    return Representation(
        name=f"pca-{numbers}",
        label="PCA",
        kind="pca",
        numbers=numbers,
        train=fitted.transform(flat(data.train.X[data.scored_train], data)),
        test=fitted.transform(flat(data.test.X[data.scored_test], data)),
        encode=lambda X: fitted.transform(flat(X, data)),
        rebuild=rebuild,
        seconds=seconds,
        parameters=numbers * len(fitted.mean_) + len(fitted.mean_),
    )


def umap(data: Prepared, numbers: int, seed: int) -> Representation:
    """UMAP of the raw values at the size of the codes, fitted on the scored training rows.

    Raises
    ------
    MapError
        If umap-learn fails.
    """
    train = flat(data.train.X[data.scored_train], data)
    start = time.perf_counter()
    places = fit_umap(
        train,
        flat(data.test.X[data.scored_test], data),
        n_components=numbers,
        n_neighbors=min(30, len(train) - 1),
        min_dist=0.0,
        # The spectrum of a graph has no more vectors than points; near that, umap-learn fails.
        init="spectral" if len(train) > _SPECTRAL * numbers else "random",
        random_state=seed,
        n_jobs=1,
    )
    seconds = time.perf_counter() - start
    return Representation(f"umap-{numbers}", "UMAP", "umap", numbers, *places, seconds=seconds)


def learned(data: Prepared, name: str, model: BaseAutoencoder, seconds: float) -> Representation:
    """The codes of a fitted model; one that learned from labels says so in every table."""
    learns_from_labels = get_tags(model).target_tags.required
    return Representation(
        name=name,
        label=f"{name} (trained with labels)" if learns_from_labels else name,
        kind=type(model).__name__,
        numbers=model.latent_dim,
        train=model.transform(data.train.X[data.scored_train]),
        test=model.transform(data.test.X[data.scored_test]),
        encode=model.transform,
        rebuild=model.reconstruct,
        seconds=seconds,
        parameters=sum(p.numel() for p in model.network_.parameters()),
        learns_from_labels=learns_from_labels,
    )


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
