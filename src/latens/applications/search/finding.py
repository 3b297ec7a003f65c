"""Neighbors and near-duplicates of samples as findings: names, distances, a sentence and pictures."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from latens._identity import PARTS, Identity
from latens.applications.search.differing_columns import DifferingColumns
from latens.applications.search.items import SearchItems
from latens.applications.search.similarity_index import Neighbors
from latens.applications.wording import counted
from latens.data import Dataset
from latens.exceptions import DataError, ParameterError
from latens.runs import Finding, Mosaic, Table

__all__ = [
    "Answer",
    "DuplicateFinding",
    "Member",
    "Neighbor",
    "NeighborFinding",
    "duplicates_headline",
    "find_near_duplicates",
    "find_neighbors",
    "nearest_headline",
]

# What the report shows; the finding has all of it.
_SHOWN_QUERIES, _SHOWN_GROUPS, _SHOWN_MEMBERS = 12, 12, 8
_MOST_DIGITS = 20
# Of so many queries it is said in which columns neighbors differ, which takes milliseconds for each.
_MOST_DESCRIBED = 100


@dataclass(frozen=True)
class Neighbor:
    """A sample that is near to a query.

    Attributes
    ----------
    row : int
        Its row number in the data that were searched.
    name : str or None
        Its file, or the cell of the column of names.
    part : str or None
        "train" or "held-out", of the data of a run.
    distance : float
    label : str or None
    differs : str or None
        In which columns of a table it differs most from the query.
    """

    row: int
    name: str | None
    part: str | None
    distance: float
    label: str | None
    differs: str | None = None


@dataclass(frozen=True)
class Answer:
    """The neighbors of one query, the nearest first."""

    query: str
    neighbors: tuple[Neighbor, ...]


@dataclass(frozen=True, eq=False)
class NeighborFinding:
    """The samples most like each query.

    Attributes
    ----------
    sentence : str
    distance : str
        What distances are, in words.
    answers : tuple of Answer
        One for each query.
    id_name : str
        What the column of names is called: "file" or "id".
    notes : tuple of str
        What was changed in the queries, or left out.
    mosaics : tuple of Mosaic
        The first queries beside their neighbors; none for tables.
    """

    sentence: str
    distance: str
    answers: tuple[Answer, ...]
    notes: tuple[str, ...] = ()
    mosaics: tuple[Mosaic, ...] = ()
    id_name: str = "id"

    def table(self, most: int | None = None) -> Table:
        """Return the neighbors as rows, of at most this many queries."""
        near = [(one.query, hit) for one in self.answers[:most] for hit in one.neighbors]
        title = f"Nearest to {_called([one.query for one in self.answers])}"
        columns: dict[str, list[Any]] = {
            "query": [query for query, _ in near],
            "row": [str(hit.row) for _, hit in near],  # it is a name, without marks of thousands
            self.id_name: [hit.name for _, hit in near],
            "part": [hit.part for _, hit in near],
            "distance": [hit.distance for _, hit in near],
            "label": [hit.label for _, hit in near],
            "differs most in": [hit.differs for _, hit in near],
        }
        return _table(title, columns, f"Distance: {self.distance}.")

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        queries = [
            {
                "query": one.query,
                "neighbours": [_named(near, self.id_name) for near in one.neighbors],
            }
            for one in self.answers
        ]
        return {"distance": self.distance, "queries": queries}

    def to_finding(self) -> Finding:
        """Return the finding as a run keeps it and a report shows it."""
        question = "Which samples are most like a query?"
        return Finding(question, self.sentence, (self.table(_SHOWN_QUERIES),), self.mosaics)


@dataclass(frozen=True)
class Member:
    """A sample of a group of near-duplicates; its attributes are those of `Neighbor`."""

    row: int
    name: str | None
    part: str | None
    label: str | None


@dataclass(frozen=True, eq=False)
class DuplicateFinding:
    """Groups of samples that are nearly the same.

    Attributes
    ----------
    sentence : str
    distance : str
        What distances are, in words.
    threshold : float
        How far apart near-duplicates may be.
    groups : tuple of tuple of Member
        The largest group first.
    mosaics : tuple of Mosaic
        The first groups side by side; none for tables.
    """

    sentence: str
    distance: str
    threshold: float
    groups: tuple[tuple[Member, ...], ...]
    mosaics: tuple[Mosaic, ...] = ()
    id_name: str = "id"

    def table(self, most: int | None = None) -> Table:
        """Return the members of the groups as rows: of at most this many groups the first members."""
        members = [
            (number, len(group), one)
            for number, group in enumerate(self.groups[:most], start=1)
            for one in (group if most is None else group[:_SHOWN_MEMBERS])
        ]
        columns: dict[str, list[Any]] = {
            "group": [number for number, _, _ in members],
            "samples": [n for _, n, _ in members],
            "row": [str(one.row) for *_, one in members],
            self.id_name: [one.name for *_, one in members],
            "part": [one.part for *_, one in members],
            "label": [one.label for *_, one in members],
        }
        note = f"At most {self.threshold:.4g} apart ({self.distance})."
        if most is not None and any(len(group) > _SHOWN_MEMBERS for group in self.groups[:most]):
            note += f" Of each group the first {_SHOWN_MEMBERS}."
        return _table("Near-duplicates", columns, note)

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        groups = [[_named(one, self.id_name) for one in group] for group in self.groups]
        return {"distance": self.distance, "threshold": self.threshold, "groups": groups}

    def to_finding(self) -> Finding:
        """Return the finding as a run keeps it and a report shows it."""
        question = "Which samples are nearly the same?"
        return Finding(question, self.sentence, (self.table(_SHOWN_GROUPS),), self.mosaics)


def find_neighbors(
    items: SearchItems, query: int | str | Path | Dataset, *, k: int = 10, bits: int | None = None
) -> NeighborFinding:
    """Find the samples that are most like a query, by the distances of their codes.

    Parameters
    ----------
    items : SearchItems
    query : int, str, path or Dataset
        A row number of the data; a file of an image or of many queries, else the row number or the name of a
        sample; or the queries themselves.
    k : int in [1, inf), default=10
        Neighbors of each query; at most all samples are.
    bits : int or None, default=None
        Compare this many bits of each code. None: the codes as they are.

    Raises
    ------
    DataError
        If there is no such row, or the queries cannot be read or have another shape.
    ParameterError
        If the codes cannot have this many bits.

    Examples
    --------
    >>> from latens.applications import SearchItems, find_neighbors
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> found = find_neighbors(SearchItems.of_model(model, Dataset(X)), 7, k=2)
    >>> found.answers[0].query, len(found.answers[0].neighbors)
    ('row 7', 2)
    """
    index, n, known = items.searchable(bits), len(items.dataset), items.identity
    place = _place_meant(query, known)
    if place is None:
        assert not isinstance(query, int)
        asked = query if isinstance(query, Dataset) else items.query(query)
        X, notes = asked.X, asked.notes
        names = list(asked.item_names or map(asked.identity.label, range(len(X))))
        near = index.index.search(index.items(items.model.transform(X)), k=min(k, n))
    else:
        X, names, notes = items.dataset.X[[place]], [known.label(place)], ()
        near = index.index.neighbors([place], min(k, n - 1))
    return NeighborFinding(
        nearest_headline(n, _called(names), items.model_name, index.distance),
        index.distance,
        _answers(items, X, names, near),
        notes,
        _beside(items, X[:_SHOWN_QUERIES], names, near.ids[:_SHOWN_QUERIES]),
        known.id_name,
    )


def find_near_duplicates(
    items: SearchItems, threshold: float | None = None, *, bits: int | None = None
) -> DuplicateFinding:
    """Find groups of samples that are nearly the same, by the distances of their codes.

    Parameters
    ----------
    items : SearchItems
    threshold : float in [0, inf) or None, default=None
        How far apart they may be. None: a tenth of the median distance between nearest neighbors.
    bits : int or None, default=None
        Compare this many bits of each code; they need a threshold.

    Raises
    ------
    ParameterError
        If bits have no threshold, or the codes cannot have this many.

    Examples
    --------
    >>> from latens.applications import SearchItems, find_near_duplicates
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> twice = SearchItems.of_model(model, Dataset(np.concatenate([X, X[:1]])))
    >>> [[one.row for one in group] for group in find_near_duplicates(twice, 1e-6).groups]
    [[0, 64]]
    """
    found = items.searchable(bits)
    if found.index.metric == "hamming" and threshold is None:
        raise ParameterError(
            "Samples with equal bits are alike, not duplicates, so bits have no usual threshold. Choose "
            "a `model` with real codes, or give `threshold` as a number of bits."
        )
    near = found.index.near_duplicates(threshold)
    groups = tuple(
        tuple(Member(*_known(items, int(at)), items.label(int(at))) for at in group)
        for group in near.groups
    )
    sentence = duplicates_headline(
        sum(map(len, groups)),
        len(items.dataset),
        len(groups),
        model=items.model_name,
        threshold=near.threshold,
        distance=found.distance,
    )
    pictures = _side_by_side(items, near.groups[:_SHOWN_GROUPS])
    id_name = items.identity.id_name
    return DuplicateFinding(sentence, found.distance, near.threshold, groups, pictures, id_name)


def _table(title: str, columns: dict[str, list[Any]], note: str) -> Table:
    """A table of those columns that say something."""
    told = {name: values for name, values in columns.items() if any(v is not None for v in values)}
    rows = tuple(zip(*(told or columns).values(), strict=True))
    return Table(title, tuple(told or columns), rows, note)


def _named(sample: "Neighbor | Member", id_name: str) -> dict[str, Any]:
    """The facts of a sample with the names that the columns of tables have; what is not known is left out."""
    facts = {id_name if name == "name" else name: one for name, one in asdict(sample).items()}
    return {name: one for name, one in facts.items() if one is not None or name == "label"}


def _place_meant(query: int | str | Path | Dataset, known: Identity) -> int | None:
    """The place of the sample that a query means, by its row before its name; None for other queries."""
    if isinstance(query, int):
        return place_of_row(query, known)
    if not isinstance(query, str) or Path(query).exists():
        return None
    number = query.removeprefix("#")
    # Python refuses to make numbers of more than 4,300 digits.
    if number.isdecimal() and len(number) < _MOST_DIGITS:
        return place_of_row(int(number), known)
    return known.place_called(query)


def place_of_row(row: int, known: Identity) -> int:
    """Return the place of the sample in a row of the data.

    Raises
    ------
    DataError
        If there is no such row, or it was left out.
    """
    place = known.place_of(row)
    if place is None:
        raise DataError(known.why_missing(row))
    return place


def _known(items: SearchItems, place: int) -> tuple[int, str | None, str | None]:
    """The row, the name and the part of a sample."""
    known = items.identity
    name = None if known.ids is None else known.ids[place]
    return known.row(place), name, None if known.part is None else PARTS[known.part[place]]


def _called(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} queries"


def _answers(
    items: SearchItems, X: np.ndarray, names: list[str], near: Neighbors
) -> tuple[Answer, ...]:
    encoder = items.dataset.encoder
    are_few = len(names) <= _MOST_DESCRIBED
    differing = DifferingColumns(encoder) if encoder is not None and are_few else None
    answers = []
    for name, query, rows, distances in zip(names, X, near.ids, near.distances, strict=True):
        words: list[str | None] = [None] * len(rows)
        if differing is not None:
            words = [*differing.words(query, items.dataset.X[rows])]
        neighbors = (
            Neighbor(*_known(items, int(at)), float(distance), items.label(int(at)), said)
            for at, distance, said in zip(rows, distances, words, strict=True)
        )
        answers.append(Answer(name, tuple(neighbors)))
    return tuple(answers)


def _beside(
    items: SearchItems, X: np.ndarray, names: list[str], rows: np.ndarray
) -> tuple[Mosaic, ...]:
    """Each query in a row of pictures with its neighbors; nothing for a table."""
    samples = np.concatenate([X[:, None], items.dataset.X[rows]], axis=1)
    pictures = items.pictures(samples.reshape(-1, *X.shape[1:]))
    if pictures is None:
        return ()
    images = pictures.reshape(*samples.shape[:2], *pictures.shape[1:])
    return (Mosaic("Each query, then its neighbors", images, tuple(names[: len(X)])),)


def _side_by_side(items: SearchItems, groups: tuple[np.ndarray, ...]) -> tuple[Mosaic, ...]:
    """A row of pictures for each group, black where it has fewer; nothing for a table."""
    drawn = [items.pictures(items.dataset.X[group[:_SHOWN_MEMBERS]]) for group in groups]
    pictures = [one for one in drawn if one is not None]
    if not pictures:
        return ()
    widest = max(map(len, pictures))
    images = np.zeros((len(pictures), widest, *pictures[0].shape[1:]), dtype=np.uint8)
    for line, members in zip(images, pictures, strict=True):
        line[: len(members)] = members
    names = tuple(f"group {number + 1}" for number in range(len(pictures)))
    return (Mosaic("Groups of near-duplicates", images, names),)


def nearest_headline(n: int, asked: str, model: str, distance: str) -> str:
    """Say what the neighbors of a query, or of this many, are near by."""
    return (
        f"The samples nearest to {asked}, of {n:,}, by the codes of {model} ({distance}). Samples with "
        "similar codes may still differ in what matters to you: look at some."
    )


def duplicates_headline(
    n_found: int, n: int, n_groups: int, *, model: str, threshold: float, distance: str
) -> str:
    """Say how many samples, in how many groups, are nearly the same by their codes."""
    apart = f"by the codes of {model}, at most {threshold:.4g} apart ({distance})"
    if n_groups == 0:
        return f"None of {counted(n, 'sample')} has a near-duplicate {apart}."
    return (
        f"{n_found:,} of {counted(n, 'sample')} are in {counted(n_groups, 'group')} of near-duplicates "
        f"{apart}. Look at them before removing any: codes leave out details."
    )
