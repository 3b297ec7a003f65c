"""The codes of a data set, beside its item names and labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._writing import atomic_write, save_array
from latens.applications.frames import beside_own, write_frame
from latens.data import Dataset
from latens.exceptions import DataError
from latens.pairwise import nearest_rows

if TYPE_CHECKING:
    import pandas

__all__ = ["Embedding", "embed_samples"]


@dataclass(frozen=True, eq=False)
class Embedding:
    """The codes of samples.

    Attributes
    ----------
    codes : ndarray of shape (n_samples, latent_dim)
    dataset : Dataset
        The samples, in the same order.
    clusters : ndarray of shape (n_samples,) or None
        The cluster of each, where its centers are known.
    """

    codes: np.ndarray
    dataset: Dataset
    clusters: np.ndarray | None = None

    @property
    def frame(self) -> "pandas.DataFrame":
        """A table of one row per sample: what it is known by, its code and its label, where there are any.

        Its first columns are "row", "file" or "id" where samples have names, and, of the data of a run,
        "part"; then "cluster", where clusters are known.
        """
        import pandas

        columns = [f"code_{at}" for at in range(self.codes.shape[1])]
        codes = pandas.DataFrame(self.codes, columns=columns)
        known = pandas.DataFrame(self.dataset.identity.columns())
        if self.clusters is not None:
            known["cluster"] = self.clusters
        frame = pandas.concat([known, codes], axis=1)
        y, names = self.dataset.y, self.dataset.names
        if y is not None and names is not None:
            frame["label"] = [names[code] if code >= 0 else None for code in y]
        return frame

    def write(self, path: str | Path) -> None:
        """Write the codes to a .npy file, or the table to a .csv or .parquet file, whole or not at all.

        Of data that are a table, the user's own columns stand behind it, as they are in the data.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        path = Path(path)
        if path.suffix != ".npy":
            write_frame(path, beside_own(self.frame, self.dataset.columns))
            return
        with atomic_write(path) as temporary:
            save_array(temporary, self.codes)


def embed_samples(model: Any, dataset: Dataset, *, centers: np.ndarray | None = None) -> Embedding:
    """Code every sample of a data set by a fitted model.

    Parameters
    ----------
    model : autoencoder
        Fitted.
    dataset : Dataset
    centers : ndarray of shape (k, latent_dim) or None, default=None
        Of clusters of codes, such as `run.array("centers_MODEL")`: each sample gets the nearest one's.

    Raises
    ------
    DataError
        If the samples have another shape than those that the model has learned from, or the centers other
        dimensions than its codes.

    Examples
    --------
    >>> from latens.applications import embed_samples
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(2, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> list(embed_samples(model, Dataset(X, item_names=tuple("abcdefgh" * 8))).frame.columns)
    ['row', 'id', 'code_0', 'code_1']
    """
    codes = model.transform(dataset.X)
    if centers is None:
        return Embedding(codes, dataset)
    if centers.ndim != 2 or centers.shape[1:] != codes.shape[1:]:
        raise DataError(
            f"The centers have the shape {centers.shape}, and codes {codes.shape[1]} dimensions."
        )
    return Embedding(codes, dataset, nearest_rows(codes, centers, 1)[1][:, 0])
