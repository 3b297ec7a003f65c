"""Uses of an autoencoder. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.anomalies.detector import AnomalyDetector
    from latens.applications.anomalies.persistence import load_detector

__all__ = ["AnomalyDetector", "load_detector"]

_PLACES = {
    "AnomalyDetector": "latens.applications.anomalies.detector",
    "load_detector": "latens.applications.anomalies.persistence",
}


def __getattr__(name: str) -> Any:
    """Import a use, and torch with it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
