"""A fit starts from nothing, and leaves nothing behind where it fails."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["fitting"]


@contextmanager
def fitting(estimator: object) -> Iterator[None]:
    """Make an estimator unfitted, and so again if what is inside fails: half a fit would answer wrongly."""
    _forget(estimator)
    try:
        yield
    except BaseException:
        _forget(estimator)
        raise


def _forget(estimator: object) -> None:
    """Drop what a fit sets: the attributes whose names end with an underscore."""
    for name in [name for name in vars(estimator) if name.endswith("_")]:
        delattr(estimator, name)
