"""The kinds of recommender by name, which loads no torch."""

from typing import TYPE_CHECKING

from latens.applications import recommend
from latens.exceptions import ParameterError

if TYPE_CHECKING:
    from latens.applications.recommend.base import BaseRecommender
    from latens.training import Trainer

__all__ = ["KINDS", "kind", "recommenders"]

# The order of tables: the baseline, the linear ones, the neural ones.
KINDS = ("Popularity", "EASE", "EDLAE", "MultDAE", "MultVAE", "RecVAE", "InfiniteAE")


def kind(name: str) -> "type[BaseRecommender]":
    """Return the class of a recommender by its name."""
    found: type[BaseRecommender] = getattr(recommend, name)
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
    names: tuple[str, ...] = KINDS
    if model is not None:
        known = {name.lower(): name for name in KINDS}
        wanted = known.get(model.lower().replace("-", "").replace("_", ""))
        if wanted is None:
            raise ParameterError(f"There is no model '{model}'. Choose one of {', '.join(KINDS)}.")
        names = tuple(dict.fromkeys(("Popularity", wanted)))
    made = {name: kind(name)() for name in names}
    for one in made.values():
        if "trainer" in one.get_params():
            one.set_params(trainer=trainer)
    return made
