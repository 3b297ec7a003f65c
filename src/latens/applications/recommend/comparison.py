"""Several recommenders on the same split of the same events."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from sklearn.base import clone

from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.held_out import Split, means, split_users
from latens.exceptions import DataError

__all__ = ["Result", "best_on_validation", "compare_recommenders"]


@dataclass(frozen=True)
class Result:
    """How one recommender did on one split.

    Attributes
    ----------
    model : str
    seed : int
        Of the split, and of the model's own draws.
    validation_ndcg : float or None
        NDCG@100 of the users that settings and epochs were chosen on.
    test : dict of str to float
        The metrics of the test users, `METRICS`; empty where the model was left out.
    seconds : float or None
        Of the fit, choice of settings included.
    chosen : dict of str to float
        What was chosen on the validation users.
    test_ndcg : tuple of float
        NDCG@100 of each test user who has a target; empty where the model was left out.
    left_out : str
        Why the model was not fitted; empty where it was.
    """

    model: str
    seed: int
    validation_ndcg: float | None = None
    test: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None
    chosen: Mapping[str, float] = field(default_factory=dict)
    test_ndcg: tuple[float, ...] = field(default=(), repr=False)
    left_out: str = ""


def compare_recommenders(
    liked: sparse.csr_array,
    models: Mapping[str, BaseRecommender],
    *,
    seeds: tuple[int, ...] = (0,),
    min_items: int = 5,
    say: Callable[[str], None] = lambda words: None,
) -> Iterator[Result]:
    """Fit and score recommenders under strong generalization, and yield each result as it comes.

    Parameters
    ----------
    liked : csr_array of shape (n_users, n_items)
    models : dict of str to recommender
        Each is cloned for every split.
    seeds : tuple of int, default=(0,)
        One split of the users each.
    min_items : int in [1, inf), default=5
        Users with fewer liked items are left out.
    say : callable
        Is told what is fitted.

    Raises
    ------
    DataError
        If there are too few users for a split.
    """
    for seed in seeds:
        split = split_users(liked, seed=seed, min_items=min_items)
        for name, model in models.items():
            say(f"split {seed}: {name}")
            yield _result(name, clone(model), split, seed)


def best_on_validation(results: list[Result]) -> str:
    """Return the model with the best mean NDCG@100 on validation users; test users have no say."""
    by_model: dict[str, list[float]] = {}
    for result in results:
        if result.validation_ndcg is not None:
            by_model.setdefault(result.model, []).append(result.validation_ndcg)
    if not by_model:
        raise DataError("No recommender could be fitted: " + results[0].left_out)
    return max(by_model, key=lambda name: sum(by_model[name]) / len(by_model[name]))


def _result(name: str, model: BaseRecommender, split: Split, seed: int) -> Result:
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    started = time.perf_counter()
    try:
        model.fit(split.train, validation=split.validation)
    except DataError as error:
        return Result(name, seed, left_out=str(error))
    seconds = time.perf_counter() - started
    by_user = split.test.evaluate_users(model.score_items)
    ndcg = by_user["ndcg@100"]
    return Result(
        name,
        seed,
        validation_ndcg=split.validation.evaluate(model.score_items)["ndcg@100"],
        test=means(by_user),
        seconds=seconds,
        chosen=model.facts(),
        test_ndcg=tuple(ndcg[np.isfinite(ndcg)].tolist()),
    )
