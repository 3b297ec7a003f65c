"""Runs beside each other as one HTML file: the verdict, both maps linked, scores and settings."""

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from latens._writing import atomic_write
from latens.applications import RunComparison
from latens.exceptions import RunError
from latens.explorer.document import fragment_of
from latens.explorer.exploration import Exploration
from latens.explorer.limits import Limits
from latens.explorer.pairing import KEPT, pair_explorations
from latens.explorer.reading import read_exploration
from latens.reports.blocks import Cell, Embedded, Heading, ReportTable, Section
from latens.reports.explorer import Explorer
from latens.reports.formatting import MISSING, capitalized, plural
from latens.reports.page import filled
from latens.reports.thumbnails import as_pixels, reduced, strip
from latens.runs import Table

__all__ = ["write_comparison"]

_LIMITS = Limits(points=5_000, pixels=4_000_000, weights=1_500_000, columns=1_500_000)
_MOST_MOVED, _NEAREST, _SIDE = 20, 5, 48
_MOST_ROWS = 500


def write_comparison(found: RunComparison, path: str | Path) -> Path:
    """Write a comparison of runs as one HTML file that loads nothing else.

    It holds names and images of the data; nothing leaves the machine unless somebody sends the file.

    Parameters
    ----------
    found : RunComparison
        What `latens.applications.compare_runs` found.
    path : str or path
        Of the file; one that is there is replaced.

    Raises
    ------
    RunError
        If a run is damaged, or the file cannot be written.
    """
    path = Path(path)
    html = _page(found)
    with atomic_write(path) as temporary:
        temporary.write_text(html, encoding="utf-8")
    return path


def _page(found: RunComparison) -> str:
    pair, why_not = _pair(found)
    explorer = Explorer.none(why_not)
    if pair is not None:
        part = fragment_of(pair, _LIMITS)
        explorer = Explorer(Markup(part.html), Markup(part.script), part.script_hash)
    sections = [
        *([_maps(found, explorer)] if len(found.runs) == 2 else []),
        *_moved(found, pair),
        Section("scores", "Scores", "", (_table(found.score_table()),)),
        _settings(found),
    ]
    return filled(
        "comparison.html",
        explorer,
        sections,
        names=found.names,
        headline=found.headline,
        details=found.details,
    )


def _pair(found: RunComparison) -> tuple[Exploration | None, str]:
    """Both maps in one explorer; or nothing, and why."""
    if found.common is None:
        return None, found.why_not
    first, second = (run.identity for run in found.runs)
    assert first.rows is not None
    assert second.rows is not None
    rows = first.rows[found.common.first].tolist()
    partners = dict(zip(rows, second.rows[found.common.second].tolist(), strict=True))
    kept = dict(zip(rows, found.common.neighbors.shares.tolist(), strict=True))
    try:
        explorations = [read_exploration(run, _LIMITS) for run in found.runs]
        return pair_explorations(explorations, ("A", "B"), partners, kept), ""
    except RunError as error:
        return None, str(error)


def _maps(found: RunComparison, explorer: Explorer) -> Section:
    title = "Both maps, linked"
    lead = " and ".join(
        f"{name} ({model})" for name, model in zip(found.names, found.models, strict=True)
    )
    if explorer.why_not:
        return Section("maps", title, lead, missing=(explorer.why_not,))
    words = (
        "Point at a sample, or select some, in one map, and the same samples show in the other. Colors "
        f"tell how many of its nearest neighbors a sample has in both ({KEPT}: dark is few), and those that "
        "keep the fewest are selected at first; Escape shows all."
    )
    return Section("maps", title, lead, (Embedded(words, explorer.html),))


def _moved(found: RunComparison, pair: Exploration | None) -> list[Section]:
    if found.common is None:
        return []
    near = found.common.neighbors
    shown = found.common.most_moved[:_MOST_MOVED]
    identity, places = found.runs[0].identity, found.common.first
    pictures = _MapPictures(pair)
    headings = (
        Heading("Sample"),
        *([Heading("Picture")] if pictures.are_there else []),
        Heading("Neighbors in both", f"Of the {near.k} nearest.", number=True),
        Heading("Nearest in A"),
        Heading("Nearest in B"),
    )
    rows = []
    for one in shown.tolist():
        cells = [Cell(identity.label(int(places[one])))]
        if pictures.are_there:
            picture = pictures.of([places[one]], identity)
            cells.append(Cell("" if picture else MISSING, image=picture))
        cells.append(Cell(f"{round(near.k * near.shares[one])} of {near.k}", number=True))
        for others in (near.first, near.second):
            some = places[others[one][:_NEAREST]]
            words = ", ".join(str(identity.row(int(place))) for place in some)
            cells.append(Cell(f"rows {words}", image=pictures.of(some, identity), long=True))
        rows.append(tuple(cells))
    n = len(places)
    counts = np.bincount((near.k * near.shares).round().astype(int), minlength=near.k + 1)
    half = int(counts[: near.k // 2].sum())
    lead = (
        f"{plural(n, 'sample')} were scored in both runs. {plural(half, 'sample')} keep fewer than half of "
        f"their {near.k} nearest neighbors, by the codes of either run."
    )
    caption = f"The {len(rows)} that keep the fewest"
    table = ReportTable(caption, headings, tuple(rows), note="Rows of the data, counted from 0.")
    return [Section("moved", "The samples whose neighborhoods changed most", lead, (table,))]


class _MapPictures:
    """Pictures of the samples that are on the maps, by their rows."""

    def __init__(self, pair: Exploration | None) -> None:
        images = None if pair is None else pair.images
        self.images = images
        self.at = {} if pair is None else {row: at for at, row in enumerate(pair.rows.tolist())}

    @property
    def are_there(self) -> bool:
        """Whether the samples have pictures."""
        return self.images is not None

    def of(self, places: Any, identity: Any) -> Any:
        """Return a strip of pictures of samples, or None where one has none."""
        at = [self.at.get(identity.row(int(place)), -1) for place in places]
        if self.images is None or min(at) < 0:
            return None
        small = reduced(np.asarray(self.images[np.array(at)]), _SIDE)
        return strip(as_pixels(small, (0, 255)), plural(len(at), "picture"))


def _settings(found: RunComparison) -> Section:
    table = found.settings_table()
    if not table.rows:
        return Section("settings", "Settings that differ", "The runs have the same settings.")
    return Section("settings", "Settings that differ", "", (_table(table),))


def _table(table: Table) -> ReportTable:
    headings = tuple(Heading(capitalized(name)) for name in table.columns)
    rows = tuple(tuple(_cell(value) for value in row) for row in table.rows[:_MOST_ROWS])
    return ReportTable(table.title, headings, rows, note=table.note)


def _cell(value: object) -> Cell:
    words = MISSING if value is None else str(value)
    return Cell(words.replace("-0", "−0") if words[:1] == "-" else words, best=value == "better")
