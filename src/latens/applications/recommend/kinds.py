"""The kinds of recommender, from the plainest to the deepest. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from latens.exceptions import ParameterError

if TYPE_CHECKING:
    from latens.applications.recommend.base import BaseRecommender
    from latens.applications.recommend.ease import EASE
    from latens.applications.recommend.edlae import EDLAE
    from latens.applications.recommend.infinite_ae import InfiniteAE
    from latens.applications.recommend.mult_dae import MultDAE
    from latens.applications.recommend.mult_vae import MultVAE
    from latens.applications.recommend.popularity import Popularity
    from latens.applications.recommend.recvae import RecVAE
    from latens.training import Trainer

__all__ = ["EASE", "EDLAE", "InfiniteAE", "MultDAE", "MultVAE", "Popularity", "RecVAE"]

_PLACES = {
    "EASE": "ease",
    "EDLAE": "edlae",
    "InfiniteAE": "infinite_ae",
    "MultDAE": "mult_dae",
    "MultVAE": "mult_vae",
    "Popularity": "popularity",
    "RecVAE": "recvae",
}

# The order of tables: the baseline, the linear ones, the neural ones.
ORDER = ("Popularity", "EASE", "EDLAE", "MultDAE", "MultVAE", "RecVAE", "InfiniteAE")


def kind(name: str) -> "type[BaseRecommender]":
    """Return the class of a recommender by its name."""
    found: type[BaseRecommender] = __getattr__(name)
    return found


def recommenders(
    model: str | None = None, *, trainer: "Trainer | None" = None
) -> "dict[str, BaseRecommender]":
    """Return the recommenders to compare: all, or one beside popularity.

    Parameters
    ----------
    model : str or None, default=None
        The name of one; capitals, hyphens and underscores do not matter.
    trainer : Trainer or None, default=None
        Of the neural ones.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    names: tuple[str, ...] = ORDER
    if model is not None:
        known = {name.lower(): name for name in ORDER}
        wanted = known.get(model.lower().replace("-", "").replace("_", ""))
        if wanted is None:
            raise ParameterError(f"There is no model '{model}'. Choose one of {', '.join(ORDER)}.")
        names = tuple(dict.fromkeys(("Popularity", wanted)))
    made = {name: kind(name)() for name in names}
    for one in made.values():
        if "trainer" in one.get_params():
            one.set_params(trainer=trainer)
    return made


def __getattr__(name: str) -> Any:
    """Import a kind only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(f"latens.applications.recommend.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'latens.applications.recommend.kinds' has no attribute {name!r}")
