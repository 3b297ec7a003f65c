"""The best step of a grid, found with few looks."""

from collections.abc import Callable

__all__ = ["climb"]


def climb(quality: Callable[[int], float], start: int, length: int) -> int:
    """Walk uphill from a step of a grid until its neighbors are no better.

    Parameters
    ----------
    quality : callable
        From a step in [0, length) to a number, larger is better; asked once per step.
    start, length : int

    Returns
    -------
    int
        The best among its neighbors, which is the best of all where there is one hill.

    Examples
    --------
    >>> climb(lambda step: -abs(step - 6), start=2, length=9)
    6
    """
    known: dict[int, float] = {}

    def at(step: int) -> float:
        if step not in known:
            known[step] = quality(step)
        return known[step]

    best = start
    for direction in (1, -1):
        while 0 <= best + direction < length and at(best + direction) > at(best):
            best += direction
        if best != start:
            break
    return best
