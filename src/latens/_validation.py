"""Constraints on parameters, declared beside them and checked in `fit`, with one error grammar.

An estimator lists its constraints in the class attribute `_constraints`; `check_parameters` holds
the values against them:

    The 'beta' parameter of BetaVAE must be a float in [0, inf). Got -1 instead.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral as IntegralNumber
from numbers import Real as RealNumber
from typing import Any, Protocol

import numpy as np

from latens.exceptions import ParameterError

__all__ = [
    "Boolean",
    "Constraint",
    "Constraints",
    "Having",
    "Integer",
    "Nothing",
    "Options",
    "PositiveIntegers",
    "Real",
    "Seed",
    "Text",
    "check_parameters",
    "check_value",
    "forget_feature_names",
]


class Constraint(Protocol):
    """What a value must be: a test, and the words for it."""

    def accepts(self, value: Any) -> bool:
        """Whether the value is legal."""

    def __str__(self) -> str:
        """The words after "must be"."""


Constraints = Mapping[str, tuple[Constraint, ...]]


def _is_number(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool | np.bool_)


# Larger integers have no place in arrays and tensors.
_MOST = 2**63


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float reaches
        return False


@dataclass(frozen=True)
class Real:
    """A finite float (or integer) between two bounds; `closed` names the bounds that belong to it."""

    low: float = -math.inf
    high: float = math.inf
    closed: str = "both"

    def accepts(self, value: Any) -> bool:
        if not _is_number(value, RealNumber) or not _is_finite(value):
            return False
        above = value >= self.low if self.closed in ("both", "left") else value > self.low
        below = value <= self.high if self.closed in ("both", "right") else value < self.high
        return bool(above and below)

    def __str__(self) -> str:
        left = "[" if self.closed in ("both", "left") and math.isfinite(self.low) else "("
        right = "]" if self.closed in ("both", "right") and math.isfinite(self.high) else ")"
        return f"a float in {left}{self.low:g}, {self.high:g}{right}"


@dataclass(frozen=True)
class Integer:
    """An integer between two bounds, both included."""

    low: float = -math.inf
    high: float = math.inf

    def accepts(self, value: Any) -> bool:
        is_one = _is_number(value, IntegralNumber) and abs(int(value)) < _MOST
        return is_one and self.low <= value <= self.high

    def __str__(self) -> str:
        left = "[" if math.isfinite(self.low) else "("
        right = "]" if math.isfinite(self.high) else ")"
        return f"an integer in {left}{self.low:g}, {self.high:g}{right}"


@dataclass(frozen=True)
class Options:
    """One of a few strings."""

    values: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.values

    def __str__(self) -> str:
        return "one of " + ", ".join(repr(value) for value in self.values)


@dataclass(frozen=True)
class PositiveIntegers:
    """A tuple or list of positive integers."""

    def accepts(self, value: Any) -> bool:
        return isinstance(value, tuple | list) and all(Integer(1).accepts(one) for one in value)

    def __str__(self) -> str:
        return "a tuple of positive integers"


@dataclass(frozen=True)
class Having:
    """An object with the named method, described in words."""

    method: str
    words: str

    def accepts(self, value: Any) -> bool:
        return callable(getattr(value, self.method, None)) and not isinstance(value, type)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Nothing:
    """None."""

    def accepts(self, value: Any) -> bool:
        return value is None

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True)
class Boolean:
    """True or False."""

    def accepts(self, value: Any) -> bool:
        return isinstance(value, bool | np.bool_)

    def __str__(self) -> str:
        return "True or False"


@dataclass(frozen=True)
class Text:
    """A string, described in words."""

    words: str = "a string"

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Seed:
    """A `random_state` as scikit-learn means it."""

    def accepts(self, value: Any) -> bool:
        seed = _is_number(value, IntegralNumber) and 0 <= value < 2**31
        return seed or value is None or isinstance(value, np.random.RandomState)

    def __str__(self) -> str:
        return "an integer in [0, 2**31), a numpy RandomState or None"


def check_value(owner: str, name: str, value: Any, constraints: tuple[Constraint, ...]) -> None:
    """Hold one value against its constraints, any of which may accept it.

    Raises
    ------
    ParameterError
        If none accepts it.

    Examples
    --------
    >>> check_value("BetaVAE", "beta", -1, (Real(0, closed="left"),))
    Traceback (most recent call last):
    ...
    latens.exceptions.ParameterError: The 'beta' parameter of BetaVAE must be a float in [0, inf). Got -1 ...
    """
    if any(constraint.accepts(value) for constraint in constraints):
        return
    words = " or ".join(str(constraint) for constraint in constraints)
    raise ParameterError(
        f"The '{name}' parameter of {owner} must be {words}. Got {value!r} instead."
    )


def check_parameters(estimator: Any) -> None:
    """Hold every parameter of an estimator against its class's `_constraints`.

    Raises
    ------
    ParameterError
        At the first parameter that breaks its constraint.
    """
    owner = type(estimator).__name__
    for name, value in estimator.get_params(deep=False).items():
        check_value(owner, name, value, estimator._constraints[name])


def forget_feature_names(estimator: Any) -> None:
    """Drop the columns of a table that an estimator was fitted on before it was fitted on images."""
    vars(estimator).pop("feature_names_in_", None)
