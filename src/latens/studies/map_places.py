"""Where samples are on a map: those that make it, by t-SNE, and all others amid their neighbors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from latens._pca import fit_pca
from latens.pairwise import NearestRows
from latens.studies.map_process import fit_tsne

__all__ = ["AmidNeighbors", "at_least_two", "tsne", "two_components"]

_NEAREST = 5
# Neighbors of wider codes are looked for in their first principal components, as is usual for t-SNE: of
# images of 784 values in a sixth of the time.
_WIDEST = 50
# Of fewer points, threads spend most of their time waiting for each other, on a busy machine nearly all.
_ROWS_FOR_ALL_CORES = 2_000


def tsne(codes: np.ndarray, seed: int, most_rows: int) -> np.ndarray:
    """Return a map by openTSNE at perplexity 30, started from the first two principal components.

    Of more than `most_rows` codes, so many are drawn at random, and the others are put amid their neighbors.

    Raises
    ------
    MapError
        If openTSNE fails.
    """
    codes = at_least_two(codes)
    n = min(len(codes), most_rows)
    order = np.random.default_rng(seed).permutation(len(codes)) if n < len(codes) else np.arange(n)
    jobs = -1 if n > _ROWS_FOR_ALL_CORES else 1
    places = np.empty((len(codes), 2), dtype=np.float32)
    places[order[:n]], _ = fit_tsne(
        codes[order[:n]], seed, perplexity=min(30, (n - 1) / 3), n_jobs=jobs
    )
    if n < len(codes):
        amid = AmidNeighbors.of(codes[order[:n]], codes[order[:n]])
        (places[order[n:]],) = amid.places(codes[order[n:]], [places[order[:n]]])
    return places


def two_components(train: np.ndarray) -> PCA | None:
    """Return the first two principal components of training codes; None where there are not two."""
    return fit_pca(train, 2) if train.shape[1] > 1 and len(train) > 1 else None


def at_least_two(codes: np.ndarray) -> np.ndarray:
    """Return codes of one number with a column of zeros, others as they are."""
    return codes if codes.shape[1] > 1 else np.column_stack([codes, np.zeros(len(codes))])


@dataclass(frozen=True, eq=False)
class AmidNeighbors:
    """Puts new samples on maps of others: each amid its nearest ones by codes.

    That is where openTSNE and UMAP begin when they place new samples, too.

    Attributes
    ----------
    known : NearestRows
        Of the codes of the samples that made the maps, of at most 50 numbers.
    components : PCA or None
        What made these few numbers of wider codes.
    """

    known: NearestRows
    components: PCA | None

    @classmethod
    def of(cls, known: np.ndarray, train: np.ndarray) -> "AmidNeighbors":
        """Return one for samples with these codes; the components are those of the training codes."""
        is_wide = known.shape[1] > _WIDEST and len(train) > _WIDEST
        components = fit_pca(train, _WIDEST) if is_wide else None
        narrow = known if components is None else components.transform(known)
        return cls(NearestRows(narrow), components)

    def places(self, new: np.ndarray, maps: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return where new codes are on each of some maps of the known ones."""
        narrow = new if self.components is None else self.components.transform(new)
        distances, nearest = self.known.search(narrow, min(_NEAREST, len(self.known.points)))
        # Equal codes are on the same spot.
        weights = 1 / np.maximum(distances.astype(np.float64) ** 2, 1e-12)
        weights /= weights.sum(axis=1, keepdims=True)
        return [
            (places[nearest] * weights[..., None]).sum(axis=1).astype(np.float32) for places in maps
        ]
