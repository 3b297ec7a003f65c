"""Which input a number stands for. An input is a function of seed and number, and of no other input."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random

from inputs import change, copied
from kind import Kind

__all__ = ["VALID", "Campaign", "Input", "Limits"]

# Instead of a seed: every thing of the corpus as it is, which must be read.
VALID = "valid"
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Limits:
    """What one input may take.

    Attributes
    ----------
    seconds : float
        Of the processor.
    waiting : float
        Seconds of the clock in which it does not use the processor. Of the whole time by the clock nothing
        is asked: other programs may have the processor meanwhile.
    grace : float
        More of either, after which a process is ended from outside.
    memory : int
        Bytes above what was taken before it.
    address_space : int
        Bytes above what the imports reserve; beyond them no memory is given.
    """

    seconds: float = 10
    waiting: float = 10
    grace: float = 5
    memory: int = 2**30
    address_space: int = 3 * 2**30


@dataclass(frozen=True)
class Input:
    """A file or a folder that is to be read, and what to do with it."""

    kind: Kind
    path: Path
    rng: Random


@dataclass(frozen=True)
class Campaign:
    """All inputs of one seed.

    Attributes
    ----------
    seed : str
    kinds : sequence of Kind
    corpus : Path
    limits : Limits
    """

    seed: str
    kinds: Sequence[Kind]
    corpus: Path
    limits: Limits = Limits()

    def kind_of(self, number: int) -> Kind:
        """The kind of an input; any stretch of numbers has all kinds in about their shares."""
        if self.seed == VALID:
            return self._valid[number][0]
        start = zlib.crc32(self.seed.encode()) / 2**32
        place = (start + number * _GOLDEN) % 1 * sum(kind.share for kind in self.kinds)
        for kind in self.kinds:
            place -= kind.share
            if place < 0:
                return kind
        return self.kinds[-1]

    def make(self, number: int, folder: Path) -> Input:
        """Write an input into a new folder."""
        rng = Random(f"{self.seed}:{number}")
        use = Random(f"{self.seed}:{number}:use")
        kind = self.kind_of(number)
        folder.mkdir(parents=True)
        if self.seed == VALID:
            return Input(kind, copied(self._valid[number][1], folder), use)
        if kind.bomb is not None and rng.random() < kind.share_of_bombs:
            return Input(kind, kind.bomb(rng, folder), use)
        path = copied(rng.choice(self._things[kind.part]), folder)
        change(rng, path, kind.only)
        return Input(kind, path, use)

    def numbers(self) -> Iterable[int]:
        """All there are; of most seeds there is no end of them."""
        return range(len(self._valid)) if self.seed == VALID else count()

    @cached_property
    def _things(self) -> dict[str, list[Path]]:
        return {
            part.name: sorted(next(place.iterdir()) for place in part.iterdir())
            for part in self.corpus.iterdir()
            if part.name != "importable"
        }

    @cached_property
    def _valid(self) -> list[tuple[Kind, Path]]:
        return [(kind, thing) for kind in self.kinds for thing in self._things.get(kind.part, ())]
