"""From a run folder to what there is to explore."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from latens._columns import OwnColumn
from latens._identity import HELD_OUT, PARTS, TRAINED_ON
from latens._text import one_line
from latens.exceptions import RunError
from latens.explorer.decoders import read_decoder
from latens.explorer.exploration import Codes, Column, Exploration, Map
from latens.explorer.keeping import Keeping
from latens.explorer.limits import Limits
from latens.explorer.table_columns import described_columns
from latens.runs import ResultRow, Run, StoredImages, array_names, labels_of

__all__ = ["read_exploration"]

_NO_LABEL = -1
# Rows travel as 32 bits, and so do values; the largest leave room for a difference.
_MOST_ROWS, _LARGEST = 2**31, 1e37
# Labels of samples that are not on the maps, of 100 bytes each.
_MOST_ELSEWHERE = 2_000
# What one file of a picture can be.
_LONGEST_SIDE = 2**15
# What the arrays of a map start with, and what its name does: the first words tell long names apart.
_KINDS_OF_MAPS = {"map": "", "umap": "UMAP of ", "plane": "two components of "}


def read_exploration(run: Run, limits: Limits) -> Exploration:
    """Read what an explorer shows of a run: the samples that are on its maps, held-out ones first.

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
        self.data = self.info.data
        self.representations = _representations(run.results.rows)
        if array_names.MAP_ROWS not in self.names:
            is_done = self.info.status == "complete"
            raise RunError(
                f"The run '{run.path}' has no maps to explore. They are drawn at the end of `latens run`, "
                "for 20 held-out samples or more" + ("." if is_done else f". {run.way_on}")
            )
        self.identity = run.identity
        places = self._places(array_names.MAP_ROWS)
        self.n_on_map = len(places)
        self.n_samples = self.n_on_map if self.identity.rows is None else len(self.identity.rows)
        self.kept = self._kept(places)
        self.places = places[self.kept]
        known = self.identity.rows
        self.rows = self.places if known is None else known[self.places]
        if self.rows.max() >= _MOST_ROWS:
            raise self._damaged(array_names.ROWS, "row numbers")
        part = self.identity.part
        self.is_held_out = (
            np.ones(len(self.places), bool) if part is None else part[self.places] == HELD_OUT
        )
        self.scored = {part: self._places_among_scored(part) for part in ("test", "train")}

    def _kept(self, places: np.ndarray) -> np.ndarray:
        """Which points are shown: where there is no room for all, a share of each part and cluster.

        Labels have no say, so that what a label tells of the sample is true of all. The samples that the
        report names are always among them.
        """
        if len(places) <= self.limits.points:
            return np.arange(len(places))
        part = self.identity.part
        strata = np.zeros(len(places), np.int64) if part is None else part[places].astype(np.int64)
        first = next((array_names.clusters(name, "map") for name in self.models), "")
        if first in self.names:
            clusters = self._cluster_numbers(first, self.n_on_map)
            strata = strata * (int(clusters.max()) + 1) + clusters
        return _shares(strata, self._named(places), self.limits.points)

    def _named(self, places: np.ndarray) -> np.ndarray:
        """Which points the report shows by themselves."""
        if array_names.EXAMPLE_ROWS not in self.names:
            return np.zeros(len(places), bool)
        return np.isin(places, self._places(array_names.EXAMPLE_ROWS))

    def exploration(self) -> Exploration:
        """Everything, in the order that the run has it."""
        maps = tuple(self._maps())
        if not maps:
            raise RunError(f"The run '{self.run.path}' has no maps to explore, only their rows.")
        codes = tuple(self._codes())
        return Exploration(
            name=self.data.name or "unnamed data",
            rows=self.rows,
            n_samples=self.n_samples,
            maps=maps,
            columns=tuple(self._columns()),
            codes=codes,
            images=self._images(),
            sample_shape=tuple(self.data.sample_shape),
            feature_names=tuple(self.data.feature_names or ()) or None,
            table_columns=described_columns(self.data.table),
            fingerprint=self.data.fingerprint or "",
            kept=self._added(codes),
        )

    def _added(self, codes: tuple[Codes, ...]) -> dict[str, Any]:
        first = codes[0].values if codes else None
        return Keeping(self.run, self.rows, first, most_elsewhere=_MOST_ELSEWHERE).read()

    @property
    def models(self) -> dict[str, str]:
        """The representations that have codes of their own."""
        return {
            name: label
            for name, label in self.representations.items()
            if array_names.codes(name) in self.names
        }

    def _maps(self) -> Iterator[Map]:
        for kind, words in _KINDS_OF_MAPS.items():
            for name, label in self.representations.items():
                if array_names.map_of(name, kind) in self.names:
                    places = self._array(array_names.map_of(name, kind), self.n_on_map, ndim=2)
                    if places.shape[1] != 2:
                        raise self._damaged(
                            array_names.map_of(name, kind), "two numbers for each sample"
                        )
                    yield Map(words + label, _single(places[self.kept]))

    def _columns(self) -> Iterator[Column]:
        yield from self._identity()
        labels = self._labels()
        if labels is not None:
            yield labels
        for name, label in self.representations.items():
            if array_names.clusters(name) in self.names:
                yield Column(f"cluster, {label}", *self._clusters(name), "cluster")
        for name, label in self.representations.items():
            if array_names.errors(name) in self.names:
                errors = np.full(len(self.places), np.nan)
                which, values = self._of_scored(array_names.errors(name), "test")
                errors[which] = _single(values)
                yield Column(f"error, {label}", errors, role="error")
        yield from self._own()
        yield from self._items()

    def _identity(self) -> Iterator[Column]:
        """What every point is known by."""
        known = self.identity
        yield Column(known.row_name, self.rows.astype(np.float64), role="row")
        if known.ids is not None:
            names = [known.ids[place] or None for place in self.places.tolist()]
            if any(names):
                yield replace(_item(known.id_name, names), role="id")
        if known.part is not None:
            yield Column("part", known.part[self.places].astype(np.int64), PARTS, "part")

    def _clusters(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """The cluster of every point, -1 where it is not known, and the names of all clusters."""
        on_map = array_names.clusters(name, "map")
        if on_map in self.names:
            found = self._cluster_numbers(on_map, self.n_on_map)[self.kept]
        else:
            found = np.full(len(self.places), _NO_LABEL)
            for part, _ in self._parts():
                array = array_names.clusters(name, part)
                if array in self.names:
                    which, clusters = self._at_scored(self._cluster_numbers(array), array, part)
                    found[which] = clusters
        return found, tuple(str(one) for one in range(int(found.max()) + 1))

    def _cluster_numbers(self, array: str, rows: int | None = None) -> np.ndarray:
        clusters = self._integers(array, rows)
        # A number beyond the rows is no cluster; whoever counts to it runs out of memory.
        if not 0 <= clusters.min() <= clusters.max() < len(clusters):
            raise self._damaged(array, "numbers of clusters, fewer than it has rows")
        return clusters

    def _parts(self) -> Iterator[tuple[str, np.ndarray]]:
        """The parts that points are of, and which points are of each."""
        for part, of_part in (("test", self.is_held_out), ("train", ~self.is_held_out)):
            if of_part.any():
                yield part, of_part

    def _labels(self) -> Column | None:
        if array_names.labels("test") not in self.names:
            return None
        given = tuple(self.data.names or ())
        labels = np.full(len(self.places), _NO_LABEL)
        for part, of_part in self._parts():
            name = array_names.labels(part)
            y = self._integers(name)
            code = HELD_OUT if part == "test" else TRAINED_ON
            numbers = self.identity.to_numbers(self.places[of_part], code)
            if len(y) <= numbers.max():
                raise RunError(f"'{self.run.path}/arrays/{name}.npy' has fewer rows than the maps.")
            if y.max() >= max(len(y), len(given)):
                raise self._damaged(name, "numbers of classes, fewer than it has rows")
            labels[of_part] = y[numbers]
        names = given + tuple(str(one) for one in range(len(given), int(labels.max()) + 1))
        return Column("label", np.where(labels < 0, _NO_LABEL, labels), names, "label")

    def _own(self) -> Iterator[Column]:
        """The user's own columns as they stand, of these samples and no others."""
        room = self.limits.columns
        for column in self.run.columns():
            shown = _own_column(column.at(self.places))
            texts = sum(len(one.encode("utf-8", "replace")) + 3 for one in shown.names or ())
            size = 8 * len(self.places) + texts
            if size <= room:
                room -= size
                yield shown

    def _items(self) -> Iterator[Column]:
        """Further facts about the samples on the maps, such as their file names."""
        columns = self.run.items.columns
        if self.identity.ids is not None:  # version 0.1 has the names here
            columns = {name: values for name, values in columns.items() if name != "file"}
        for name, values in columns.items():
            if len(values) != self.n_on_map:
                raise RunError(
                    f"The column {one_line(name)[:40]!r} of '{self.run.path}/items.json' should be a list of "
                    f"{self.n_on_map} values, one for each row of the maps."
                )
            yield _item(name, [values[at] for at in self.kept])

    def _codes(self) -> Iterator[Codes]:
        room = self.limits.weights
        for name, label in self.models.items():
            values = self._code_values(name)
            read = read_decoder(self.run.model_path(name), values, most_numbers=room)
            room -= read.numbers
            yield Codes(label, values, read.decoder, read.why_not)

    def _code_values(self, name: str) -> np.ndarray:
        on_map = array_names.codes(name, "map")
        if on_map in self.names:
            return _single(self._array(on_map, self.n_on_map, ndim=2)[self.kept])
        parts = [
            self._of_scored(array_names.codes(name, part), part, ndim=2)
            for part, _ in self._parts()
        ]
        if len({codes.shape[1] for _, codes in parts}) > 1:
            raise self._damaged(array_names.codes(name, "train"), "codes as the held-out ones are")
        if sum(len(which) for which, _ in parts) < len(self.places):
            raise RunError(f"The maps of '{self.run.path}' show rows that are not scored.")
        values = np.empty((len(self.places), parts[0][1].shape[1]), np.float32)
        for which, codes in parts:
            values[which] = _single(codes)
        return values

    def _images(self) -> StoredImages | None:
        if array_names.MAP_IMAGES not in self.names:
            return None
        images = self.run.images(array_names.MAP_IMAGES)
        sides = images.shape[1:3]
        if len(images) != self.n_on_map or len(images.shape) != 1 + len(self.data.sample_shape):
            raise self._damaged(
                array_names.MAP_IMAGES, f"{self.n_on_map} images, as the maps have samples"
            )
        if max(sides) > _LONGEST_SIDE:
            raise self._damaged(
                array_names.MAP_IMAGES, f"images of at most {_LONGEST_SIDE:,} pixels a side"
            )
        return images[self.kept]

    def _places_among_scored(self, part: str) -> np.ndarray:
        """Where the points of a part stand among its scored rows; -1 for those that are not scored."""
        points = self.places[self.is_held_out if part == "test" else ~self.is_held_out]
        if not len(points):
            return points
        if array_names.scored(part) not in self.names:
            return self.identity.to_numbers(points, HELD_OUT if part == "test" else TRAINED_ON)
        scored = self._places(array_names.scored(part))
        places = np.searchsorted(scored, points).clip(0, len(scored) - 1)
        return np.where(scored[places] == points, places, -1)

    def _of_scored(self, name: str, part: str, *, ndim: int = 1) -> tuple[np.ndarray, np.ndarray]:
        return self._at_scored(self._array(name, None, ndim=ndim), name, part)

    def _at_scored(self, array: np.ndarray, name: str, part: str) -> tuple[np.ndarray, np.ndarray]:
        """Which points of a part an array of its scored rows knows, and what of them."""
        places, scored = self.scored[part], array_names.scored(part)
        n = len(self._integers(scored)) if scored in self.names else len(array)
        if len(array) != n or n <= places.max(initial=-1):
            raise self._damaged(name, "a row for each scored sample")
        which = np.flatnonzero(self.is_held_out if part == "test" else ~self.is_held_out)
        return which[places >= 0], np.asarray(array[places[places >= 0]])

    def _places(self, name: str) -> np.ndarray:
        """The places of samples among all, whatever the run counts them within."""
        known = self.identity
        numbers = self._integers(name)
        places = numbers if self.run.has_places else self._to_places(numbers, name)
        most = _MOST_ROWS if known.rows is None else len(known.rows)
        if places.min() < 0 or places.max() >= most:
            raise self._damaged(name, "places of samples")
        return places

    def _to_places(self, numbers: np.ndarray, name: str) -> np.ndarray:
        held_out = self.identity.held_out
        if held_out is not None and not 0 <= numbers.min() <= numbers.max() < len(held_out):
            raise self._damaged(name, "numbers of held-out samples")
        return self.identity.to_places(numbers)

    def _integers(self, name: str, rows: int | None = None) -> np.ndarray:
        array = self._array(name, rows, ndim=1)
        if array.dtype.kind not in "iu":
            raise self._damaged(name, "integers")
        return np.array(array, dtype=np.int64)

    def _damaged(self, name: str, wanted: str) -> RunError:
        return RunError(f"'{self.run.path}/arrays/{name}.npy' should hold {wanted}.")

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


def _shares(strata: np.ndarray, is_kept: np.ndarray, n: int) -> np.ndarray:
    """Places of `n` of many samples: all that are to be kept, and of the others a share of each stratum.

    The order is kept, and samples of a stratum are evenly spread over it.
    """
    kept = np.flatnonzero(is_kept)[:n]
    others = np.setdiff1d(np.arange(len(strata)), kept)
    # One behind the other, so that evenly spread places are an even share of each.
    others = others[np.argsort(strata[others], kind="stable")]
    room = n - len(kept)
    drawn = others[((np.arange(room) + 0.5) * len(others) / max(1, room)).astype(int)]
    return np.sort(np.concatenate([kept, drawn]))


def _representations(rows: list[ResultRow]) -> dict[str, str]:
    """Every representation and what people call it, models first."""
    models_first = sorted(rows, key=lambda row: row.is_baseline)
    labels = labels_of(models_first)
    return {
        name: labels[name] for name in dict.fromkeys(row.representation for row in models_first)
    }


def _single(values: np.ndarray) -> np.ndarray:
    """Numbers in single precision, whose differences are numbers, too."""
    return np.asarray(values, np.float64).clip(-_LARGEST, _LARGEST).astype(np.float32)


def _own_column(column: OwnColumn) -> Column:
    """A column of numbers, or of cells as they stand: none that stands only in rows which are not shown."""
    kind, numbers = column.kind, column.numbers
    if kind == "number" and not column.is_text:
        assert numbers is not None
        # The largest have no single precision, and no page has room for infinities.
        values = np.where(np.isfinite(numbers), numbers.clip(-_LARGEST, _LARGEST), np.nan)
        return Column(column.name, values, role="own", kind=kind)
    cells = column.cells()
    shown = replace(_named(column.name, cells), role="own", kind=kind)
    if kind == "text" or numbers is None:
        return shown
    meanings = np.full(len(shown.names or ()), np.nan)
    known = shown.values >= 0
    meanings[shown.values[known]] = numbers[known]
    return replace(shown, meanings=meanings)


def _named(name: str, cells: Sequence[str | None]) -> Column:
    """A column of words as categories."""
    words = np.array(["" if one is None else one for one in cells], dtype=object)
    is_gap = np.array([one is None for one in cells])
    names, codes = np.unique(words[~is_gap], return_inverse=True)
    values = np.full(len(cells), _NO_LABEL)
    values[~is_gap] = codes
    return Column(name, values, tuple(names))


def _item(name: str, values: Sequence[Any]) -> Column:
    """A column of numbers, or of words as categories."""
    if all(one is None or isinstance(one, int | float) for one in values):
        return Column(name, np.array([np.nan if one is None else one for one in values], float))
    return _named(name, [None if one is None else str(one) for one in values])
