"""Uses of codes. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.search.iterative_quantization import IterativeQuantization
    from latens.applications.search.similarity_index import SimilarityIndex

__all__ = ["IterativeQuantization", "SimilarityIndex"]

_PLACES = {
    "IterativeQuantization": "latens.applications.search.iterative_quantization",
    "SimilarityIndex": "latens.applications.search.similarity_index",
}


def __getattr__(name: str) -> Any:
    """Import a use only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
