"""What a kind of inputs is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

__all__ = ["Kind"]


@dataclass(frozen=True)
class Kind:
    """A kind of inputs.

    Attributes
    ----------
    name : str
    part : str
        The part of the corpus that is changed.
    use : callable
        What is done with the path of an input. It may draw.
    share : float
        How many of all inputs, relative to the others.
    bomb : callable or None
        Makes an input from nothing.
    share_of_bombs : float
    only : str
        Which files of a folder are changed.
    is_timed : bool
        Whether batches of a network are trained, of the sizes that the file asks for. As in any training
        this takes the memory that it needs; what is checked is that nothing but an error comes where there
        is no more.
    """

    name: str
    part: str
    use: Callable[[Path, Random], None]
    share: float
    bomb: Callable[[Random, Path], Path] | None = None
    share_of_bombs: float = 0.12
    only: str = "**/*"
    is_timed: bool = False
