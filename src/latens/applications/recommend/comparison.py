"""Several recommenders on the same split of the same events, and what the comparison comes to."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from pydantic import Field
from scipy import sparse
from sklearn.base import clone

from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.held_out import Split, means, split_users
from latens.applications.wording import Contest, counted
from latens.exceptions import DataError
from latens.runs import RecommenderSplit, Verdict

__all__ = ["Result", "best_on_validation", "compare_recommenders", "recommendation_headline"]

_FLOOR = "Popularity"


class Result(RecommenderSplit):
    """How one recommender did on one split.

    Attributes
    ----------
    test_ndcg : tuple of float
        NDCG@100 of each test user who has a target; empty where the model was left out. It is not written.
    """

    test_ndcg: tuple[float, ...] = Field(default=(), exclude=True, repr=False)


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
        return Result(model=name, seed=seed, left_out=str(error))
    seconds = time.perf_counter() - started
    by_user = split.test.evaluate_users(model.score_items)
    ndcg = by_user["ndcg@100"]
    return Result(
        model=name,
        seed=seed,
        validation_ndcg=split.validation.evaluate(model.score_items)["ndcg@100"],
        test={**means(by_user)},
        seconds=seconds,
        chosen={**model.facts()},
        test_ndcg=tuple(ndcg[np.isfinite(ndcg)].tolist()),
    )


def recommendation_headline(best: str, results: Sequence[Result]) -> Verdict:
    """Compare the model that was chosen on validation users with popularity, and the best of the others.

    The intervals are over the test users of all splits, on whom the models are compared pair by pair.
    """
    seeds = {one.seed for one in results if one.model == best and not one.left_out}
    by_user = _by_user([one for one in results if one.seed in seeds])
    chosen, splits = by_user[best], len(seeds)
    if not len(chosen):
        nobody = "No test user has an item to find, so none is scored."
        return _verdict(f"{best} was chosen on validation users.", nobody, _caution(splits, 0))
    users = counted(len(chosen), "test user")
    if splits > 1:
        users += f" of {splits} splits"
    head = (
        f"{best}, chosen on validation users, reaches an NDCG@100 of {chosen.mean():.3f} on {users}"
    )
    if best == _FLOOR:
        others = len(by_user) - 1
        end = (
            f". On the validation users {_no_other(others)}: recommending what is popular is enough here."
            if others
            else ". No other model could be fitted."
        )
    elif _FLOOR in by_user:
        popular = by_user[_FLOOR]
        baseline = f"recommending what is popular, which reaches {popular.mean():.3f}"
        end = Contest(chosen, {_FLOOR: popular}, "score").end_of_sentence(baseline, "users")
    else:
        end = ". Nothing simpler was fitted beside it."
    return _verdict(head + end, _higher(best, by_user), _caution(splits, len(chosen)))


def _verdict(head: str, reason: str, caution: str) -> Verdict:
    reasons = [reason] if reason else []
    return Verdict(head=head, reasons=reasons, sentence=" ".join([head, *reasons]), caution=caution)


def _by_user(results: Sequence[Result]) -> dict[str, np.ndarray]:
    """NDCG@100 of the test users of all splits, for the models that were fitted on all of them."""
    splits = {result.seed for result in results}
    of_models: dict[str, list[np.ndarray]] = {}
    for result in results:
        if not result.left_out:
            of_models.setdefault(result.model, []).append(np.asarray(result.test_ndcg))
    return {
        model: np.concatenate(parts)
        for model, parts in of_models.items()
        if len(parts) == len(splits)
    }


def _higher(best: str, by_user: dict[str, np.ndarray]) -> str:
    """Which other model was better on the test users, which had no say in the choice."""
    top = max(by_user, key=lambda model: by_user[model].mean())
    # Popularity has been compared already.
    if top in (best, _FLOOR):
        return ""
    gain = Contest(by_user[top], {best: by_user[best]}, "score").advantage
    mean = f"{by_user[top].mean():.3f}"
    if gain.outcome == "better":
        return (
            f"On the test users {top} does better with {mean} ({gain.interval}), but not on the validation "
            "users, which decide."
        )
    return f"{top} reaches {mean} on the test users: no clear difference ({gain.interval})."


def _no_other(others: int) -> str:
    return (
        "the other model is no better"
        if others == 1
        else f"none of {others} other models is better"
    )


def _caution(splits: int, users: int) -> str:
    if splits == 1:
        return f"One split with {counted(users, 'test user')}; --seeds 3 shows how much the split matters."
    return f"Means over {splits} splits of the users."
