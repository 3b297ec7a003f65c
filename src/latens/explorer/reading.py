"""From a run folder to what there is to explore."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from latens.exceptions import RunError
from latens.explorer.decoders import read_decoder
from latens.explorer.exploration import Codes, Column, Exploration, Map
from latens.explorer.limits import Limits
from latens.runs import Run

__all__ = ["read_exploration"]

_BASELINES = ("raw", "pca", "umap")
_NO_LABEL = -1
# What the arrays of a map start with, and what its name does: the first words tell long names apart.
_KINDS_OF_MAPS = {"map": "", "umap": "UMAP of ", "plane": "two components of "}


def read_exploration(run: Run, limits: Limits) -> Exploration:
    """Read what an explorer shows of a run: the held-out samples that are on its maps.

    Parameters
    ----------
    run : Run
        Maps are needed; of everything else what is there is shown.
    limits : Limits

    Raises
    ------
    RunError
        If the run has no maps yet, or is damaged.
    """
    return _Reader(run, limits).exploration()


class _Reader:
    """Reads a run once; every array is held against the number of points."""

    def __init__(self, run: Run, limits: Limits) -> None:
        self.run, self.limits = run, limits
        self.names = set(run.arrays())
        self.info = run.info
        self.results = _mapping(run.read("results")) if run.has("results") else {}
        self.data = _mapping(self.info.get("data"))
        if "map_rows" not in self.names:
            is_done = self.info.get("status") == "complete"
            raise RunError(
                f"The run '{run.path}' has no maps to explore. They are drawn at the end of `latens run`, "
                "for 20 held-out samples or more" + ("." if is_done else f". {run.way_on}")
            )
        rows = self._integers("map_rows")
        self.n_on_map = len(rows)
        self.kept = np.linspace(0, len(rows) - 1, min(limits.points, len(rows))).astype(int)
        self.rows = rows[self.kept]
        self.scored = self._places_among_scored()

    def exploration(self) -> Exploration:
        """Everything, in the order that the run has it."""
        maps = tuple(self._maps())
        if not maps:
            raise RunError(f"The run '{self.run.path}' has no maps to explore, only their rows.")
        return Exploration(
            name=str(self.data.get("name") or "unnamed data"),
            rows=self.rows,
            maps=maps,
            columns=tuple(self._columns()),
            codes=tuple(self._codes()),
            images=self._images(),
            sample_shape=tuple(int(side) for side in self.data.get("sample_shape") or ()),
            feature_names=_names(self.data.get("feature_names")),
        )

    @property
    def representations(self) -> dict[str, str]:
        """Every representation and what people call it, models first."""
        rows = [_mapping(row) for row in self.results.get("rows") or ()]
        known = {str(row.get("representation")): row for row in rows}
        order = sorted(known, key=lambda name: known[name].get("kind") in _BASELINES)
        labels = [str(known[name].get("label") or name) for name in order]
        return {
            name: label if labels.count(label) == 1 else f"{label}, {known[name].get('numbers')}"
            for name, label in zip(order, labels, strict=True)
        }

    @property
    def models(self) -> dict[str, str]:
        """The representations that have codes of their own."""
        return {
            name: label
            for name, label in self.representations.items()
            if f"codes_{name}_test" in self.names
        }

    def _maps(self) -> Iterator[Map]:
        for kind, words in _KINDS_OF_MAPS.items():
            for name, label in self.representations.items():
                if f"{kind}_{name}" in self.names:
                    places = self._array(f"{kind}_{name}", self.n_on_map, ndim=2)
                    yield Map(words + label, np.asarray(places[self.kept], dtype=np.float32))

    def _columns(self) -> Iterator[Column]:
        labels = self._labels()
        if labels is not None:
            yield labels
        for name, label in self.representations.items():
            if f"clusters_{name}_test" in self.names:
                clusters = self._of_scored(f"clusters_{name}_test").astype(np.int64)
                names = tuple(str(one) for one in range(int(clusters.max()) + 1))
                yield Column(f"cluster, {label}", clusters, names, "cluster")
        for name, label in self.representations.items():
            if f"errors_{name}_test" in self.names:
                errors = self._of_scored(f"errors_{name}_test").astype(np.float32)
                yield Column(f"error, {label}", errors, role="error")
        yield Column("row", self.rows.astype(np.float64), role="row")
        yield from self._items()

    def _labels(self) -> Column | None:
        if "y_test" not in self.names:
            return None
        y = self._integers("y_test")
        if len(y) <= self.rows.max():
            raise RunError(f"'{self.run.path}/arrays/y_test.npy' has fewer rows than the maps.")
        labels = y[self.rows]
        given = _names(self.data.get("names")) or ()
        n = max(len(given), int(labels.max()) + 1)
        names = given + tuple(str(one) for one in range(len(given), n))
        return Column("label", np.where(labels < 0, _NO_LABEL, labels), names, "label")

    def _items(self) -> Iterator[Column]:
        """Further facts about the samples on the maps, such as their file names."""
        items = _mapping(self.run.read("items")) if self.run.has("items") else {}
        for name, values in _mapping(items.get("columns")).items():
            if not isinstance(values, list) or len(values) != self.n_on_map:
                raise RunError(
                    f"The column {name[:40]!r} of '{self.run.path}/items.json' should be a list of "
                    f"{self.n_on_map} values, one for each row of the maps."
                )
            yield _item(str(name), [values[at] for at in self.kept])

    def _codes(self) -> Iterator[Codes]:
        room = self.limits.weights
        for name, label in self.models.items():
            values = self._of_scored(f"codes_{name}_test", ndim=2).astype(np.float32)
            read = read_decoder(self.run.model_path(name), values, most_numbers=room)
            room -= read.numbers
            yield Codes(label, values, read.decoder, read.why_not)

    def _images(self) -> np.ndarray | None:
        if "map_images" not in self.names:
            return None
        ndim = 1 + len(self.data.get("sample_shape") or ())
        images = self._array("map_images", self.n_on_map, ndim=ndim)
        return images if len(self.kept) == len(images) else images[self.kept]

    def _places_among_scored(self) -> np.ndarray:
        """Where the points stand among the scored rows, of which clusters and codes are known."""
        if "scored_test" not in self.names:
            return self.rows
        scored = self._integers("scored_test")
        places = np.searchsorted(scored, self.rows).clip(0, len(scored) - 1)
        if not np.array_equal(scored[places], self.rows):
            raise RunError(f"The maps of '{self.run.path}' show rows that are not scored.")
        return places

    def _of_scored(self, name: str, *, ndim: int = 1) -> np.ndarray:
        array = self._array(name, None, ndim=ndim)
        if len(array) <= self.scored.max():
            raise RunError(f"'{self.run.path}/arrays/{name}.npy' has too few rows.")
        return np.asarray(array[self.scored])

    def _integers(self, name: str) -> np.ndarray:
        array = self._array(name, None, ndim=1)
        if array.dtype.kind not in "iu":
            raise RunError(f"'{self.run.path}/arrays/{name}.npy' should hold integers.")
        return np.asarray(array, dtype=np.int64)

    def _array(self, name: str, rows: int | None, *, ndim: int) -> np.ndarray:
        array = self.run.array(name)
        is_right = array.ndim == ndim and array.size and array.dtype.kind in "biuf"
        if not is_right or (rows is not None and len(array) != rows):
            wanted = "" if rows is None else f" and {rows} rows"
            raise RunError(
                f"'{self.run.path}/arrays/{name}.npy' should be numbers of {ndim} dimensions{wanted}. "
                f"Got {array.dtype} of shape {array.shape} instead."
            )
        return array


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: Any) -> tuple[str, ...] | None:
    return tuple(str(one) for one in value) if value else None


def _item(name: str, values: Sequence[Any]) -> Column:
    """A column of numbers, or of words as categories."""
    if all(one is None or isinstance(one, int | float) for one in values):
        return Column(name, np.array([np.nan if one is None else one for one in values], float))
    words = ["" if one is None else str(one) for one in values]
    names, codes = np.unique(np.array(words, dtype=object), return_inverse=True)
    missing = np.array([one is None for one in values])
    return Column(name, np.where(missing, _NO_LABEL, codes), tuple(names))
