"""Uses of codes and models. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.recommend import EASE as EASE
    from latens.applications.recommend import EDLAE as EDLAE
    from latens.applications.recommend import InfiniteAE as InfiniteAE
    from latens.applications.recommend import MultDAE as MultDAE
    from latens.applications.recommend import MultVAE as MultVAE
    from latens.applications.recommend import Popularity as Popularity
    from latens.applications.recommend import Recommender as Recommender
    from latens.applications.recommend import RecVAE as RecVAE

__all__ = [
    "EASE",
    "EDLAE",
    "InfiniteAE",
    "MultDAE",
    "MultVAE",
    "Popularity",
    "RecVAE",
    "Recommender",
]

_PLACES = {
    "EASE": "latens.applications.recommend",
    "EDLAE": "latens.applications.recommend",
    "InfiniteAE": "latens.applications.recommend",
    "MultDAE": "latens.applications.recommend",
    "MultVAE": "latens.applications.recommend",
    "Popularity": "latens.applications.recommend",
    "RecVAE": "latens.applications.recommend",
    "Recommender": "latens.applications.recommend",
}


def __getattr__(name: str) -> Any:
    """Import a use, and torch where it needs it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
