"""cells.json: how well each column of a table comes back, and which columns a latent dimension tells of."""

from typing import Annotated, Literal

from pydantic import Field

from latens.runs.records import Count, Few, Finite, Many, Record, Text

__all__ = ["ColumnCells", "DimensionColumns", "TableCells"]

_Share = Annotated[float, Field(ge=0, le=1)]


class ColumnCells(Record):
    """How well the cells of one column come back.

    Attributes
    ----------
    name : str
    kind : {"number", "truth", "category"}
    gaps : float in [0, 1]
        The share of held-out rows without a value.
    errors : dict of str to float or None
        By representation: the mean of `metrics.cell_errors`, of which 1 is that of the best constant.
    """

    name: Text
    kind: Literal["number", "truth", "category"]
    gaps: _Share
    errors: dict[Text, Finite | None]


class DimensionColumns(Record):
    """Which columns one dimension of a code varies with.

    Attributes
    ----------
    model : str
    dimension : int
        From 0.
    columns : list of (str, float)
        The columns, and what share of the variance of the dimension each explains alone; the largest first.
    """

    model: Text
    dimension: Annotated[int, Field(ge=0)]
    columns: Few[tuple[Text, _Share]]


class TableCells(Record):
    """The columns of a table of mixed kinds, on scored held-out rows.

    Attributes
    ----------
    n : int
        How many rows.
    columns : list of ColumnCells
    dimensions : list of DimensionColumns
    """

    n: Count
    columns: Many[ColumnCells]
    dimensions: Many[DimensionColumns] = Field(default_factory=list)
