"""What the page has to know of a table to say decoded features in the columns of the user."""

from typing import Any

from pydantic import ValidationError

from latens._text import shortened
from latens.data.table_encoding.columns import (
    OTHER,
    CategoryColumn,
    DateColumn,
    NumberColumn,
    OmittedColumn,
    OrdinalColumn,
)
from latens.data.table_encoding.encoder import TableEncoder, TableFacts
from latens.exceptions import RunError

__all__ = ["described_columns"]

_LONGEST = 200


def described_columns(table: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """Return what each column of a table is, for the page; None for plain numbers and what is no table.

    Parameters
    ----------
    table : dict or None
        The facts of a `TableEncoder`, as a run keeps them.

    Raises
    ------
    RunError
        If they are none.
    """
    if table is None:
        return None
    try:
        encoder = TableEncoder.restored(TableFacts.model_validate(table))
    except (ValidationError, ValueError) as error:
        raise RunError(f"The run does not say what its columns are: {error}") from error
    if encoder.is_plain:
        return None
    columns = {column.name: column for column in encoder.columns_}
    return [
        {
            "name": block.name[:_LONGEST],
            "kind": block.kind,
            "start": block.start,
            "stop": block.stop,
            "gap": block.gap,
            **_details(columns[block.name]),
        }
        for block in encoder.blocks_
    ]


def _details(column: Any) -> dict[str, Any]:
    match column:
        case NumberColumn():
            return {"low": column.low, "high": column.high, "decimals": column.decimals}
        case DateColumn():
            return {"low": column.low, "high": column.high, "step": column.step}
        case CategoryColumn():
            levels = [*map(str, column.levels), *([OTHER] if column.rare else [])]
            return {"levels": [shortened(level, _LONGEST) for level in levels]}
        case OrdinalColumn():
            return {"order": [shortened(str(level), _LONGEST) for level in column.levels]}
        case OmittedColumn():
            raise AssertionError("it has no features")
    return {}
