"""Vectors in memory, searched exactly."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from latens.applications.search.geometry import GEOMETRIES
from latens.applications.search.store import Distances, Places, Store
from latens.exceptions import DataError
from latens.pairwise import NearestRows

__all__ = ["DenseStore"]

_SINGLE = ("float16", "float32", "uint8", "int8", "int16", "uint16", "bool")


class DenseStore(Store):
    """Rows of float32, or of float64 where the first ones came in a type that float32 cannot hold.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}
    width : int
    """

    def __init__(self, metric: str, width: int) -> None:
        self.geometry = GEOMETRIES[metric]
        self.width = width
        self.rows: npt.NDArray[Any] | None = None

    def __len__(self) -> int:
        return 0 if self.rows is None else len(self.rows)

    def prepared(self, X: Any) -> npt.NDArray[Any]:
        if X.dtype.kind not in "biuf":
            raise DataError(f"X must hold real numbers. Got an array of {X.dtype} instead.")
        dtype = self._type_for(X) if self.rows is None else self.rows.dtype
        with np.errstate(over="ignore"):  # what float32 cannot hold is named below
            rows = np.asarray(self.geometry.mapped(X.astype(dtype)))
        wrong = np.flatnonzero(~np.isfinite(rows).all(axis=1))
        if len(wrong):
            raise DataError(
                f"X must hold finite numbers. Row {wrong[0]} has one that is NaN, infinite or too large for "
                f"{dtype}; {len(wrong)} rows have."
            )
        return rows

    def append(self, items: Any) -> None:
        self._change(items if self.rows is None else np.concatenate([self.rows, items]))

    def keep(self, is_kept: npt.NDArray[np.bool_]) -> None:
        if self.rows is not None:
            self._change(self.rows[is_kept])

    def take(self, places: Places) -> Any:
        assert self.rows is not None
        return self.rows[places]

    def nearest(self, items: Any, k: int) -> tuple[Distances, Places]:
        distances, places = self._search.search(items, k)
        return self.geometry.distance(distances), places

    def pairs_within(self, limit: float) -> Iterator[tuple[Places, Places]]:
        return self._search.pairs_within(self.geometry.euclidean(limit))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        return {} if self.rows is None else {"rows": self.rows}

    @classmethod
    def of(cls, metric: str, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        store, rows = cls(metric, width), arrays["rows"]
        is_kept = rows.dtype.kind == "f" and store._type_for(rows) == rows.dtype
        if not is_kept or rows.ndim != 2 or rows.shape[1] != width + store.geometry.more:
            raise ValueError(f"rows of {rows.dtype} and shape {rows.shape} for a width of {width}")
        store.rows = rows
        return store

    @cached_property
    def _search(self) -> NearestRows:
        assert self.rows is not None
        return NearestRows(self.rows)

    def _type_for(self, X: npt.NDArray[Any]) -> np.dtype[Any]:
        return np.dtype(np.float32 if X.dtype.name in _SINGLE else np.float64)

    def _change(self, rows: npt.NDArray[Any]) -> None:
        self.rows = rows
        self.__dict__.pop("_search", None)
