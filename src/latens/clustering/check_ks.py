"""Checks of the numbers of clusters to try, and their defaults."""

from collections.abc import Iterable

import numpy as np

from latens._validation import Integer
from latens.exceptions import ParameterError

__all__ = ["automatic_ks", "check_ks", "ks_around"]

_AT_ONCE = 15
_ALL_UP_TO = 8


def check_ks(
    owner: str, ks: Iterable[int], least: int, most: int, words: str = "the number of samples"
) -> tuple[int, ...]:
    """Return numbers of clusters as a tuple, each from `least` to `most`.

    Parameters
    ----------
    owner : str
        The function that was given them, for errors.
    ks : iterable of int
        The numbers.
    least, most : int
        The smallest and the largest number that is possible.
    words : str, default="the number of samples"
        What `most` is.

    Raises
    ------
    ParameterError
        If there are none, or one is not possible.

    Examples
    --------
    >>> check_ks("choose_k", range(2, 4), 2, 9)
    (2, 3)
    """
    tried = tuple(ks) if np.iterable(ks) else ()
    if not tried:
        raise ParameterError(
            f"The 'ks' parameter of {owner} must be a list of at least one number. Got {ks!r}."
        )
    for k in tried:
        if not Integer(least, most).accepts(k):
            raise ParameterError(
                f"The 'ks' parameter of {owner} must hold integers from {least} to {words}, {most}. "
                f"Got {k!r} instead."
            )
    return tuple(int(k) for k in tried)


def automatic_ks(most: int) -> tuple[int, ...]:
    """Return up to 15 numbers from 2 to `most`: all up to 8, and from there in about equal ratios.

    Examples
    --------
    >>> automatic_ks(70)
    (2, 3, 4, 5, 6, 7, 8, 10, 14, 18, 24, 31, 41, 53, 70)
    """
    if most <= _AT_ONCE + 1:
        return tuple(range(2, max(2, most) + 1))
    small = range(2, _ALL_UP_TO + 1)
    large = np.geomspace(_ALL_UP_TO, most, _AT_ONCE - len(small) + 1).round()
    return tuple(sorted({*small, *large.astype(int).tolist()}))


def ks_around(ks: tuple[int, ...], position: int) -> tuple[int, ...]:
    """Return up to 15 of the numbers between those before and behind the one in a position.

    Examples
    --------
    >>> ks_around((2, 4, 8, 9), 1)
    (3, 5, 6, 7)
    """
    low, high = ks[max(0, position - 1)], ks[min(len(ks) - 1, position + 1)]
    between = [k for k in range(low, high) if k not in ks]
    places = np.linspace(0, len(between) - 1, min(len(between), _AT_ONCE)).round().astype(int)
    return tuple(between[place] for place in places)
