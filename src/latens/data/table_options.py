"""What a user says of a table, where the file does not say it or says it wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from latens._validation import Options, check_value
from latens.exceptions import ParameterError

if TYPE_CHECKING:
    from latens.data.table_encoding.encoder import TableEncoder
    from latens.data.table_encoding.recognition import Kinds

__all__ = ["TABLE_SETTINGS", "Missing", "TableOptions", "table_options"]

Missing = Literal["mark", "refuse", "drop", "median"]
# The options beside the column of labels, as studies and runs keep them.
TABLE_SETTINGS = (
    "id_column",
    "without",
    "keep",
    "kinds",
    "missing",
    "header",
    "decimal",
    "encoding",
)


@dataclass(frozen=True)
class TableOptions:
    """How to read a table; all None: as its content says.

    Attributes
    ----------
    label_column : str or None
        The column of labels.
    id_column : str or None
        The column that names the rows; it is no feature.
    without : tuple of str
        Columns to leave out.
    keep : tuple of str
        Columns to learn from, although they look like row numbers, identifiers or labels.
    kinds : dict of str to str or list
        What columns are, as `TableEncoder` has it.
    missing : {"mark", "refuse", "drop", "median"}
        What happens to missing numbers: they are gaps that a feature of their own marks, they are refused,
        their rows are dropped, or they are filled with the median of their column.
    header : int or None
        The line that names the columns, counted from 1; 0: there is none.
    decimal : {".", ","} or None
        The decimal mark; the other one separates thousands.
    encoding : str or None
        The encoding of the text, as Python calls it.
    encoder : TableEncoder or None
        What a model has learned of the columns; None: they are understood anew.
    """

    label_column: str | None = None
    id_column: str | None = None
    without: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    missing: Missing = "mark"
    header: int | None = None
    decimal: str | None = None
    encoding: str | None = None
    kinds: "Kinds" = field(default_factory=dict)
    encoder: "TableEncoder | None" = None

    @property
    def given(self) -> list[str]:
        """The names of the options that say something."""
        usual = TableOptions()
        return [
            name
            for name in self.__dataclass_fields__
            if name != "encoder" and getattr(self, name) != getattr(usual, name)
        ]


def table_options(
    label_column: str | None = None,
    id_column: str | None = None,
    without: Sequence[str] = (),
    keep: Sequence[str] = (),
    missing: Missing = "mark",
    header: int | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    kinds: "Kinds | None" = None,
    encoder: "TableEncoder | None" = None,
) -> TableOptions:
    """Return checked options; the parameters are those of `load`.

    Raises
    ------
    ParameterError
        If one is illegal.

    Examples
    --------
    >>> table_options(without=["age"]).given
    ['without']
    """
    for name, columns in (("without", without), ("keep", keep)):
        if isinstance(columns, str):
            raise ParameterError(
                f"The '{name}' parameter of load must be a list of names. Got {columns!r} instead."
            )
    check_value("load", "missing", missing, (Options(get_args(Missing)),))
    if decimal not in (None, ".", ","):
        raise ParameterError(
            f"The 'decimal' parameter of load must be '.' or ','. Got {decimal!r} instead."
        )
    if header is not None and header < 0:
        raise ParameterError(
            f"The 'header' parameter of load must be the number of a line from 1, or 0. Got {header}."
        )
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError as error:
            raise ParameterError(
                f"There is no encoding {encoding!r}. Examples are utf-8, cp1252, gb18030 and shift_jis."
            ) from error
    return TableOptions(
        label_column,
        id_column,
        tuple(without),
        tuple(keep),
        missing,
        header,
        decimal,
        encoding,
        dict(kinds or {}),
        encoder,
    )
