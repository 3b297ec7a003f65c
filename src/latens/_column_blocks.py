"""Which features of a matrix belong to which column of a table, and how they are to be reconstructed."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["BlockKind", "ColumnBlock"]

BlockKind = Literal["number", "truth", "category"]


@dataclass(frozen=True)
class ColumnBlock:
    """The features that one column became.

    Attributes
    ----------
    name : str
        Of the column.
    kind : {"number", "truth", "category"}
        Numbers, one probability, or one probability for each level, which sum to 1.
    start, stop : int
        The places of its values among the features.
    gap : int or None
        The place of the feature that is 1 where the column has no value; None if it always had one.

    Examples
    --------
    >>> ColumnBlock("color", "category", 2, 5).places
    range(2, 5)
    """

    name: str
    kind: BlockKind
    start: int
    stop: int
    gap: int | None = None

    @property
    def places(self) -> range:
        """The places of its values among the features."""
        return range(self.start, self.stop)

    @property
    def features(self) -> list[int]:
        """The places of all its features, the mark of gaps among them."""
        return [*self.places, *([] if self.gap is None else [self.gap])]
