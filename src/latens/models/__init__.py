"""The kinds of autoencoder, as scikit-learn estimators. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.models.autoencoder import Autoencoder
    from latens.models.base import BaseAutoencoder as BaseAutoencoder
    from latens.models.persistence import load_model as load_model

__all__ = ["Autoencoder"]

_PLACES = {
    "Autoencoder": "latens.models.autoencoder",
    "BaseAutoencoder": "latens.models.base",
    "load_model": "latens.models.persistence",
}


def __getattr__(name: str) -> Any:
    """Import a kind, and torch with it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.models' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
