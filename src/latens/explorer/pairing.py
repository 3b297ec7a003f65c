"""Two runs of the same samples in one explorer: both maps, side by side, of the samples that both show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from latens.exceptions import RunError
from latens.explorer.exploration import Codes, Column, Exploration, Map, Opening

__all__ = ["KEPT", "pair_explorations"]

# What the column that colors the points is called.
KEPT = "neighbors in both"
_FEWEST = 2


def pair_explorations(
    explorations: Sequence[Exploration],
    names: Sequence[str],
    partners: Mapping[int, int],
    kept: Mapping[int, float],
    most_selected: int = 50,
) -> Exploration:
    """Join two explorations at the samples that both have; the first map of each is shown at first.

    Parameters
    ----------
    explorations : sequence of Exploration
        Two.
    names : sequence of str
        What the two runs are called, which stands before what they call their maps.
    partners : mapping of int to int
        From a row of the first one to the row of the same sample in the second one.
    kept : mapping of int to float
        From a row of the first one to the share of its neighbors that both have, by which points are
        colored.
    most_selected : int, default=50
        How many samples that keep the fewest neighbors are selected at first.

    Raises
    ------
    RunError
        If the maps have no samples in common.
    """
    first, second = explorations
    at = {row: point for point, row in enumerate(second.rows.tolist())}
    pairs = [
        (point, at[partners[row]])
        for point, row in enumerate(first.rows.tolist())
        if partners.get(row, -1) in at
    ]
    if len(pairs) < _FEWEST:
        raise RunError("The maps of the two runs have no samples in common.")
    here, there = np.array(pairs).T
    shares = np.array([kept.get(int(first.rows[point]), np.nan) for point in here])
    maps = [*_maps(first, here, names[0]), *_maps(second, there, names[1])]
    columns = [
        *(_at(one, here) for one in first.columns if one.role in ("row", "id", "part", "label")),
        Column(KEPT, shares, role="item"),
        *_of_run(first, here, names[0]),
        *_of_run(second, there, names[1]),
        *(_at(one, here) for one in first.columns if one.role in ("own", "item")),
    ]
    known = np.flatnonzero(np.isfinite(shares))
    moved = known[np.argsort(shares[known], kind="stable")][:most_selected]
    return replace(
        first,
        name=f"{names[0]} beside {names[1]}",
        rows=first.rows[here],
        maps=tuple(maps),
        columns=tuple(columns),
        codes=(*_codes(first, here, names[0]), *_codes(second, there, names[1])),
        images=None if first.images is None else first.images[here],
        opening=Opening(
            (0, len(first.maps)),
            next(place for place, one in enumerate(columns) if one.name == KEPT),
            tuple(moved.tolist()),
        ),
    )


def _maps(one: Exploration, points: np.ndarray, name: str) -> list[Map]:
    return [Map(f"{name}, {each.name}", each.places[points]) for each in one.maps]


def _of_run(one: Exploration, points: np.ndarray, name: str) -> list[Column]:
    """What only one of the two runs says: its clusters and errors."""
    return [
        replace(_at(each, points), name=f"{name}, {each.name}")
        for each in one.columns
        if each.role in ("cluster", "error")
    ]


def _at(column: Column, points: np.ndarray) -> Column:
    values = column.values[points]
    if column.names is None or column.role not in ("id", "own", "item"):
        return replace(column, values=values)
    # No text of a sample that is not shown.
    used, places = np.unique(values[values >= 0], return_inverse=True)
    values = np.full(len(points), -1)
    values[column.values[points] >= 0] = places
    names = tuple(column.names[one] for one in used.tolist())
    means = None if column.meanings is None else column.meanings[used]
    return replace(column, values=values, names=names, meanings=means)


def _codes(one: Exploration, points: np.ndarray, name: str) -> list[Codes]:
    return [
        replace(each, name=f"{name}, {each.name}", values=each.values[points]) for each in one.codes
    ]
