"""Optional packages: imported where they are used, with the way to install them in the error."""

import importlib
import warnings
from importlib.util import find_spec
from types import ModuleType

from latens.exceptions import MissingDependencyError

__all__ = ["extras", "import_optional"]

_EXTRAS = {
    "parquet": "pyarrow",
    "excel": "openpyxl",
    "umap": "umap",
    "notebook": "anywidget",
    "anndata": "anndata",
    "ann": "voyager",
}


def import_optional(name: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say how to install it.

    Parameters
    ----------
    name : str
        The module to import, such as ``"pyarrow.parquet"``.
    extra : str
        The extra of latens that installs it.
    purpose : str
        What it is needed for, as the end of the sentence "... is needed to".

    Raises
    ------
    MissingDependencyError
        If the package is not installed.

    Examples
    --------
    >>> import_optional("json", extra="parquet", purpose="read JSON").dumps([1])
    '[1]'
    """
    try:
        with warnings.catch_warnings():
            # Some warn of what they in turn would like to have, as umap-learn does of TensorFlow.
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingDependencyError(
            f"The package '{package}' is needed to {purpose} and is not installed. "
            f"Install it with: pip install 'latens[{extra}]'"
        ) from error


def extras() -> dict[str, str]:
    """Return whether each optional package is installed, or how to install it."""
    return {
        f"extra: {extra}": "installed" if find_spec(module) else f"pip install 'latens[{extra}]'"
        for extra, module in _EXTRAS.items()
    }
