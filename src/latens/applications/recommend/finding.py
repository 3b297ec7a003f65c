"""What a recommender answers: for a user, for somebody who likes some items, or for an item."""

import csv
from dataclasses import dataclass
from typing import Any

from latens.applications.recommend.recommender import Ranking, Recommender
from latens.exceptions import DataError, ParameterError
from latens.runs import Table

__all__ = ["RecommendationFinding", "RecommendationQuestion", "answer_question"]


@dataclass(frozen=True, kw_only=True)
class RecommendationQuestion:
    """Asks a recommender one thing: give one of `user`, `items` and `similar`.

    Parameters
    ----------
    user : str or None, default=None
        Recommend to this user.
    items : sequence of str, default=()
        Recommend to somebody who likes these: ids or names, or several in one text with commas between.
    similar : str or None, default=None
        Find the items that go with this one.
    explain : str or None, default=None
        Find which items of the user, or of those given, led to this one.
    n : int in [1, inf), default=10
        How many items to find.

    Raises
    ------
    ParameterError
        If more than one thing is asked, or nothing.
    """

    user: str | None = None
    items: tuple[str, ...] = ()
    similar: str | None = None
    explain: str | None = None
    n: int = 10

    def __post_init__(self) -> None:
        if self.similar is not None:
            if self.user is not None or self.items or self.explain is not None:
                raise ParameterError(
                    "`similar` asks of an item alone: no `user`, `items`, `explain`."
                )
        elif self.user is not None and self.items:
            raise ParameterError("Give `user` or `items`, not both.")
        elif self.user is None and not self.items:
            raise ParameterError("Say what to answer: `user=ID`, `items=A,B,C` or `similar=ITEM`.")


@dataclass(frozen=True, eq=False)
class RecommendationFinding:
    """The items that a recommender answered with.

    Attributes
    ----------
    sentence : str
        What they are.
    model : str
        The kind of the model that answered.
    ranking : Ranking
        The best item first.
    """

    sentence: str
    model: str
    ranking: Ranking

    def facts(self) -> dict[str, Any]:
        """Return what was asked and answered, as JSON can hold it."""
        items = self.ranking.frame().to_dict(orient="records")
        return {"question": self.sentence, "model": self.model, "items": items}

    def table(self) -> Table:
        """Return the items as rows."""
        ranked = zip(self.ranking.items, self.ranking.names, self.ranking.scores, strict=True)
        rows = tuple(
            (rank, str(item), str(name), float(score))
            for rank, (item, name, score) in enumerate(ranked, start=1)
        )
        return Table(self.sentence, ("rank", "item", "name", "score"), rows)


def answer_question(
    recommender: Recommender, question: RecommendationQuestion
) -> RecommendationFinding:
    """Answer a question as `latens recommend RUN` does.

    Raises
    ------
    DataError
        If a user or an item is not known, or the model has no answer.

    Examples
    --------
    >>> import pandas as pd
    >>> from latens.applications import EASE, Recommender, RecommendationQuestion, answer_question
    >>> events = pd.DataFrame({"user": list("aabbccdd"), "item": list("xyxyuvuv")})
    >>> recommender = Recommender(EASE(), min_items=2).fit(events)
    >>> found = answer_question(recommender, RecommendationQuestion(items=("x",), n=1))
    >>> found.sentence, found.ranking.items.tolist()
    ('For one who likes x', ['y'])
    """
    model = type(recommender.model_).__name__
    if question.similar is not None:
        ranking = recommender.similar_items(question.similar, question.n)
        if not len(ranking):
            raise DataError(f"For {model} '{question.similar}' says nothing about any other item.")
        return RecommendationFinding(f"Items that go with {question.similar}", model, ranking)
    items = [item for text in question.items for item in _items(text, recommender)]
    user = question.user
    who = f"one who likes {', '.join(items)}" if user is None else f"user {user}"
    if question.explain is not None:
        ranking = recommender.explain(question.explain, user=user, items=items, n=question.n)
        if not len(ranking):
            raise DataError(f"There is nothing to explain: {who} likes no item.")
        return RecommendationFinding(f"What led {who} to {question.explain}", model, ranking)
    if user is None:
        ranking = recommender.recommend_to_items(items, question.n)
    else:
        ranking = recommender.recommend(user, question.n)
    return RecommendationFinding(f"For {who}", model, ranking)


def _items(text: str, recommender: Recommender) -> list[str]:
    """The items that a text names: one, or several with commas between, which a name may have, too."""
    if recommender.knows_item(text):
        return [text]
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    parts = [part.strip() for row in rows for part in row if part.strip()]
    found, place = [], 0
    while place < len(parts):
        ends = range(len(parts), place + 1, -1)
        longest = next(
            (end for end in ends if recommender.knows_item(", ".join(parts[place:end]))), place + 1
        )
        found.append(", ".join(parts[place:longest]))
        place = longest
    return found
