"""What a column is for, told by its name only where its values do not contradict it."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from latens._text import shortened
from latens.data.table_columns import coded

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "are_written_dates",
    "counts_rows",
    "has_few_values",
    "is_called_identifier",
    "is_called_truth",
    "label_names",
    "plain_name",
    "row_numbers",
    "why_no_classes",
    "y_is_a_feature",
]

_LABEL_NAMES = ("label", "class", "target", "y")
_ROW_NUMBER_NAMES = ("id", "index", "row_id", "unnamed: 0", "")
_IDENTIFIER = re.compile(
    r"(?:.*[\W_])?(?:id|Id|ID|uuid|UUID|guid)|.*[a-z](?:Id|ID)|[A-Za-z]*(?:user|customer|client|patient|"
    r"passenger|person|order|sample|item|product|row|record|case|employee|member)id",
)
_TRUTH = frozenset(
    [
        *(
            "label",
            "labels",
            "class",
            "classes",
            "target",
            "targets",
            "truth",
            "groundtruth",
            "gt",
            "outlier",
        ),
        *(
            "outliers",
            "anomaly",
            "anomalous",
            "fraud",
            "fraudulent",
            "species",
            "diagnosis",
            "survived",
            "churn",
        ),
        *(
            "churned",
            "exited",
            "attack",
            "malignant",
            "defect",
            "defective",
            "outcome",
            "default",
            "spam",
        ),
        # As other languages call classes and findings.
        *(
            "klasse",
            "klassen",
            "classe",
            "clase",
            "etikett",
            "\u00e9tiquette",
            "etiquette",
            "etiqueta",
        ),
        *(
            "zielvariable",
            "diagnose",
            "diagn\u00f3stico",
            "diagnostico",
            "betrug",
            "fraude",
            "ausrei\u00dfer",
        ),
    ]
)
# So many classes need no proof; more must count from 0 or 1 and come often.
_FEW, _OFTEN = 20, 20
# In fewer rows whole numbers that all differ, or count, are chance.
_FEWEST_ROWS, _FEWEST_COUNTED = 10, 20
_FIRST_DAY, _LAST_DAY = 18_000_101, 22_001_231


def plain_name(name: object) -> str:
    """Return a name of a column without blanks around it, in small letters."""
    return str(name).strip().lower()


def label_names(columns: Sequence[str]) -> list[str]:
    """Return the columns whose name says that they hold labels, the surest first."""
    return [name for wanted in _LABEL_NAMES for name in columns if plain_name(name) == wanted]


def why_no_classes(column: "pd.Series") -> str:
    """Why the values of a column are no class labels, whatever it is called; empty if they may be.

    Examples
    --------
    >>> import pandas as pd
    >>> why_no_classes(pd.Series(range(100)))
    'are 100 different whole numbers, not classes,'
    >>> why_no_classes(pd.Series([0, 1] * 50))
    ''
    """
    n_rows = len(column)
    if n_rows < _FEWEST_ROWS or column.isna().any():
        return ""
    if column.dtype.kind == "O":
        found = coded(column)
        is_name = not found.is_nested and len(found.values) > n_rows / 2
        return "differ in nearly all rows and are no classes" if is_name else ""
    if column.dtype.kind not in "iuf":
        return ""
    values = column.to_numpy()
    if values.dtype.kind == "f" and (values % 1 != 0).any():
        return "are numbers with fractions, not classes,"
    different = np.unique(values)
    k = len(different)
    if k <= min(_FEW, n_rows / 2):
        return ""
    counts = different[0] in (0, 1) and different[-1] - different[0] == k - 1
    if counts and n_rows >= _OFTEN * k:
        return ""
    return f"are {k:,} different whole numbers, not classes,"


def y_is_a_feature(frame: "pd.DataFrame", name: str) -> str:
    """Why a column called y is no label but a feature; empty if it may be a label."""
    column = frame[name]
    if column.dtype.kind not in "iuf" or column.isna().any():
        return ""
    beside = [other for other in frame.columns if plain_name(other) == "x"]
    if beside and frame[beside[0]].dtype.kind in "iuf" and _is_coordinate(column, frame[beside[0]]):
        return f"stands beside '{shortened(beside[0])}'"
    values = column.to_numpy()
    if values.dtype.kind == "f" and (values % 1 != 0).any():
        return "holds numbers with fractions"
    why = why_no_classes(column)
    return f"holds {len(np.unique(values)):,} different whole numbers" if why else ""


def _is_coordinate(y: "pd.Series", x: "pd.Series") -> bool:
    """Whether y is a number like the x beside it, and not a few classes of points."""
    n_y, n_x = y.nunique(), x.nunique()
    is_whole = bool((y % 1 == 0).all())
    return not (is_whole and n_y <= _FEW and n_x > 3 * n_y)


def row_numbers(frame: "pd.DataFrame") -> dict[str, str]:
    """Return columns that number, name or date the rows, with the reason."""
    found = {}
    may_count = len(frame) >= _FEWEST_COUNTED
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if dtype.kind not in "iuf":
            continue
        plain = plain_name(name)
        is_named = plain in _ROW_NUMBER_NAMES or is_called_identifier(name)
        if not (may_count or is_named):
            continue
        column = frame[name]
        # 1000.0 is a number of a customer, too; 0.0, 1.0, 2.0 may be measured.
        if dtype.kind == "f" and not (is_named and (column % 1 == 0).all()):
            continue
        if (plain in _ROW_NUMBER_NAMES and column.is_unique) or counts_rows(column.to_numpy()):
            found[str(name)] = "row numbers say nothing of a row"
        elif len(column) >= _FEWEST_ROWS and is_called_identifier(name) and column.is_unique:
            found[str(name)] = "identifiers, which differ in every row"
        elif dtype.kind != "f" and len(column) >= _FEWEST_ROWS and are_written_dates(column):
            found[str(name)] = f"dates written as whole numbers, such as {column.iloc[0]}"
    return found


def counts_rows(values: np.ndarray) -> bool:
    """Whether a column is 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last."""
    if (
        len(values) < _FEWEST_COUNTED
        or values[0] not in (0, 1)
        or values[-1] - values[0] != len(values) - 1
    ):
        return False
    return bool((np.diff(values) == 1).all())


def are_written_dates(column: "pd.Series") -> bool:
    """Whether whole numbers are all days of the calendar, as 20240131 is.

    Examples
    --------
    >>> import pandas as pd
    >>> are_written_dates(pd.Series([20231231, 20240101])), are_written_dates(pd.Series([20231232]))
    (True, False)
    """
    values = column.to_numpy()
    # Most columns are none by their first number: there may be hundreds of thousands.
    if values.dtype.kind not in "iu" or not _FIRST_DAY <= values[0] <= _LAST_DAY:
        return False
    if values.min() < _FIRST_DAY or values.max() > _LAST_DAY:
        return False
    month, day = values // 100 % 100, values % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all())


def is_called_identifier(name: object) -> bool:
    """Whether a column is called as identifiers are.

    Examples
    --------
    >>> is_called_identifier("customer_id"), is_called_identifier("humid")
    (True, False)
    """
    return _IDENTIFIER.fullmatch(str(name).strip()) is not None


def is_called_truth(name: str) -> bool:
    """Whether the name of a column says that it is what a user wants to find.

    Examples
    --------
    >>> is_called_truth("is_fraud"), is_called_truth("amount")
    (True, False)
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower()
    return bool(_TRUTH & {word.rstrip("0123456789") for word in re.split(r"[\W_]+", words)})


def has_few_values(column: "pd.Series") -> bool:
    """Whether a column has as few different values as classes have.

    Examples
    --------
    >>> import pandas as pd
    >>> has_few_values(pd.Series([0, 1])), has_few_values(pd.Series(range(99)))
    (True, False)
    """
    if column.dtype.kind == "O":
        found = coded(column)
        return not found.is_nested and 2 <= len(found.values) <= _FEW
    return 2 <= column.nunique() <= _FEW
