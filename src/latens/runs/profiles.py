"""profiles.json: what each cluster is like, and how the columns of the user set it apart."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from latens.runs.records import Count, Few, Finite, Record, Text

if TYPE_CHECKING:
    import pandas

__all__ = ["ClusterProfile", "ClusterProfiles", "ColumnDifference"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# datetime ends there; whoever has later days has no days.
_MOST_DAYS = 2_900_000
_SHOWN = 3
_LONGEST = 40


class ColumnDifference(Record):
    """How a cluster differs from all other samples in one column of the user.

    Attributes
    ----------
    column : str
    kind : {"number", "date", "truth", "text", "gap"}
        What is compared: numbers or dates by their order; the share of what is true, of one text, or of gaps.
    level : str or None
        The text, of kind "text".
    effect : float
        From -1 to 1, positive where the cluster has more: Cliff's delta of numbers and dates, else the
        difference of the two shares, which is the same of what is there or not.
    here, others : float
        Medians in the user's units, days since 1970 of dates; or shares.
    here_range, others_range : (float, float) or None
        The quartiles, of numbers and dates.
    n_here, n_others : int
        How many samples have a value.
    decimals : int or None
        Of the numbers in the data.
    is_label : bool
        Whether the column holds labels, which nothing was learned from.
    """

    column: Text
    kind: Literal["number", "date", "truth", "text", "gap"]
    level: Text | None = None
    effect: Annotated[float, Field(ge=-1, le=1)]
    here: Finite
    others: Finite
    here_range: tuple[Finite, Finite] | None = None
    others_range: tuple[Finite, Finite] | None = None
    n_here: Count
    n_others: Count
    decimals: Annotated[int, Field(ge=0, le=20)] | None = None
    is_label: bool = False

    @property
    def is_share(self) -> bool:
        """Whether shares are compared, and no values."""
        return self.kind in ("truth", "text", "gap")

    @property
    def what(self) -> str:
        """What is compared, such as "returns", "plan = plus" or "rating is missing"."""
        if self.kind == "gap":
            return f"{_short(self.column)} is missing"
        if self.kind == "truth":
            return f"{_short(self.column)} = True"
        return (
            f"{_short(self.column)} = {_short(self.level)}"
            if self.level is not None
            else _short(self.column)
        )

    @property
    def here_words(self) -> str:
        """The median or share of the cluster, as people read it."""
        return self._words(self.here, self.n_here)

    @property
    def others_words(self) -> str:
        """The median or share of all other samples."""
        return self._words(self.others, self.n_others)

    def range_words(self, quartiles: tuple[float, float] | None) -> str:
        """Return quartiles, or nothing."""
        return (
            ""
            if quartiles is None
            else f"{self._value(quartiles[0])} to {self._value(quartiles[1])}"
        )

    @property
    def lift(self) -> float | None:
        """How many times as frequent a text, a truth or a gap is as among the others; None of other kinds."""
        return self.here / self.others if self.is_share and self.others > 0 else None

    @property
    def short(self) -> str:
        """A few words for the name of a cluster."""
        column = _short(self.column)
        if self.kind == "gap":
            return f"{column} missing" if self.effect > 0 else f"{column} given"
        if self.kind == "truth":
            return column if self.effect > 0 else f"no {column}"
        if self.kind == "text":
            return f"{column} {'' if self.effect > 0 else 'not '}{_short(self.level)}"
        more, less = ("late", "early") if self.kind == "date" else ("high", "low")
        return f"{more if self.effect > 0 else less} {column}"

    @property
    def sentence(self) -> str:
        """The difference in a few words, such as "returns: 9, others 0"."""
        return f"{self.what}: {self.here_words}, others {self.others_words}"

    def _words(self, value: float, n: int) -> str:
        return self._value(value) if n else "unknown"

    def _value(self, value: float) -> str:
        if self.is_share:
            return _percent(value)
        if self.kind == "date":
            return _day(value)
        return _number(value, self.decimals)


class ClusterProfile(Record):
    """What one cluster is like.

    Attributes
    ----------
    cluster : int
    name : str
        A suggestion.
    name_from : {"columns", "labels", "nothing"}
        What it was made of. Labels name a cluster and score nothing.
    n_trained_on, n_held_out : int
        How many of its samples are of either part.
    label : str or None
        The most frequent label of the samples, where they have labels.
    label_share : float or None
        Its share.
    differences : list of ColumnDifference
        The largest effect first.
    nearest, farthest : list of int
        Places of the samples whose codes lie nearest to the center of the cluster, and farthest from it;
        of images, among those on the maps.
    """

    cluster: Count
    name: Text
    name_from: Literal["columns", "labels", "nothing"] = "nothing"
    n_trained_on: Count = 0
    n_held_out: Count = 0
    label: Text | None = None
    label_share: Annotated[float, Field(ge=0, le=1)] | None = None
    differences: Few[ColumnDifference] = []
    nearest: Few[Count] = []
    farthest: Few[Count] = []

    @property
    def size(self) -> int:
        """How many samples it holds."""
        return self.n_trained_on + self.n_held_out

    @property
    def words(self) -> str:
        """What sets it apart, in the three largest differences."""
        return "; ".join(one.sentence for one in self.differences[:_SHOWN])


class ClusterProfiles(Record):
    """The profiles of all clusters of a model's codes.

    Attributes
    ----------
    representation : str
        The model.
    n : int
        How many samples are in the clusters, of both parts: all on the maps, or those that are scored.
    n_columns : int
        How many columns of the user were compared.
    clusters : list of ClusterProfile
        The largest first.
    """

    representation: Text
    n: Count
    n_columns: Count = 0
    clusters: Few[ClusterProfile] = []

    def frame(self) -> "pandas.DataFrame":
        """Return a table of all differences, one row for each, in the user's units."""
        import pandas

        columns = [
            "cluster",
            "name",
            "samples",
            "column",
            "level",
            "compared",
            "effect",
            "here",
            "others",
        ]
        rows = [
            (
                *(one.cluster, one.name, one.size, each.column, each.level, each.kind),
                *(each.effect, each.here_words, each.others_words, each.n_here, each.n_others),
            )
            for one in self.clusters
            for each in one.differences
        ]
        return pandas.DataFrame(rows, columns=[*columns, "n_here", "n_others"])


def _short(text: str | None) -> str:
    words = " ".join((text or "").split()) or "(empty)"
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _percent(share: float) -> str:
    """A share without false precision, and never 0 % of what is there."""
    value = 100 * share
    if value and value < 0.95:
        return f"{value:.1g} %"
    return "almost 100 %" if 99.5 <= value < 100 else f"{value:.0f} %"


def _day(days: float) -> str:
    if not abs(days) < _MOST_DAYS:
        return "unknown"
    try:
        return f"{_EPOCH + timedelta(days=days):%Y-%m-%d}"
    except OverflowError:
        return "unknown"


def _number(value: float, decimals: int | None) -> str:
    if decimals is None or abs(value) >= 1e15:
        return f"{value:.4g}"
    # The median of whole numbers may lie between two of them.
    needed = decimals if round(value, decimals) == value else max(decimals, 1)
    return f"{value:,.{needed}f}"
