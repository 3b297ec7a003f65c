"""Learn compact codes from unlabeled data with autoencoders, and see what the codes are worth."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from latens._version import __version__

if TYPE_CHECKING:
    from latens.models import load_model

__all__ = ["__version__", "load_model"]


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is asked for: `import latens` stays instant."""
    if name == "load_model":
        return import_module("latens.models").load_model
    raise AttributeError(f"module 'latens' has no attribute {name!r}")
