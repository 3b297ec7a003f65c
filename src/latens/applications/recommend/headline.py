"""What a comparison of recommenders comes to, in a sentence, and what to beware of."""

from collections.abc import Sequence

import numpy as np

from latens.applications.recommend.comparison import Result
from latens.applications.wording import Advantage, counted
from latens.metrics.intervals import paired_difference
from latens.runs import Verdict

__all__ = ["recommendation_headline"]

_FLOOR = "Popularity"


def recommendation_headline(best: str, results: Sequence[Result]) -> Verdict:
    """Compare the model that was chosen with popularity, and with the best of the others.

    The intervals are over the test users of all splits, on whom the models are compared pair by pair.

    Parameters
    ----------
    best : str
        The model that was chosen on the validation users.
    results : sequence of Result

    Returns
    -------
    Verdict
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
        end = _gain(chosen, popular).end_of_sentence(baseline, "users")
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


def _gain(one: np.ndarray, other: np.ndarray) -> Advantage:
    return Advantage.of_scores(paired_difference(one, other))


def _higher(best: str, by_user: dict[str, np.ndarray]) -> str:
    """Which other model was better on the test users, which had no say in the choice."""
    top = max(by_user, key=lambda model: by_user[model].mean())
    # Popularity has been compared already.
    if top in (best, _FLOOR):
        return ""
    gain = _gain(by_user[top], by_user[best])
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
