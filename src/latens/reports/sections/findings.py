"""The sections on what the run was put to use for, one for each use."""

import numpy as np

from latens.plots import generated
from latens.reports.blocks import Block, Cell, Figure, Heading, ReportTable, Section
from latens.reports.explorer import Explorer
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, number
from latens.reports.resolution import Resolution
from latens.reports.run_data import RunData
from latens.reports.thumbnails import reduced
from latens.runs import Finding, Mosaic
from latens.runs import Table as Results

__all__ = ["findings_sections"]

# Rows of a table that a page shows; the file that the use wrote has all of them.
_MOST_ROWS, _MOST_COLUMNS = 50, 50
# Of images, and of uses with their tables and images.
_MOST_LINES, _MOST_TILES = 48, 64
_MOST_USES, _MOST_PARTS = 50, 20
# The columns of row numbers and parts, as `Identity.columns` calls them.
_ROW, _PART = "row", "part"


def findings_sections(run: RunData, explorer: Explorer) -> tuple[Section, ...]:
    """Build a section for every use that the run holds."""
    found = list(run.uses.items())[:_MOST_USES]
    return tuple(_section(name, use, run.resolution, explorer) for name, use in found)


def _section(name: str, use: Finding, resolution: Resolution, explorer: Explorer) -> Section:
    blocks: list[Block] = [_table(table, explorer) for table in use.tables[:_MOST_PARTS]]
    blocks += [
        _figure(f"use-{name}-{at}", mosaic, resolution)
        for at, mosaic in enumerate(use.mosaics[:_MOST_PARTS])
    ]
    data = {
        "question": use.question,
        "sentence": use.sentence,
        "tables": {table.title: [table.columns, *table.rows] for table in use.tables},
    }
    return Section(f"use-{name}", use.question, use.sentence, tuple(blocks), data=data)


def _table(table: Results, explorer: Explorer) -> ReportTable:
    shown = [row[:_MOST_COLUMNS] for row in table.rows[:_MOST_ROWS]]
    columns = table.columns[:_MOST_COLUMNS]
    numeric = [
        all(isinstance(row[at], int | float | None) for row in shown) for at in range(len(columns))
    ]
    # Samples of other data have rows, too, and no part.
    is_linked = explorer.is_there and _PART in columns
    headings = tuple(
        Heading(text, number=is_number) for text, is_number in zip(columns, numeric, strict=True)
    )
    cells = tuple(
        tuple(
            _cell(value, is_number, is_linked=is_linked and name == _ROW)
            for name, value, is_number in zip(columns, row, numeric, strict=True)
        )
        for row in shown
    )
    more = len(table.rows) - len(shown)
    note = f"{table.note} {count(more)} more rows are in the run folder." if more else table.note
    return ReportTable(table.title, headings, cells, note=note.strip())


def _cell(value: object, is_number: bool, *, is_linked: bool) -> Cell:
    if is_linked and str(value).isdecimal():
        # A row number is a name: it has no comma.
        return Cell(str(value), number=is_number, row=int(str(value)))
    if isinstance(value, float):
        return Cell(number(value), number=is_number)
    if isinstance(value, int):
        return Cell(count(value), number=is_number)
    return Cell(MISSING if value is None else str(value), number=is_number)


def _figure(name: str, mosaic: Mosaic, resolution: Resolution) -> Figure:
    images = mosaic.images[:_MOST_LINES, :_MOST_TILES]
    rows, columns = images.shape[:2]
    small = reduced(images.reshape(rows * columns, *images.shape[2:]), resolution.image_side)
    tiles = small.reshape(rows, columns, *small.shape[1:]).astype(np.float64)
    # Two rows may have one name, such as the same class twice; a space keeps them apart.
    names = [f"{row}{' ' * at}" for at, row in enumerate(mosaic.row_names[:rows])]
    picture = generated(
        dict(zip(names, tiles, strict=True)), limits=(0.0, 255.0), columns=max(columns, 8)
    )
    alt = f"{mosaic.title}: {columns} images for each of {', '.join(mosaic.row_names[:rows])}."
    return Figure(inline_svg(picture, name, alt), mosaic.title, least_width=480)
