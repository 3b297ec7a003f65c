"""A fitted, invertible description of the columns of a table."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from latens._column_blocks import ColumnBlock
from latens._json_records import Facts, Finite, Positive
from latens._memory import check_memory
from latens._text import listed, shortened
from latens.data.scaling import Scaling
from latens.data.table_encoding.columns import (
    CategoryColumn,
    Column,
    DateColumn,
    NumberColumn,
    OmittedColumn,
    OrdinalColumn,
    TruthColumn,
    as_left_by_pandas,
)
from latens.data.table_encoding.frames import as_frame, like
from latens.data.table_encoding.recognition import Kinds, recognized
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableEncoder", "TableFacts"]

# A level in fewer rows than one in a thousand is as far from the middle as one in a thousand.
_LEAST_SHARE = 1e-3
# Units so far from zero, in deviations, that float32 would round them away.
_FAR = 1e4
# Values of rows that are worked on together.
_CACHED = 2**17
# Of a mean of 0, what a deviation is held against.
_TINY = 1e-300
# So many bytes are worth fewer digits.
_LARGE = 64 * 2**20
# Where so few of the values have more than half of the variance, they are tails.
_FEW = 1e-3
# A deviation so small, as a share of the mean, is what rounding leaves of equal values.
_ROUNDING = 1e-12


class TableFacts(Facts):
    """A fitted encoder, as JSON can hold it."""

    columns: list[Column]
    always_marks: bool = False
    source: str = "pandas"
    offset: list[Finite]
    scale: list[Finite]
    tail: list[Positive | None] | None = None


class TableEncoder(TransformerMixin, BaseEstimator):
    """Makes numbers of the mixed columns of a table, and the columns again of the numbers.

    Numbers become themselves; dates become days and the sine and cosine of their place in the day, the week
    and the year; truths 0 or 1; categories one feature for each level, of which rare ones share one; levels
    with an order their place in it. A column with gaps gets one more feature, which is 1 where a cell is
    missing. Text, names of rows and nested values are left out. `transform` scales them: numbers to mean 0
    and variance 1 (where one value in a thousand has most of the variance, those few count by their
    logarithm), levels as factor analysis of mixed data does, so that each column weighs as much as its
    variance.

    A new table may have its columns in another order, and more of them, which are not looked at. A level that
    was not seen is a gap; so is a gap in a column that had none, which is filled with the mean and not
    marked.

    Parameters
    ----------
    kinds : mapping of str to str or list, or None, default=None
        What columns are, whatever they look like: "number", "category", "truth", "date", "id", "omit", or a
        list of all levels of an ordinal, the lowest first: ``{"zip": "category", "grade": ["low", "high"]}``.
    mark_gaps : {"seen", "always"}, default="seen"
        Whether columns without gaps in the fitted table have a feature that marks gaps, too.
    keep : sequence of str, default=()
        Columns that are no names of rows, although they look so.

    Attributes
    ----------
    columns_ : list
        What was understood of each column, in the order of the table.
    blocks_ : tuple of ColumnBlock
        Which features belong to which column.
    scaling_ : Scaling
        From features in the user's units to those that `transform` gives.
    n_features_in_ : int
        Columns of the table.
    feature_names_in_ : ndarray of str

    References
    ----------
    Pages (2014), Multiple factor analysis by example using R. ISBN 978-1482205473.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, None, 41], "plan": ["plus", "basic", "plus"]})
    >>> encoder = TableEncoder().fit(table)
    >>> encoder.get_feature_names_out().tolist()
    ['age', 'age=missing', 'plan=basic', 'plan=plus']
    >>> encoder.inverse_transform(encoder.transform(table))
        age   plan
    0  30.0   plus
    1   NaN  basic
    2  41.0   plus
    """

    def __init__(
        self, kinds: Kinds | None = None, *, mark_gaps: str = "seen", keep: Sequence[str] = ()
    ) -> None:
        self.kinds = kinds
        self.mark_gaps = mark_gaps
        self.keep = keep

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what the columns of a table are.

        Parameters
        ----------
        X : DataFrame of pandas or polars, Arrow table, or array-like of shape (n_rows, n_columns)
            The columns of an array are called "0", "1", ...
        y : ignored

        Raises
        ------
        ParameterError
            If `kinds` names a column or a kind that there is not.
        DataError
            If there is no column to learn from, or one cannot be of the kind that was said.
        """
        frame, source = as_frame(X)
        self.learn(frame, "The table", source=source)
        return self

    def learn(
        self,
        frame: "pd.DataFrame",
        where: str,
        columns: list[Column] | None = None,
        source: str = "pandas",
    ) -> np.ndarray:
        """Fit a frame that was read from a source; return its features in the user's units.

        Parameters
        ----------
        frame : DataFrame
            With text for names.
        where : str
            The source, as the beginning of an error.
        columns : list of Column or None, default=None
            What its columns are; None tells.
        source : {"pandas", "polars", "arrow"}, default="pandas"
            What the frame was.
        """
        _check_names(frame, where)
        if columns is None:
            columns = recognized(frame, self.kinds, self.keep, where)
        self._settle(columns, source, where, always_marks=self.mark_gaps == "always")
        features = self._features_of(frame, where)
        self.scaling_ = self._fit_scaling(features)
        return features

    def _settle(
        self, columns: list[Column], source: str, where: str = "The table", *, always_marks: bool
    ) -> None:
        """Set what follows from the columns."""
        self.columns_, self.source_, self.always_marks_ = columns, source, always_marks
        self.feature_names_in_ = np.array([column.name for column in columns], dtype=object)
        self.n_features_in_ = len(columns)
        blocks, place = [], 0
        for column in self._learned:
            stop = place + len(column.feature_names)
            gap = stop if column.has_gaps or always_marks else None
            blocks.append(ColumnBlock(column.name, column.block, place, stop, gap))
            place = stop + (gap is not None)
        self.blocks_ = tuple(blocks)
        self._check_features(where)

    def _check_features(self, where: str) -> None:
        names = self.get_feature_names_out().tolist()
        if not names:
            why = [
                f"Column '{shortened(one.name)}': {one.why}."
                for one in self.columns_[:5]
                if isinstance(one, OmittedColumn)
            ]
            raise DataError(
                f"{where} has no column of numbers or categories to learn from. {' '.join(why)}".strip()
            )
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(
                f"{where} has a column '{shortened(twice)}', which is also what a feature of another "
                "column is called. Rename one of the two columns."
            )

    @property
    def _learned(self) -> list[Any]:
        """The columns that become features."""
        return [column for column in self.columns_ if not isinstance(column, OmittedColumn)]

    @property
    def learned_names(self) -> list[str]:
        """The names of the columns that become features."""
        return [column.name for column in self._learned]

    @property
    def names_of_texts(self) -> set[str]:
        """The names of the columns whose cells are text: levels, dates and names."""
        return {
            column.name
            for column in self.columns_
            if column.dtype in ("object", "str", "string")
            and not isinstance(column, NumberColumn | TruthColumn)
        }

    @property
    def is_plain(self) -> bool:
        """Whether all columns are numbers without gaps, so that the features are the table itself."""
        return all(
            isinstance(column, NumberColumn | OmittedColumn) for column in self.columns_
        ) and not any(block.gap is not None for block in self.blocks_)

    @property
    def n_features(self) -> int:
        """How many features there are."""
        return len(self.get_feature_names_out())

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return what the features are called: ``age``, ``age=missing``, ``plan=basic``."""
        names: list[str] = []
        for column in self._learned:
            names += column.feature_names
            names += [column.gap_name] if column.has_gaps or self.always_marks_ else []
        return np.array(names, dtype=object)

    def features(self, X: Any, where: str = "The table") -> np.ndarray:
        """Return the features of a table in the user's units, finite, shape (n_rows, n_features).

        Parameters
        ----------
        X : table or array-like of shape (n_rows, n_columns)
        where : str, default="The table"
            The source, as the beginning of an error.

        Raises
        ------
        DataError
            If a column that was learned from is not there, or a cell cannot be one of its column.
        """
        check_is_fitted(self)
        frame = self._frame_of(X)
        there = set(frame.columns)
        lacking = [column.name for column in self._learned if column.name not in there]
        if lacking:
            raise DataError(
                f"{where} does not have the columns that were learned from: it lacks {listed(lacking)}. "
                "Give a table with the same columns."
            )
        return self._features_of(frame, where)

    def _features_of(self, frame: "pd.DataFrame", where: str) -> np.ndarray:
        """The features of a frame that has the columns."""
        check_memory(len(frame) * self.n_features * 8, "The features of the table")
        parts: list[np.ndarray] = []
        cells_of = {str(name): cells for name, cells in frame.items()}
        for column, block in zip(self._learned, self.blocks_, strict=True):
            cells = cells_of[column.name]
            values, gaps = column.features(cells)
            _check_cells(column, cells, values, gaps, where)
            parts.append(values)
            if block.gap is not None:
                parts.append(gaps.astype(np.uint8)[:, None])
        kind = np.result_type(*{part.dtype for part in parts})
        if kind == np.float64 and self._fits_in_single(len(frame)):
            kind = np.dtype(np.float32)
        return _joined(parts, kind)

    def _fits_in_single(self, n_rows: int) -> bool:
        """Whether a mixed table is large, and single precision loses nothing of it that counts."""
        if self.is_plain or n_rows * self.n_features * 8 < _LARGE:
            return False
        ranges = [
            (column.low, column.high)
            for column in self._learned
            if isinstance(column, NumberColumn | DateColumn)
        ]
        return all(max(abs(low), abs(high)) < _FAR * (high - low) for low, high in ranges)

    def transform(self, X: Any) -> np.ndarray:
        """Return the scaled features of a table, shape (n_rows, n_features), float32 or float64."""
        features = self.features(X)
        wide = features.dtype if features.dtype == np.float64 else np.float32
        return self.scaling_.apply(features).astype(wide, copy=False)

    def inverse_transform(self, Z: Any) -> Any:
        """Return the table that scaled features stand for, as `rows` does."""
        check_is_fitted(self)
        return self.rows(self.scaling_.undo(np.asarray(Z)))

    def rows(self, features: np.ndarray, *, complete: bool = False) -> Any:
        """Return rows of the user's columns for features in the user's units.

        Numbers have the decimals and the range of their column, categories are levels that were seen, and
        types are those of the fitted table. Columns that were left out are empty; names of rows are new and
        follow the last one.

        Parameters
        ----------
        features : ndarray of shape (n_rows, n_features)
            Levels, truths and gaps may be probabilities; the larger one counts.
        complete : bool, default=False
            Whether no cell is a gap.

        Returns
        -------
        DataFrame
            Of pandas or polars, or a table of Arrow, as the fitted one was.
        """
        import pandas as pd

        check_is_fitted(self)
        block = {one.name: one for one in self.blocks_}
        made = {}
        for column in self.columns_:
            if isinstance(column, OmittedColumn):
                cells = column.new_cells(len(features))
                empty = np.full(len(features), not column.is_identifier)
                made[column.name] = as_left_by_pandas(cells, column.dtype, empty)
                continue
            place = block[column.name]
            cells = column.cells(features[:, place.start : place.stop])
            gaps = np.zeros(len(features), bool)
            if place.gap is not None and not complete:
                gaps = features[:, place.gap] > 0.5
            made[column.name] = as_left_by_pandas(cells, column.dtype, gaps)
        return like(pd.DataFrame(made), self.source_)

    def texts(self, features: np.ndarray) -> list[list[str | None]]:
        """Return the cells of rows as people write them, of the columns that become features; None for gaps.

        Parameters
        ----------
        features : ndarray of shape (n_rows, n_features)
            As `rows` takes them.
        """
        frame, _ = as_frame(self.rows(features))
        columns = [
            [_written(cell, is_gap=gap) for cell, gap in zip(cells, cells.isna(), strict=True)]
            for cells in (frame[name] for name in self.learned_names)
        ]
        return [list(row) for row in zip(*columns, strict=True)]

    def rescaled(self, features: np.ndarray) -> "TableEncoder":
        """Return an encoder of the same columns whose scaling is that of some rows.

        Parameters
        ----------
        features : ndarray of shape (n_rows, n_features)
            In the user's units.
        """
        encoder = copy(self)
        encoder.scaling_ = self._fit_scaling(features)
        return encoder

    def facts(self) -> dict[str, Any]:
        """Return the description of the fitted encoder, as JSON can hold it."""
        tail = self.scaling_.tail
        facts = TableFacts(
            columns=self.columns_,
            always_marks=self.always_marks_,
            source=self.source_,
            offset=self.scaling_.offset.tolist(),
            scale=self.scaling_.scale.tolist(),
            tail=None
            if tail is None
            else [one if np.isfinite(one) else None for one in tail.tolist()],
        )
        return facts.model_dump()

    @classmethod
    def restored(cls, facts: TableFacts) -> "TableEncoder":
        """Return the encoder that a description is of.

        Raises
        ------
        ValueError
            If the description contradicts itself.
        """
        encoder = cls(mark_gaps="always" if facts.always_marks else "seen")
        try:
            encoder._settle(facts.columns, facts.source, always_marks=facts.always_marks)
        except DataError as error:
            raise ValueError(str(error)) from error
        encoder.scaling_ = Scaling.restored(
            np.array(facts.offset, dtype=np.float64),
            np.array(facts.scale, dtype=np.float64),
            bounded=False,
            input_shape=(encoder.n_features,),
        )
        if facts.tail is not None:
            tail = np.array([np.inf if one is None else one for one in facts.tail])
            if tail.shape != encoder.scaling_.scale.shape:
                raise ValueError("there is not one tail for each feature")
            encoder.scaling_ = replace(encoder.scaling_, tail=tail)
        return encoder

    def _frame_of(self, X: Any) -> "pd.DataFrame":
        """A table whose columns are known by name; those of an array by their places."""
        if hasattr(X, "columns") or hasattr(X, "column_names"):
            return as_frame(X)[0]
        frame, _ = as_frame(X)
        if frame.shape[1] != self.n_features_in_:
            raise DataError(
                f"The table has {frame.shape[1]} columns, but {self.n_features_in_} were learned from."
            )
        return frame.set_axis(self.feature_names_in_, axis=1)

    def _fit_scaling(self, features: np.ndarray) -> Scaling:
        """Deviations of cells that are there for numbers, roots of shares for levels."""
        mean, deviation = _moments(features, self._gap_of_feature())
        if self.is_plain:
            return Scaling(mean, deviation, bounded=False)
        scale, tail = deviation.copy(), np.full(self.n_features, np.inf)
        for block in self.blocks_:
            places = slice(block.start, block.stop)
            if block.kind == "category":
                scale[places] = np.sqrt(np.maximum(mean[places], _LEAST_SHARE))
            elif block.kind == "truth":
                spread = mean[places] * (1 - mean[places])
                scale[places] = np.sqrt(np.maximum(spread, _LEAST_SHARE))
            elif block.stop - block.start > 1:
                # The features of a date weigh together as much as one number.
                scale[places] *= np.sqrt(block.stop - block.start)
            else:
                seen = slice(None) if block.gap is None else features[:, block.gap] < 0.5
                few = _few_that_vary(features[seen, block.start], mean[block.start])
                if few is not None:
                    mean[block.start], scale[block.start], tail[block.start] = few
            if block.gap is not None:
                # In units of 1: that a cell is missing is as far as one deviation of a number.
                scale[block.gap] = 1.0
        return Scaling(mean, scale, bounded=False, tail=tail if np.isfinite(tail).any() else None)

    def _gap_of_feature(self) -> np.ndarray:
        """The place of the mark of gaps of each feature's column; -1 where there is none, as for marks."""
        places = np.full(self.n_features, -1)
        for block in self.blocks_:
            if block.gap is not None:
                places[block.start : block.stop] = block.gap
        return places


def _written(cell: Any, *, is_gap: bool) -> str | None:
    """A cell as people write it: days without a time, whole numbers beside gaps without decimals."""
    return None if is_gap else str(cell).removesuffix(" 00:00:00").removesuffix(".0")


def _row_step(n_features: int) -> int:
    """How many rows fit in the cache together."""
    return max(1, _CACHED // n_features)


def _row_blocks(n_rows: int, n_features: int) -> Iterator[slice]:
    step = _row_step(n_features)
    return (slice(start, start + step) for start in range(0, n_rows, step))


def _moments(features: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the cells of each feature, and their deviation, which is 1 where nothing varies."""
    n_rows, n_features = features.shape
    has_gaps = np.flatnonzero(gaps >= 0)
    n_seen, first, second = (np.zeros(n_features) for _ in range(3))
    # Differences from the first rows, so that large numbers do not lose what they differ by.
    shift = features[: _row_step(n_features)].mean(axis=0, dtype=np.float64)
    for rows in _row_blocks(n_rows, n_features):
        block = features[rows].astype(np.float64) - shift
        seen = np.full(n_features, float(len(block)))
        if len(has_gaps):
            known = features[rows][:, gaps[has_gaps]] < 0.5
            block[:, has_gaps] *= known
            seen[has_gaps] = known.sum(axis=0)
        n_seen += seen
        first += block.sum(axis=0)
        second += np.square(block).sum(axis=0)
    n_known = np.maximum(n_seen, 1)
    mean = first / n_known
    deviation = np.sqrt(np.maximum(second / n_known - np.square(mean), 0))
    mean += shift
    constant = deviation <= _ROUNDING * np.maximum(np.abs(mean), _TINY)
    return mean, np.where(constant, 1.0, deviation)


def _few_that_vary(values: np.ndarray, mean: float) -> tuple[float, float, float] | None:
    """Mean, deviation and reach of all but a thousandth of the values, if that has most of the variance."""
    far = np.abs(values - mean)
    n_few = max(1, round(_FEW * len(values)))
    order = np.argpartition(far, len(far) - n_few)
    rest, few = values[order[:-n_few]], values[order[-n_few:]]
    total = np.square(far, dtype=np.float64).sum()
    if len(rest) < 2 or np.square(few - mean, dtype=np.float64).sum() <= total / 2:
        return None
    middle, deviation = float(rest.mean(dtype=np.float64)), float(rest.std(dtype=np.float64))
    if deviation <= _ROUNDING * abs(middle):
        return None  # nothing but those few varies
    return middle, deviation, float(np.abs(rest - middle).max() / deviation)


def _check_names(frame: "pd.DataFrame", where: str) -> None:
    if not frame.columns.is_unique:
        twice = listed(sorted(set(map(str, frame.columns[frame.columns.duplicated()]))))
        raise DataError(f"{where} has several columns with the same name: {twice}. Rename them.")
    if not len(frame):
        raise DataError(f"{where} has no samples: it has no rows.")


def _check_cells(
    column: Any, cells: "pd.Series", values: np.ndarray, gaps: np.ndarray, where: str
) -> None:
    """Refuse what is no cell of its column, where a gap would be a wrong word for it."""
    if isinstance(column, CategoryColumn | OrdinalColumn | TruthColumn):
        return  # levels that were not seen are gaps, which is said
    wrong = gaps & cells.notna().to_numpy() if gaps.any() else gaps
    if isinstance(column, NumberColumn):
        wrong = wrong | ~np.isfinite(values).all(axis=1)
    if wrong.any():
        row = int(wrong.argmax())
        what = "dates" if isinstance(column, DateColumn) else "numbers"
        raise DataError(
            f"{where} does not have the columns that were learned from: it holds "
            f"{shortened(repr(cells.iloc[row]))} in row {row} (counted from 0 below the header) of "
            f"'{shortened(column.name)}', which was learned from as {what}. Give a table with the same "
            "columns."
        )


def _joined(parts: list[np.ndarray], kind: np.dtype[Any]) -> np.ndarray:
    """All features side by side."""
    n_features = sum(part.shape[1] for part in parts)
    joined: np.ndarray = np.empty((len(parts[0]), n_features), kind)
    for rows in _row_blocks(len(joined), n_features):
        np.concatenate(
            [part[rows] for part in parts], axis=1, out=joined[rows], casting="same_kind"
        )
    return joined
