"""A recommender that speaks of users and items by their names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from latens._fitting import fitting
from latens._saved import Tensors
from latens._validation import Constraints, Having, Integer, Nothing, Options, check_parameters
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.edlae import EDLAE
from latens.applications.recommend.persistence import SAVED, describe, reading, tensors_of
from latens.data.interactions import Interactions, as_interactions
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas

__all__ = ["Ranking", "Recommender", "keep_popular_items"]

_BLOCK = 1_000  # users recommended to at once


@dataclass(frozen=True, eq=False)
class Ranking:
    """Items in order, best first.

    Attributes
    ----------
    items : ndarray of str
        Their ids.
    names : ndarray of str
        What people call them; the id where there is no name.
    scores : ndarray of float
        How much each is recommended, or resembles, or explains.
    """

    items: np.ndarray
    names: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.items)

    def frame(self) -> "pandas.DataFrame":
        """Return a table with one row per item."""
        import pandas

        return pandas.DataFrame({"item": self.items, "name": self.names, "score": self.scores})


class Recommender(BaseEstimator):
    """Recommends items to the users of its events, and to anybody who names some items.

    Parameters
    ----------
    model : {"auto"} or a recommender such as EDLAE() or MultVAE(), default="auto"
        "auto": `EDLAE` where it fits in its memory limit, else `MultVAE`.
    min_items : int in [1, inf), default=5
        Users with fewer liked items are not learned from; they get recommendations all the same.
    max_items : int in [1, inf) or None, default=None
        Keep only this many of the most popular items.

    Attributes
    ----------
    model_ : BaseRecommender
    interactions_ : Interactions
        The events, with the items that were kept.

    Examples
    --------
    >>> import pandas as pd
    >>> from latens.data.interactions import interactions_from_frame
    >>> events = pd.DataFrame({"user": list("aabbccdd"), "item": list("xyxyuvuv")})
    >>> recommender = Recommender(min_items=2).fit(interactions_from_frame(events))
    >>> str(recommender.recommend_to_items(["x"], n=1).items[0])
    'y'
    """

    _constraints: ClassVar[Constraints] = {
        "model": (Options(("auto",)), Having("score_items", "a recommender such as EDLAE()")),
        "min_items": (Integer(1),),
        "max_items": (Integer(1), Nothing()),
    }

    def __init__(
        self,
        model: str | BaseRecommender = "auto",
        *,
        min_items: int = 5,
        max_items: int | None = None,
    ) -> None:
        self.model = model
        self.min_items = min_items
        self.max_items = max_items

    def fit(self, interactions: Any, y: Any = None) -> Self:
        """Learn from events.

        Parameters
        ----------
        interactions : Interactions, DataFrame or sparse matrix
            Such as `latens.data.load_interactions` gives; a table of events, whose columns are found by name;
            or ratings, users in rows and items in columns.
        y : ignored
            Present for scikit-learn's conventions.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If these are no events, no user has enough items, or the model would need too much memory.
        """
        with fitting(self):
            check_parameters(self)
            kept = keep_popular_items(as_interactions(interactions), self.max_items)
            enough = np.flatnonzero(np.diff(kept.liked.indptr) >= self.min_items)
            if len(enough) == 0:
                raise DataError(
                    f"No user has {self.min_items} liked items or more. Lower `min_items`, or `min_rating` "
                    "so that more events count as likes."
                )
            rows = sparse.csr_array(kept.liked[enough])
            self.model_ = self._model(rows)
            self.model_.fit(rows)
            self._know(kept)
        return self

    def recommend(self, user: object, n: int = 10) -> Ranking:
        """Return the n best items for a user of the events, without those met already.

        Raises
        ------
        DataError
            If there is no such user.
        """
        check_is_fitted(self)
        row = self._users.get(str(user))
        if row is None:
            close = get_close_matches(str(user), list(self._users), n=3)
            hint = f" Close to it: {', '.join(close)}." if close else ""
            raise DataError(
                f"There is no user '{user}' in the events.{hint} Name some `items` for a new user."
            )
        liked, seen = self.interactions_.liked[[row]], self.interactions_.seen[[row]]
        return self._ranking(*self.model_.recommend(liked, n, exclude=seen))

    def recommend_to_items(self, items: Sequence[object], n: int = 10) -> Ranking:
        """Return the n best items for somebody who likes the given ones, each an id or a name.

        Raises
        ------
        DataError
            If an item is not known.
        """
        check_is_fitted(self)
        return self._ranking(*self.model_.recommend(self._row(items), n))

    def recommend_to_all(self, n: int = 10) -> Iterator["pandas.DataFrame"]:
        """Yield the n best items of every user, a thousand users at a time: user, rank, item, name, score."""
        check_is_fitted(self)
        import pandas

        known = self.interactions_
        for start in range(0, len(known.users), _BLOCK):
            rows = slice(start, start + _BLOCK)
            items, scores = self.model_.recommend(known.liked[rows], n, exclude=known.seen[rows])
            users = np.repeat(known.users[rows], items.shape[1])
            ranks = np.tile(np.arange(1, items.shape[1] + 1), len(items))
            there = items.ravel() >= 0
            chosen = items.ravel()[there]
            yield pandas.DataFrame(
                {
                    "user": users[there],
                    "rank": ranks[there],
                    "item": known.items[chosen],
                    "name": self._names[chosen],
                    "score": scores.ravel()[there],
                }
            )

    def similar_items(self, item: object, n: int = 10) -> Ranking:
        """Return the n items that go best with one, given by id or name."""
        check_is_fitted(self)
        items, scores = self.model_.similar_items(self._find(item), n)
        return self._ranking(items[None], scores[None])

    def explain(
        self,
        item: object,
        *,
        user: object = None,
        items: Sequence[object] = (),
        n: int | None = None,
    ) -> Ranking:
        """Return which items of a user, or of those given, led to an item, the n strongest or all."""
        check_is_fitted(self)
        if user is None:
            row = self._row(items)
        elif str(user) in self._users:
            row = sparse.csr_array(self.interactions_.liked[[self._users[str(user)]]])
        else:
            raise DataError(f"There is no user '{user}' in the events.")
        found, parts = self.model_.explain(row, self._find(item))
        return self._ranking(found[None, :n], parts[None, :n])

    def names(self, columns: np.ndarray) -> list[str]:
        """Return what people call the items in some columns."""
        return [str(name) for name in self._names[columns]]

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the fitted recommender to a folder of JSON and safetensors, the events included.

        Raises
        ------
        ModelError
            If the folder exists.
        """
        check_is_fitted(self)
        return SAVED.write(self, path, overwrite=overwrite)

    def facts(self) -> dict[str, Any]:
        """Return the description that is saved, as JSON can hold it."""
        of_users = {"min_items": int(self.min_items), "max_items": self.max_items}
        if self.max_items is not None:
            of_users["max_items"] = int(self.max_items)
        return of_users | describe(self.model_, self.interactions_)

    def tensors(self) -> Tensors:
        """Return the arrays that are saved, by name."""
        return tensors_of(self.model_, self.interactions_)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ModelError
            If the folder is no saved recommender, or is damaged.
        """
        with reading(Path(path)) as (facts, model, interactions):
            recommender = cls(model, min_items=facts.min_items, max_items=facts.max_items)
            recommender.model_ = model
            recommender._know(interactions)
        return recommender

    def _model(self, rows: sparse.csr_array) -> BaseRecommender:
        if isinstance(self.model, BaseRecommender):
            return clone(self.model)
        linear = EDLAE()
        if linear.gigabytes(*rows.shape) <= linear.max_gigabytes:
            return linear
        from latens.applications.recommend.mult_vae import MultVAE

        return MultVAE(random_state=0)

    def _know(self, interactions: Interactions) -> None:
        """Keep the events, and where each user and item stands in them."""
        self.interactions_ = interactions
        self._users = {str(user): row for row, user in enumerate(interactions.users)}
        self._items = {str(item): column for column, item in enumerate(interactions.items)}
        named = interactions.items if interactions.names is None else interactions.names
        self._names = named
        # Reversed, so that of several items with one name the first is found.
        columns = reversed(list(enumerate(named)))
        self._by_name = {str(name).casefold(): column for column, name in columns}

    def knows_item(self, item: object) -> bool:
        """Return whether a text is the whole id or name of an item."""
        check_is_fitted(self)
        asked = str(item).strip()
        return asked in self._items or asked.casefold() in self._by_name

    def _find(self, item: object) -> int:
        """The column of an item: by its id, its name, or a part of its name that no other has."""
        asked = str(item).strip()
        if asked in self._items:
            return self._items[asked]
        wanted = asked.casefold()
        if wanted in self._by_name:
            return self._by_name[wanted]
        containing = [name for name in self._by_name if wanted and wanted in name]
        if len(containing) == 1:
            return self._by_name[containing[0]]
        close = containing[:5] or get_close_matches(wanted, list(self._by_name), n=3)
        shown = "; ".join(str(self._names[self._by_name[name]]) for name in close)
        hint = f" Did you mean one of: {shown}?" if close else ""
        what = f"{len(containing)} items have" if containing else "No item has"
        raise DataError(f"{what} the id or name '{asked}'.{hint}")

    def _row(self, items: Sequence[object]) -> sparse.csr_array:
        columns = sorted({self._find(item) for item in items})
        if not columns:
            raise DataError("No items were given. Name at least one that the user likes.")
        shape = (1, len(self.interactions_.items))
        ones = np.ones(len(columns), dtype=np.float32)
        return sparse.csr_array((ones, (np.zeros(len(columns), dtype=int), columns)), shape=shape)

    def _ranking(self, items: np.ndarray, scores: np.ndarray) -> Ranking:
        there = items[0] >= 0
        columns = items[0][there]
        return Ranking(self.interactions_.items[columns], self._names[columns], scores[0][there])


def keep_popular_items(interactions: Interactions, max_items: int | None) -> Interactions:
    """Keep the most popular items alone; of equal ones the first."""
    from dataclasses import replace

    n_items = len(interactions.items)
    if max_items is None or n_items <= max_items:
        return interactions
    counts = np.bincount(interactions.liked.indices, minlength=n_items)
    kept = np.sort(np.argsort(-counts, kind="stable")[:max_items])
    share = counts[kept].sum() / counts.sum()
    note = f"The {max_items:,} most popular of {n_items:,} items were kept, with {share:.0%} of the likes."
    return replace(
        interactions,
        liked=sparse.csr_array(interactions.liked[:, kept]),
        seen=sparse.csr_array(interactions.seen[:, kept]),
        items=interactions.items[kept],
        names=None if interactions.names is None else interactions.names[kept],
        notes=(*interactions.notes, note),
    )
