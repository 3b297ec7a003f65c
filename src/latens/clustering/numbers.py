"""The numbers of clusters that a choice may try."""

from collections.abc import Iterable

import numpy as np

from latens._validation import Integer
from latens.exceptions import ParameterError

__all__ = ["checked_numbers"]


def checked_numbers(
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
    >>> checked_numbers("choose_k", range(2, 4), 2, 9)
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
