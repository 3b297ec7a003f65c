"""The section on the columns of a table: how well each comes back, and where the code keeps it."""

from latens.reports.blocks import Block, Cell, Heading, ReportTable, Section
from latens.reports.formatting import MISSING, number, plural
from latens.reports.run_data import RunData
from latens.runs import ColumnCells, TableCells

__all__ = ["table_columns_section"]

_KINDS = {"number": "numbers", "truth": "truths", "category": "categories"}
_LEAD = (
    "Every column is reconstructed from the code. An error of 0 means that all cells come back, 1 that the "
    "mean or the most frequent value of the column would do as well, and more that they would do better."
)


def table_columns_section(run: RunData) -> Section | None:
    """Build the section; None for data that are no table of mixed columns."""
    cells = run.cells
    if cells is None:
        return None
    blocks: list[Block] = [_errors(run, cells)]
    blocks += [_dimensions(run, cells, model) for model in run.models]
    data = {"n": cells.n, "columns": [one.model_dump() for one in cells.columns]}
    return Section("columns", "Columns", _LEAD, tuple(blocks), data=data)


def _errors(run: RunData, cells: TableCells) -> ReportTable:
    shown = [
        name for name in run.representations if any(name in one.errors for one in cells.columns)
    ]
    headings = (
        Heading("Column"),
        Heading("Kind"),
        Heading("Missing", "The share of held-out rows without a value.", number=True),
        *(
            Heading(run.label(name), "Error of the cells; see above.", number=True)
            for name in shown
        ),
    )
    first = next((name for name in shown if name in run.models), shown[0] if shown else "")
    rows = tuple(
        (
            Cell(one.name),
            Cell(_KINDS[one.kind]),
            Cell(f"{one.gaps:.0%}" if one.gaps else MISSING, number=True),
            *_cells_of(one, shown),
        )
        for one in sorted(cells.columns, key=lambda one: -_error(one, first))
    )
    caption = f"{plural(cells.n, 'held-out row')}, the columns that come back worst first"
    return ReportTable(caption, headings, rows)


def _error(one: ColumnCells, representation: str) -> float:
    error = one.errors.get(representation)
    return -1.0 if error is None else error


def _cells_of(one: ColumnCells, shown: list[str]) -> tuple[Cell, ...]:
    known = [error for name in shown if (error := one.errors.get(name)) is not None]
    least = min(known, default=None)
    return tuple(
        Cell(number(error), number=True, best=error is not None and error == least)
        for error in (one.errors.get(name) for name in shown)
    )


def _dimensions(run: RunData, cells: TableCells, model: str) -> ReportTable:
    headings = (
        Heading("Latent dimension", number=True),
        Heading("Columns", "What share of the dimension's variance each of them explains alone."),
    )
    rows = tuple(
        (
            Cell(str(one.dimension), number=True),
            Cell(
                ", ".join(f"{name} {share:.0%}" for name, share in one.columns)
                or "no single column",
                long=True,
            ),
        )
        for one in cells.dimensions
        if one.model == model
    )
    return ReportTable(
        f"What the dimensions of {run.label(model)} tell of the columns", headings, rows
    )
