"""The errors latens raises on purpose.

Each says what is wrong, where, what was expected and the way out, in one line. The command line
prints that line and exits; a traceback means a fault of ours.
"""

__all__ = [
    "DataError",
    "DownloadError",
    "LatensError",
    "MissingDependencyError",
    "ModelError",
    "ParameterError",
    "RunError",
    "TrainingError",
    "UntrustedError",
]


class LatensError(Exception):
    """The base of every error that latens raises on purpose."""


class DataError(LatensError, ValueError):
    """Data that cannot be used: missing, damaged, of the wrong shape or not finite."""


class DownloadError(DataError):
    """A named data set that could not be fetched whole."""


class ParameterError(LatensError, ValueError):
    """A parameter outside its legal range."""


class UntrustedError(ParameterError):
    """A file that names code which is not part of latens, read without trust in it.

    Attributes
    ----------
    reason : str
        The message without the way out, which is `trust=True` in Python and ``--trust`` on the command line.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} If you trust it, pass trust=True.")
        self.reason = reason


class ModelError(LatensError, ValueError):
    """A saved model that cannot be read, or used as asked."""


class RunError(LatensError):
    """A run folder that cannot be read, or must not be written."""


class TrainingError(LatensError, ArithmeticError):
    """A training that cannot go on, such as a loss that is not finite."""


class MissingDependencyError(LatensError, ImportError):
    """An optional package that is needed here and not installed."""
