"""What `load` answers: samples, the labels that only score them, and what to tell the user."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from latens._columns import NO_COLUMNS, OwnColumns
from latens._identity import Identity
from latens.exceptions import DataError

if TYPE_CHECKING:
    from latens.data.table_encoding.encoder import TableEncoder

__all__ = ["Dataset", "Split"]

Split = Literal["train", "test", "all"]
_NOT_GIVEN = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to learn from, with everything a report needs to say about them.

    Attributes
    ----------
    X : ndarray
        Images of shape (n, height, width) or (n, height, width, 3), or a table of shape
        (n, n_features), in the type they were stored in: bytes stay uint8. May be a read-only
        memory map.
    y : ndarray of shape (n,), dtype int64, or None
        Class codes 0..k-1. They only score results; nothing is ever chosen by them.
    names : tuple of str or None
        The class name of each code; None without labels.
    name : str
        A short name, such as "fashion-mnist-10k".
    source : str
        Where the samples came from, for people.
    notes : tuple of str
        Sentences to show the user: what was resized, encoded or left out.
    feature_names : tuple of str or None
        The name of each column of a table.
    item_names : tuple of str or None
        What each sample is called: the file name of an image, relative to its folder, or the cell of the
        column that names the rows of a table.
    understood : tuple of (str, str)
        How each column of a table was understood, and why.
    has_split : bool
        Whether the source has training and test samples of its own, so that `split` matters.
    layout : {"images", "series", "table"} or None
        What the axes of `X` mean; channels of images come last. Of series (n, time, channels) each channel is
        scaled by itself. None before `load` has looked.
    read_as : str
        One line: how the source was understood, and why where that was a guess.
    left_out : tuple of str
        Every file that could not be read, with the reason.
    rows : ndarray of shape (n,), dtype int64
        The row number of each sample, from 0: of the rows of a file below its header, of the files of a
        folder in natural order, unreadable ones counted, and through both parts of a source that has them,
        training samples first. What was left out leaves a gap. 0, 1, 2, ... unless given.
    part : ndarray of shape (n,), dtype uint8, or None
        0 for samples that a run was trained on and 1 for those that it held out; None outside a run.
    items_are_files : bool
        Whether `item_names` are the names of files, and no cells of a column.
    encoder : TableEncoder or None
        What the columns of a table are, and how their features become rows again.
    table : OwnColumns
        The user's own columns as they stand, of all rows of the file: `rows` are places in them, and
        `columns` are those of the samples.

    Examples
    --------
    >>> Dataset(np.zeros((5, 3)), name="zeros")
    Dataset('zeros', X: float64 (5, 3), no labels)
    """

    X: np.ndarray
    y: np.ndarray | None = None
    names: tuple[str, ...] | None = None
    name: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    feature_names: tuple[str, ...] | None = None
    item_names: tuple[str, ...] | None = None
    has_split: bool = False
    layout: str | None = None
    read_as: str = ""
    left_out: tuple[str, ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    rows: np.ndarray = field(default_factory=lambda: _NOT_GIVEN)
    part: np.ndarray | None = None
    items_are_files: bool = False
    encoder: "TableEncoder | None" = None
    table: OwnColumns = NO_COLUMNS

    def __post_init__(self) -> None:
        n = len(self.X) if np.ndim(self.X) else 0
        if self.rows is _NOT_GIVEN:
            object.__setattr__(self, "rows", np.arange(n))
        elif len(self.rows) != n:
            raise DataError(f"A data set of {n:,} samples has {len(self.rows):,} row numbers.")

    @property
    def identity(self) -> Identity:
        """What each sample is known by: its row number, its name, and its part."""
        name = "file" if self.items_are_files else "id"
        return Identity(self.rows, self.item_names, self.part, name)

    @property
    def mixed_encoder(self) -> "TableEncoder | None":
        """The encoder of a table whose columns are more than plain numbers; None of all other data."""
        return None if self.encoder is None or self.encoder.is_plain else self.encoder

    @property
    def columns(self) -> OwnColumns:
        """The user's own columns of the samples, in their order; none of data that are no table."""
        return self.table.at(self.rows)

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        labels = "no labels" if self.names is None else f"{len(self.names)} classes"
        return f"Dataset({self.name!r}, X: {self.X.dtype} {self.X.shape}, {labels})"

    def take(self, rows: Sequence[int] | np.ndarray | slice) -> "Dataset":
        """Return the data set of the chosen rows, in their order.

        Parameters
        ----------
        rows : slice, or integers or booleans as NumPy indexes with them
            A slice copies nothing.

        Examples
        --------
        >>> Dataset(np.arange(6).reshape(3, 2)).take([2, 0]).X
        array([[4, 5],
               [0, 1]])
        """
        chosen = rows if isinstance(rows, slice) else np.asarray(rows)
        items = self.item_names
        return replace(
            self,
            X=self.X[chosen],
            y=None if self.y is None else self.y[chosen],
            item_names=None if items is None else tuple(np.array(items, dtype=object)[chosen]),
            rows=self.rows[chosen],
            part=None if self.part is None else self.part[chosen],
        )
