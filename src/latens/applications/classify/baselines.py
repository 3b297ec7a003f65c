"""Classifiers that need no autoencoder: what codes must beat to be worth anything."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from latens._pca import fit_pca
from latens.applications.classify.graph import neighbor_graph
from latens.applications.classify.propagation import Propagation, read_off
from latens.data import fit_scaling
from latens.pairwise import nearest_rows_on_device

__all__ = ["ClassifierBaselines", "PlainPropagation"]

_COMPONENTS = 50
_PCA_SAMPLES = 10_000  # enough for fifty directions
_BLOCK_VALUES = 2**24  # values encoded at once: 128 MB
# Of the graph, in float32: 1 GB, held three times over. Wider samples are projected; of 512 directions
# squared distances keep to 6 %.
_MOST_VALUES, _PROJECTED = 2**28, 512

Encode = Callable[[np.ndarray], np.ndarray]


class ClassifierBaselines:
    """Classifiers that need no autoencoder, by name.

    Some learn from labeled samples alone, others spread labels over all samples as `Propagation` does
    over codes. Values are scaled as for an autoencoder, and PCA, which needs no labels, sees up to 10,000
    samples.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        All samples, labeled or not.
    code_size : int
        The numbers of the PCA that a linear probe on codes is compared with.
    """

    def __init__(self, X: np.ndarray, code_size: int) -> None:
        scaling = fit_scaling(X)
        self._X = X
        self._flat = FunctionTransformer(lambda rows: scaling.apply(rows).reshape(len(rows), -1))
        some = self._flat.transform(X[:: -(-len(X) // _PCA_SAMPLES)])
        most = min(some.shape)
        self._pca = fit_pca(some, min(_COMPONENTS, most))
        self._code_size = min(code_size, self._pca.n_components_)

    def make(self) -> dict[str, Any]:
        """Return the classifiers that learn from labeled samples alone, unfitted."""
        size = self._code_size
        first = FunctionTransformer(lambda rows: self._pca.transform(rows)[:, :size])
        pca = FunctionTransformer(self._pca.transform)
        machine, probe = SVC(C=10), LogisticRegression(max_iter=1000)
        return {
            "SVM on raw values": make_pipeline(self._flat, machine),
            f"SVM on PCA-{self._pca.n_components_}": make_pipeline(self._flat, pca, machine),
            "linear probe of raw values": make_pipeline(self._flat, StandardScaler(), probe),
            f"linear probe of PCA-{size}": make_pipeline(
                self._flat, first, StandardScaler(), probe
            ),
        }

    def propagations(
        self, X_test: np.ndarray, device: torch.device | None = None
    ) -> "dict[str, PlainPropagation]":
        """Return what spreads labels over all samples, by name.

        Parameters
        ----------
        X_test : ndarray of shape (n_test, ...)
            What is to be classified.
        device : torch.device or None, default=None
            Where neighbors are searched. None: on the CPU.
        """
        device = device or torch.device("cpu")
        values = min(len(self._X), Propagation().max_samples) * self._pca.n_features_in_
        name, raw = "propagation on raw values", self._flat.transform
        if values > _MOST_VALUES:
            name = f"propagation on {_PROJECTED} random projections of raw values"
            raw = self._projection()
        encoders = {
            name: raw,
            f"propagation on PCA-{self._pca.n_components_}": self._components,
        }
        return {
            name: PlainPropagation(encode, self._X, X_test, device)
            for name, encode in encoders.items()
        }

    def _components(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self._pca.transform(self._flat.transform(rows)))

    def _projection(self) -> Encode:
        """Products with random directions, which keep distances (Johnson and Lindenstrauss 1984)."""
        shape = self._pca.n_features_in_, _PROJECTED
        directions = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
        directions /= np.float32(_PROJECTED**0.5)
        return lambda rows: self._flat.transform(rows).astype(np.float32) @ directions


class PlainPropagation:
    """`Propagation`, with its usual settings, over values that no autoencoder has made.

    The graph and the neighbors of the test samples are found once, and again only where another draw of
    labels calls for other samples in the graph.

    Parameters
    ----------
    encode : callable
        From samples to rows of values; asked for blocks of them.
    X, X_test : ndarray of shape (n, ...)
    device : torch.device
    """

    def __init__(
        self, encode: Encode, X: np.ndarray, X_test: np.ndarray, device: torch.device
    ) -> None:
        self._encode, self._X, self._X_test, self._device = encode, X, X_test, device
        self._propagation = Propagation()
        self._rows = np.empty(0, dtype=np.intp)

    def predict(self, y: np.ndarray, seed: int = 0) -> np.ndarray:
        """Return a label for every test sample.

        Parameters
        ----------
        y : ndarray of shape (n_samples,), int
            The labels of `X`; -1 where there is none.
        seed : int, default=0
            Chooses samples where there are too many for the graph.
        """
        rows = self._propagation.graph_rows(y, seed)
        if not np.array_equal(rows, self._rows):
            self._find_neighbors(rows)
        classes = np.unique(y[y >= 0])
        codes = np.where(y[rows] >= 0, np.searchsorted(classes, y[rows]), -1)
        shares = self._propagation.shares(self._graph, codes, len(classes))
        at_test = read_off(shares, self._reach, *self._near_test)
        return np.asarray(classes[at_test.argmax(axis=1)])

    def _find_neighbors(self, rows: np.ndarray) -> None:
        known = self._encoded(self._X, rows)
        k = self._propagation.n_neighbors
        self._graph, self._reach = neighbor_graph(known, k, self._device)
        tested = self._encoded(self._X_test, np.arange(len(self._X_test)))
        self._near_test = nearest_rows_on_device(tested, known, min(k, len(known)), self._device)
        self._rows = rows

    def _encoded(self, X: np.ndarray, rows: np.ndarray) -> np.ndarray:
        step = max(1, _BLOCK_VALUES // int(np.prod(X.shape[1:])))
        blocks = (rows[start : start + step] for start in range(0, len(rows), step))
        return np.concatenate([self._encode(X[block]).astype(np.float32) for block in blocks])
