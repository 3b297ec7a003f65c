"""Recommendation from events of users and items: what somebody might like who liked these.

Rows of a sparse matrix go in, one per user; a new user is a new row and needs no training.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.recommend.base import BaseRecommender
    from latens.applications.recommend.comparison import Result, compare_recommenders
    from latens.applications.recommend.ease import EASE
    from latens.applications.recommend.edlae import EDLAE
    from latens.applications.recommend.held_out import HeldOut, Split, split_users
    from latens.applications.recommend.infinite_ae import InfiniteAE
    from latens.applications.recommend.mult_dae import MultDAE
    from latens.applications.recommend.mult_vae import MultVAE
    from latens.applications.recommend.popularity import Popularity
    from latens.applications.recommend.recommender import Ranking, Recommender
    from latens.applications.recommend.recvae import RecVAE

__all__ = [
    "EASE",
    "EDLAE",
    "BaseRecommender",
    "HeldOut",
    "InfiniteAE",
    "MultDAE",
    "MultVAE",
    "Popularity",
    "Ranking",
    "RecVAE",
    "Recommender",
    "Result",
    "Split",
    "compare_recommenders",
    "split_users",
]

_PLACES = {
    "BaseRecommender": "base",
    "EASE": "ease",
    "EDLAE": "edlae",
    "HeldOut": "held_out",
    "InfiniteAE": "infinite_ae",
    "MultDAE": "mult_dae",
    "MultVAE": "mult_vae",
    "Popularity": "popularity",
    "Ranking": "recommender",
    "RecVAE": "recvae",
    "Recommender": "recommender",
    "Result": "comparison",
    "Split": "held_out",
    "compare_recommenders": "comparison",
    "split_users": "held_out",
}


def __getattr__(name: str) -> Any:
    """Import a name, and torch where it needs it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(f"latens.applications.recommend.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'latens.applications.recommend' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
