"""What a run was put to use for: a sentence, tables and rows of images, to be read by the report."""

from dataclasses import dataclass, field

import numpy as np

from latens.exceptions import DataError
from latens.runs.records import Few, Many, Record, Text

__all__ = ["Finding", "FindingRecord", "Mosaic", "Table"]

Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A table of results.

    Attributes
    ----------
    title : str
    columns : tuple of str
    rows : tuple of tuple of str, int, float or None
        As many values as there are columns; None where one was not measured.
    note : str
        What has to be known to read it, such as "scored with labels".
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise DataError(
                f"Every row of the table '{self.title}' must have {len(self.columns)} values, one for each "
                "column."
            )


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Rows of images.

    Attributes
    ----------
    title : str
    images : ndarray of uint8 of shape (rows, columns, height, width[, 3])
    row_names : tuple of str
        A name for each row.
    """

    title: str
    images: np.ndarray
    row_names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.dtype != np.uint8 or self.images.ndim not in (4, 5) or not self.images.size:
            raise DataError(
                f"The images of '{self.title}' must be bytes of shape (rows, columns, height, width[, 3]). "
                f"Got {self.images.dtype} of shape {self.images.shape} instead."
            )
        if len(self.row_names) != len(self.images):
            raise DataError(
                f"'{self.title}' has {len(self.images)} rows of images and {len(self.row_names)} names."
            )


@dataclass(frozen=True, eq=False)
class Finding:
    """What one use of a run found.

    Attributes
    ----------
    question : str
        What was asked, as a person asks it.
    sentence : str
        The answer in a plain sentence.
    tables : tuple of Table
    mosaics : tuple of Mosaic
    """

    question: str
    sentence: str
    tables: tuple[Table, ...] = ()
    mosaics: tuple[Mosaic, ...] = field(default=())


class _TableRecord(Record):
    title: Text
    columns: Few[Text]
    rows: Many[list[Text | int | float | bool | None]]
    note: Text

    def table(self) -> Table:
        return Table(self.title, tuple(self.columns), tuple(map(tuple, self.rows)), self.note)


class _MosaicRecord(Record):
    title: Text
    row_names: Few[Text]


class FindingRecord(Record):
    """One of the files in uses/."""

    question: Text
    sentence: Text
    tables: Few[_TableRecord]
    mosaics: Few[_MosaicRecord]
