"""Warnings that name the line of the user's that they are about."""

import sys
import warnings

__all__ = ["warn_caller"]

# Whose lines stand between the user's and ours: decorators, and scikit-learn's wrappers of methods.
_BETWEEN = ("latens", "contextlib", "sklearn")


def warn_caller(text: str) -> None:
    """Warn, and name the line outside of latens that led here."""
    frame, level = sys._getframe(1), 3
    while frame.f_back is not None and _is_between(str(frame.f_back.f_globals.get("__name__", ""))):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, UserWarning, stacklevel=level)


def _is_between(module: str) -> bool:
    return module.partition(".")[0] in _BETWEEN
