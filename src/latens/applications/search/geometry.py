"""How a metric is computed as Euclidean distance: by what becomes of rows, and of distances."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["GEOMETRIES", "Cosine", "Euclidean", "Geometry"]

Values = npt.NDArray[np.float64]


class Geometry(ABC):
    """A metric that is a growing function of the Euclidean distance between mapped rows.

    Attributes
    ----------
    more : int
        Columns that mapped rows have beyond those of the items.
    """

    more: ClassVar[int] = 0

    @abstractmethod
    def mapped(self, rows: Any) -> Any:
        """Return rows, dense or sparse, as they are stored."""

    @abstractmethod
    def distance(self, euclidean: Values) -> Values:
        """Return the metric of stored rows from their Euclidean distance."""

    @abstractmethod
    def euclidean(self, distance: float) -> float:
        """Return the Euclidean distance that a value of the metric stands for."""


class Euclidean(Geometry):
    """The distance itself."""

    def mapped(self, rows: Any) -> Any:
        return rows

    def distance(self, euclidean: Values) -> Values:
        return euclidean

    def euclidean(self, distance: float) -> float:
        return distance


class Cosine(Geometry):
    """1 minus the cosine, in [0, 2].

    Rows become directions of length 1. A row of zeros has none: it gets a direction of its own, in a
    column more, so that it is at 1 from all others and at 0 from others of its kind.
    """

    more = 1

    def mapped(self, rows: Any) -> Any:
        if sparse.issparse(rows):
            largest = np.asarray(abs(rows).max(axis=1).todense(), dtype=np.float64).ravel()
            scaled = sparse.diags_array(1 / np.where(largest > 0, largest, 1)) @ rows
            length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
            units = sparse.diags_array(1 / np.where(length > 0, length, 1)) @ scaled
            return sparse.csr_array(sparse.hstack([units, (length == 0)[:, None].astype(float)]))
        # Brought near one first, so that squares neither overflow nor vanish.
        largest = np.abs(rows).max(axis=1, keepdims=True)
        scaled = rows / np.where(largest > 0, largest, 1)
        length = np.linalg.norm(scaled, axis=1, keepdims=True)
        units = scaled / np.where(length > 0, length, 1)
        return np.concatenate([units, length == 0], axis=1, dtype=rows.dtype)

    def distance(self, euclidean: Values) -> Values:
        return euclidean**2 / 2

    def euclidean(self, distance: float) -> float:
        return float(np.sqrt(2 * distance))


GEOMETRIES: dict[str, Geometry] = {"euclidean": Euclidean(), "cosine": Cosine()}
