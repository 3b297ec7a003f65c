"""The verdict of a study: one sentence that its numbers carry, and what to beware of."""

from collections.abc import Iterable
from statistics import mean, stdev
from typing import Any

__all__ = ["judge"]

# Smaller differences are not worth a network, whatever their significance.
_LEAST_DECIBELS, _LEAST_SHARE, _LEAST_SCORE = 0.5, 0.05, 0.02

Row = dict[str, Any]


def judge(rows: list[Row], baseline: str, model: str) -> dict[str, str]:
    """Compare a model with PCA of equal size on held-out rows.

    Parameters
    ----------
    rows : list of dict
        The rows of results.json.
    baseline, model : str
        The two representations.

    Returns
    -------
    dict
        `sentence`: whether the codes rebuild better than PCA, and whether they cluster better (by
        adjusted Rand index where there are labels, else by trustworthiness); "PCA is enough" where
        neither holds. `caution`: how far to trust it.
    """
    facts = [_rebuilds(rows, baseline, model), _organises(rows, baseline, model)]
    known = [fact for fact in facts if fact is not None]
    numbers, label = next(
        (row["numbers"], row["label"]) for row in rows if row["representation"] == model
    )
    words, are = ("number", "is") if numbers == 1 else ("numbers", "are")
    if any(better for better, _ in known):
        head = f"{numbers} {words} per sample, learnt by {label}, {are} worth it"
    else:
        head = (
            f"PCA is enough here, as {numbers} {words} learnt by {label} {are} no better than PCA's"
        )
    sentence = f"{head}: " + ", and ".join(text for _, text in known) + "."
    return {"sentence": sentence, "caution": _caution(rows, model)}


def _rebuilds(rows: list[Row], baseline: str, model: str) -> tuple[bool, str] | None:
    """Whether held-out samples are rebuilt better, and in words."""
    psnr = _values(rows, model, "psnr"), _values(rows, baseline, "psnr")
    if all(psnr):
        ours, theirs = mean(psnr[0]), mean(psnr[1])
        text = f"held-out samples are rebuilt at {ours:.2f} dB against {theirs:.2f} dB by PCA"
        return _is_clear(psnr[0], psnr[1], _LEAST_DECIBELS), text
    errors = (
        _values(rows, model, "mean_squared_error"),
        _values(rows, baseline, "mean_squared_error"),
    )
    if not all(errors):
        return None
    ours, theirs = mean(errors[0]), mean(errors[1])
    text = f"held-out samples are rebuilt with an error of {ours:.3g} against {theirs:.3g} by PCA"
    return _is_clear(errors[1], errors[0], _LEAST_SHARE * theirs), text


def _organises(rows: list[Row], baseline: str, model: str) -> tuple[bool, str] | None:
    """Whether the codes order the held-out samples better, and in words."""
    for metric, text in (
        (
            "adjusted_rand_score",
            "K-means on them agrees with the labels to {:.3f} against {:.3f} (ARI)",
        ),
        ("trustworthiness", "neighbours on them are true neighbours to {:.3f} against {:.3f}"),
    ):
        ours, theirs = _values(rows, model, metric), _values(rows, baseline, metric)
        if ours and theirs:
            # Less agreement than by chance is no less than none.
            floored = [max(0.0, value) for value in ours], [max(0.0, value) for value in theirs]
            return _is_clear(*floored, _LEAST_SCORE), text.format(mean(ours), mean(theirs))
    return None


def _is_clear(larger: list[float], smaller: list[float], least: float) -> bool:
    """Whether a difference is large enough to matter and, with several seeds, clear of their spread."""
    difference = mean(larger) - mean(smaller)
    spread = max(_spread(larger), _spread(smaller))
    return difference >= max(least, 2 * spread)


def _spread(values: list[float]) -> float:
    return stdev(values) if len(values) > 1 else 0.0


def _values(rows: Iterable[Row], representation: str, metric: str) -> list[float]:
    return [
        row["metrics"][metric]
        for row in rows
        if row["representation"] == representation
        and row["part"] == "held-out"
        and row["metrics"].get(metric) is not None
    ]


def _caution(rows: list[Row], model: str) -> str:
    seeds = {row["seed"] for row in rows if row["representation"] == model}
    if len(seeds) == 1:
        return (
            "This is a single run with one seed; another seed gives other digits. "
            "Repeat it with --seeds 10 before trusting small differences."
        )
    return f"Means over {len(seeds)} seeds; a difference counts if it is twice their spread."
