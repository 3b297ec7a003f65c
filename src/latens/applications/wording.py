"""Differences in words: better, worse, not clear, or too little to tell."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from latens.metrics.intervals import Difference, error_difference, paired_difference

__all__ = ["Advantage", "Contest", "counted", "percent"]

Measure = Literal["share", "decibels", "score"]

# Unit, factor, decimals, and from which interval on there is too little evidence.
_UNITS: dict[Measure, tuple[str, float, int, float]] = {
    "share": (" percentage points", 100, 1, 0.05),
    "decibels": (" dB", 1, 2, 0.5),
    "score": ("", 1, 3, 0.05),
}


@dataclass(frozen=True)
class Advantage:
    """How much better one thing is than another, as a sentence says it.

    Attributes
    ----------
    difference : Difference
        Positive where it is better.
    unit : str
        What follows the number, such as " percentage points".
    factor : float
        From the difference to its unit.
    digits : int
        Decimals.
    most_unsure : float
        An interval that holds 0 and reaches further to either side than this, before `factor`, is of too
        little evidence to call things alike.
    """

    difference: Difference
    unit: str
    factor: float
    digits: int
    most_unsure: float

    @classmethod
    def of(cls, difference: Difference, measure: "Measure") -> "Advantage":
        """Return the advantage of one share of samples, PSNR in decibels or score in [0, 1] over another."""
        return cls(difference, *_UNITS[measure])

    @property
    def outcome(self) -> str:
        """One of "better", "worse", "no clear difference" and "too few"."""
        if self.difference.is_clear:
            return "better" if self.difference.mean > 0 else "worse"
        too_few = self.difference.half_width > self.most_unsure
        return "too few" if too_few else "no clear difference"

    def end_of_sentence(self, baseline: str, evidence: str = "samples") -> str:
        """Return what follows the figure of the first thing, with a full stop.

        Parameters
        ----------
        baseline : str
            The second thing, with its figure.
        evidence : str
            What may be too few, in the plural.
        """
        if self.outcome in ("better", "worse"):
            size, least = self._number(self.difference.mean), 10.0**-self.digits
            size = size if float(size) else f"less than {least:g}"
            return f", {size}{self.unit} {self.outcome} than {baseline} ({self.interval})."
        if self.outcome == "too few":
            return f". There are too few {evidence} to tell it apart from {baseline} ({self.interval})."
        return f". There is no clear difference from {baseline} ({self.interval})."

    @property
    def interval(self) -> str:
        """The interval, in the words of a sentence."""
        low, high = self.difference.low, self.difference.high
        if math.isinf(low):
            return "a single value gives no interval"
        if low > 0:
            ends = f"{self._number(low)} to {self._number(high)} better"
        elif high < 0:
            ends = f"{self._number(high)} to {self._number(low)} worse"
        else:
            ends = f"{self._number(low)} worse to {self._number(high)} better"
        return f"95 % interval: {ends}"

    def _number(self, value: float) -> str:
        return f"{abs(self.factor * value):.{self.digits}f}"


@dataclass(frozen=True, eq=False)
class Contest:
    """One way to do something beside its baselines, all of them measured on the same samples.

    Attributes
    ----------
    ours : ndarray of shape (n_samples,) or (n_draws, n_samples)
    baselines : mapping of str to ndarray of this shape
    measure : {"share", "decibels", "score"}
        Whether a sample was misclassified, for which less is better; or decibels, or a score.
    """

    ours: np.ndarray
    baselines: Mapping[str, np.ndarray]
    measure: Measure

    @property
    def best(self) -> str:
        """The baseline that is best on the mean."""
        sign = -1 if self.measure == "share" else 1
        return max(self.baselines, key=lambda name: sign * self.baselines[name].mean())

    @property
    def advantage(self) -> Advantage:
        """How much better we are than the best baseline."""
        best = self.baselines[self.best]
        if self.measure == "share":
            return Advantage.of(error_difference(best, self.ours), self.measure)
        return Advantage.of(paired_difference(self.ours, best), self.measure)

    def end_of_sentence(
        self, best: str, evidence: str = "samples", baselines: str = "baselines"
    ) -> str:
        """Return what follows our figure, with a full stop: the best baseline in words, and of how many."""
        n = len(self.baselines)
        words = best if n == 1 else f"{best}, the best of {n} {baselines}"
        return self.advantage.end_of_sentence(words, evidence)


def percent(share: float) -> str:
    """Write a share in per cent.

    Examples
    --------
    >>> percent(0.0653)
    '6.5 %'
    """
    return f"{100 * share:.1f} %"


def counted(n: int, one: str, many: str = "") -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "sample"), counted(2000, "sample"), counted(2, "class", "classes")
    ('1 sample', '2,000 samples', '2 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
