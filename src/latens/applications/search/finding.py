"""Neighbors and near-duplicates of samples as findings: names, distances, a sentence and pictures."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

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


@dataclass(frozen=True)
class Neighbor:
    """A sample that is near to a query.

    Attributes
    ----------
    row : int
        Its row in the data that were searched.
    name : str
    distance : float
    label : str or None
    """

    row: int
    name: str
    distance: float
    label: str | None


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

    def table(self, most: int | None = None) -> Table:
        """Return the neighbors as rows, of at most this many queries."""
        rows = tuple(
            (one.query, hit.name, hit.distance, hit.label)
            for one in self.answers[:most]
            for hit in one.neighbors
        )
        title = f"Nearest to {_called([one.query for one in self.answers])}"
        columns = ("query", "sample", "distance", "label")
        return Table(title, columns, rows, f"Distance: {self.distance}.")

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        queries = [
            {"query": one.query, "neighbours": [asdict(near) for near in one.neighbors]}
            for one in self.answers
        ]
        return {"distance": self.distance, "queries": queries}

    def to_finding(self) -> Finding:
        """Return the finding as a run keeps it and a report shows it."""
        question = "Which samples are most like a query?"
        return Finding(question, self.sentence, (self.table(_SHOWN_QUERIES),), self.mosaics)


@dataclass(frozen=True)
class Member:
    """A sample of a group of near-duplicates."""

    row: int
    name: str
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

    def table(self, most: int | None = None) -> Table:
        """Return the groups as rows, at most this many, each with its first members."""
        rows = tuple(
            (number, len(group), ", ".join(one.name for one in group[:_SHOWN_MEMBERS]))
            for number, group in enumerate(self.groups[:most], start=1)
        )
        is_whole = all(len(group) <= _SHOWN_MEMBERS for group in self.groups)
        columns = ("group", "samples", "which" if is_whole else "the first of them")
        note = f"At most {self.threshold:.4g} apart ({self.distance})."
        return Table("Near-duplicates", columns, rows, note)

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        groups = [[asdict(one) for one in group] for group in self.groups]
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
        A row; a file of an image or of many queries, else the name or the number of a sample; or the
        queries themselves.
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
    ('#7', 2)
    """
    index, n = items.searchable(bits), len(items.dataset)
    row = _row_meant(query, items.dataset.item_names)
    if row is None:
        assert not isinstance(query, int)
        asked = query if isinstance(query, Dataset) else items.query(query)
        X, notes = asked.X, asked.notes
        names = list(asked.item_names or (f"#{at}" for at in range(len(X))))
        near = index.index.search(index.items(items.model.transform(X)), k=min(k, n))
    elif 0 <= row < n:
        X, names, notes = items.dataset.X[[row]], [items.name(row)], ()
        near = index.index.neighbors([row], min(k, n - 1))
    else:
        raise DataError(f"The data of the run have the rows 0 to {n - 1}. Got {row} instead.")
    return NeighborFinding(
        nearest_headline(n, _called(names), items.model_name, index.distance),
        index.distance,
        _answers(items, names, near),
        notes,
        _beside(items, X[:_SHOWN_QUERIES], names, near.ids[:_SHOWN_QUERIES]),
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
        tuple(Member(int(at), items.name(at), items.label(at)) for at in group)
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
    return DuplicateFinding(sentence, found.distance, near.threshold, groups, pictures)


def _row_meant(query: int | str | Path | Dataset, names: tuple[str, ...] | None) -> int | None:
    """The row that a query means: that of its name, before its number; None for queries of their own."""
    if isinstance(query, int):
        return query
    if not isinstance(query, str) or Path(query).exists():
        return None
    if names is not None and query in names:
        return names.index(query)
    number = query.removeprefix("#")
    return int(number) if number.isdecimal() else None


def _called(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} queries"


def _answers(items: SearchItems, names: list[str], near: Neighbors) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            name,
            tuple(
                Neighbor(int(at), items.name(at), float(distance), items.label(at))
                for at, distance in zip(rows, distances, strict=True)
            ),
        )
        for name, rows, distances in zip(names, near.ids, near.distances, strict=True)
    )


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
