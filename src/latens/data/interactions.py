"""Who liked what: events of users and items as one sparse matrix."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._memory import check_memory
from latens._text import shortened
from latens.data.table_columns import as_numbers, coded
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

__all__ = [
    "EventColumns",
    "Interactions",
    "as_interactions",
    "id_text",
    "interactions_from_frame",
    "text_array",
]

_USER = "user userid uid customer customerid visitor visitorid member memberid reviewer reviewerid"
_ITEM = (
    "item itemid iid movie movieid product productid asin parentasin artist artistid book bookid isbn "
    "track trackid song songid business businessid article articleid game gameid venue venueid"
)
_RATING = "rating ratings score stars bookrating overall"
_NAMES = {
    "user": tuple(_USER.split()),
    "item": tuple(_ITEM.split()),
    "rating": tuple(_RATING.split()),
}
# A rating counts as liked from this share of the largest on: 4 of 5, 8 of 10.
_LIKED = 0.8
_SHOWN = 8
# From here on a float stands for more than one whole number.
_MOST_EXACT = 2**53


@dataclass(frozen=True)
class EventColumns:
    """Which columns of a table of events hold what; None: found by name.

    Attributes
    ----------
    user, item, rating : str or None
    """

    user: str | None = None
    item: str | None = None
    rating: str | None = None


@dataclass(frozen=True, eq=False)
class Interactions:
    """Users, items, and who liked what.

    Attributes
    ----------
    liked : csr_array of shape (n_users, n_items), float32
        1 where a user liked an item.
    seen : csr_array of shape (n_users, n_items), float32
        1 where a user met an item at all: liked, or rated low.
    users, items : ndarray of str
        What the rows and columns are called in the events.
    names : ndarray of str or None
        What people call the items.
    name : str
        Where the events came from.
    notes : tuple of str
        What was done to them, in sentences.
    """

    liked: "sparse.csr_array"
    seen: "sparse.csr_array"
    users: np.ndarray
    items: np.ndarray
    names: np.ndarray | None = None
    name: str = ""
    notes: tuple[str, ...] = field(default=())

    def in_words(self) -> str:
        """Return how many users, items and likes there are."""
        n_users, n_items = self.liked.shape
        return (
            f"{self.name}: {n_users:,} users, {n_items:,} items, {self.liked.nnz:,} likes "
            f"({self.density:.2%} of all pairs)"
        )

    @property
    def density(self) -> float:
        """The share of all pairs that were liked, in [0, 1]."""
        return float(self.liked.nnz / (self.liked.shape[0] * self.liked.shape[1]))


def interactions_from_frame(
    frame: "pd.DataFrame",
    *,
    columns: EventColumns | None = None,
    min_rating: float | None = None,
    where: str = "The table",
    name: str = "",
) -> Interactions:
    """Make interactions of a table of events, one row each.

    Ids are compared as text, so that 7 in one table is "7" in another. Of several events of one user with
    one item the largest rating counts. Items that nobody liked are left out; users are all kept.

    Parameters
    ----------
    frame : DataFrame
        A column of users, one of items and perhaps one of ratings.
    columns : EventColumns or None, default=None
        What they are called, where the names do not say it.
    min_rating : float or None, default=None
        An item is liked from this rating on. None: from 80 % of the largest rating on, which is 4 of 5
        stars; without a column of ratings every event is a like.
    where : str
        The source, as the beginning of an error.
    name : str

    Returns
    -------
    Interactions

    Raises
    ------
    DataError
        If a column is missing, an id is missing, a rating is no number, or nothing was liked.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"user": ["ann", "ann", "bob"], "movie": [1, 2, 2], "rating": [5, 2, 4]})
    >>> interactions_from_frame(events).liked.toarray()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    columns = columns or EventColumns()
    user = _column(frame, columns.user, "user", where)
    item = _column(frame, columns.item, "item", where)
    user_ids, users = _ids(frame[user], where)
    item_ids, items = _ids(frame[item], where)
    rating = columns.rating or _named(frame, "rating")
    values, notes = _ratings(frame, rating, where)
    least, said = _threshold(values, min_rating, rating)
    notes += [*said, _roles(frame, user, item, rating)]
    best = _largest_of_pairs(user_ids, item_ids, values, (len(users), len(items)))
    if best.nnz < len(frame):
        notes.append(
            f"{len(frame) - best.nnz:,} repeated events of one user with one item were merged."
        )
    seen, liked = best.copy(), best
    seen.data = np.ones(len(seen.data), dtype=np.float32)
    liked.data = (liked.data >= least).astype(np.float32)
    liked.eliminate_zeros()
    if liked.nnz == 0:
        raise DataError(
            f"{where} holds no event with a rating of {least:g} or more, so nobody liked anything. "
            "Lower min_rating (--min-rating)."
        )
    kept = np.flatnonzero(np.bincount(liked.indices, minlength=len(items)))
    return Interactions(
        liked=liked[:, kept],
        seen=seen[:, kept],
        users=users,
        items=items[kept],
        name=name,
        notes=tuple(notes),
    )


def _roles(frame: "pd.DataFrame", user: str, item: str, rating: str | None) -> str:
    """Which columns were taken for what, and how to say it."""
    roles = f"Users are in column '{shortened(user)}', items in '{shortened(item)}'"
    roles += "" if rating is None else f", ratings in '{shortened(rating)}'"
    others = [shortened(name) for name in frame.columns if name not in (user, item, rating)]
    if others:
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        roles += f"; not used: {', '.join(others[:5])}{more}"
    return f"{roles} (--user-column, --item-column and --rating-column name others)."


def as_interactions(events: Any) -> Interactions:
    """Return events in any form that a recommender takes as interactions.

    Parameters
    ----------
    events : Interactions, pandas.DataFrame, or matrix or array of scipy.sparse
        Of a matrix, rows are users, columns are items, and what is stored are ratings.

    Raises
    ------
    DataError
        If it is none of these, or its columns or values are no events.

    Examples
    --------
    >>> from scipy import sparse
    >>> as_interactions(sparse.eye(3)).items
    array(['0', '1', '2'], dtype='<U1')
    """
    import pandas as pd
    from scipy import sparse

    if isinstance(events, Interactions):
        return events
    if isinstance(events, pd.DataFrame):
        return interactions_from_frame(events)
    if sparse.issparse(events) and events.ndim == 2:
        stored = sparse.coo_array(events)
        columns = {"user": stored.row, "item": stored.col, "rating": stored.data}
        return interactions_from_frame(pd.DataFrame(columns), where="The sparse matrix")
    raise DataError(
        "A recommender learns from events: give Interactions, as latens.data.load_interactions(file) does, a "
        "pandas frame with a column of users and one of items, or a sparse matrix of users by items. "
        f"Got {type(events).__name__}."
    )


def id_text(value: object) -> str:
    """Return an id as text without blanks around it; a whole float as the integer that it stands for.

    Examples
    --------
    >>> id_text(7.0), id_text(" 7"), id_text(7.5)
    ('7', '7', '7.5')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_EXACT:
        value = int(value)
    return str(value).strip()


def _plain(column: str) -> str:
    """user_id:token, userId and USER-ID are one name."""
    return "".join(letter for letter in column.partition(":")[0].lower() if letter.isalnum())


def _named(frame: "pd.DataFrame", role: str) -> str | None:
    """The first column whose name says the role, in the order of the names we know."""
    plain = {_plain(str(column)): str(column) for column in reversed(list(frame.columns))}
    return next((plain[name] for name in _NAMES[role] if name in plain), None)


def _column(frame: "pd.DataFrame", asked: str | None, role: str, where: str) -> str:
    found = asked or _named(frame, role)
    if found in frame.columns:
        return str(found)
    listed = ", ".join(f"'{shortened(column)}'" for column in list(frame.columns)[:_SHOWN])
    what = f"no column '{asked}'" if asked else f"no column whose name says that it holds {role}s"
    raise DataError(
        f"{where} has {what}. Name it with {role}_column (--{role}-column). Its columns: {listed}."
    )


def _ids(column: "pd.Series", where: str) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in [0, n) for every row, and the n ids in the order of their first event."""
    import pandas as pd

    missing = column.isna().to_numpy()
    if missing.any():
        raise DataError(
            f"{where} has no value in column '{shortened(column.name)}' in {int(missing.sum()):,} row(s), "
            f"first in row {int(missing.argmax()) + 1} (counted from 1). Drop these rows first."
        )
    try:
        codes, values = pd.factorize(column)
    except TypeError as error:
        raise DataError(
            f"{where} holds lists or records in column '{shortened(column.name)}'. Expected one id a row."
        ) from error
    # 7, "7" and "7 " are one id, so texts are compared, of which there are fewer than events.
    codes_of_values, ids = pd.factorize(np.array([id_text(one) for one in values.tolist()], object))
    what = f"The ids of {where} in column '{shortened(column.name)}'"
    return codes_of_values[codes], text_array(ids.tolist(), what)


def text_array(texts: Sequence[str], what: str) -> np.ndarray:
    """Return texts as an array, in which each takes as much as the longest.

    Raises
    ------
    DataError
        If that is far more than they take, or more than there is.
    """
    longest = max(map(len, texts), default=0)
    check_memory(4 * longest * len(texts), what, stored=sum(map(len, texts)))
    return np.array(texts, dtype=str)


def _ratings(frame: "pd.DataFrame", column: str | None, where: str) -> tuple[np.ndarray, list[str]]:
    """The rating of every event; 1 where there are none."""
    import pandas as pd

    if len(frame) == 0:
        raise DataError(f"{where} holds no events.")
    if column is None:
        return np.ones(len(frame)), ["No column of ratings: every event counts as a like."]
    if column not in frame.columns:
        _column(frame, column, "rating", where)
    cells = frame[column]
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        found = coded(cells)
        values = np.append(as_numbers(found.values), np.nan)[found.places]
    bad = ~np.isfinite(values)
    if bad.any():
        row = int(bad.argmax())
        raise DataError(
            f"{where} has no number in column '{column}' in {int(bad.sum()):,} row(s), first "
            f"'{shortened(cells.iloc[row])}' in row {row + 1} (counted from 1). Fill or drop these rows, or "
            "name another column with rating_column (--rating-column)."
        )
    return values, []


def _threshold(
    values: np.ndarray, asked: float | None, column: str | None
) -> tuple[float, list[str]]:
    """The least rating of a like, and what to say of it."""
    if column is None:
        return 1.0, []
    least = _LIKED * float(values.max()) if asked is None else asked
    if asked is None and values.max() <= 0:
        least = float(values.min())
    share = float((values >= least).mean())
    source = "" if asked is not None else f" ({_LIKED:.0%} of the largest)"
    words = f"Liked means '{column}' of {least:g} or more{source}: {share:.0%} of {len(values):,} events."
    return least, [words]


def _largest_of_pairs(
    users: np.ndarray, items: np.ndarray, values: np.ndarray, shape: tuple[int, int]
) -> "sparse.csr_array":
    """One entry per pair, explicit zeros included, columns in order."""
    from scipy import sparse

    keys = users.astype(np.int64) * shape[1] + items
    order = np.lexsort((values, keys))
    is_last = np.ones(len(order), dtype=bool)
    is_last[:-1] = keys[order[1:]] != keys[order[:-1]]
    chosen = order[is_last]
    indptr = np.zeros(shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(users[chosen], minlength=shape[0]), out=indptr[1:])
    return sparse.csr_array((values[chosen], items[chosen].astype(np.int32), indptr), shape=shape)
