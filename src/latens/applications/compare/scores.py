"""The scores of several runs beside each other, with their spread over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from latens.metrics import METRICS, Metric
from latens.metrics.intervals import Difference, paired_difference
from latens.runs import ResultRow, Run, mean_and_spread

__all__ = ["ComparedScore", "compared_scores", "first_models"]

_PAIR = 2
# Silhouettes of different spaces do not compare: a code can be clear by being simple.
_OF_OWN_SPACE = ("silhouette_score", "dunn_index")


@dataclass(frozen=True)
class ComparedScore:
    """One metric of one representation in all runs, on held-out samples.

    Attributes
    ----------
    representation : str
        What it is in words: "raw values", "PCA" or "model".
    metric : Metric
    means, spreads : tuple of float or None
        Of each run: the mean over its seeds, and the standard deviation, None for a single seed.
    difference : Difference or None
        Of two runs: the second less the first over the seeds that both have, positive where the second is
        better; infinite for a single seed. None where one has no value, for more than two runs, and of
        metrics of the codes' own space, which is another one in each run.
    """

    representation: str
    metric: Metric
    means: tuple[float | None, ...]
    spreads: tuple[float | None, ...]
    difference: Difference | None

    @property
    def outcome(self) -> str:
        """One of "better", "worse", "within the spread", "the same", "one seed", "other space" and ""."""
        if self.difference is None:
            has_all = all(one is not None for one in self.means)
            return (
                "other space"
                if has_all
                and _is_of_own_space(self.representation, self.metric)
                and len(self.means) == _PAIR
                else ""
            )
        if self.difference.half_width == float("inf"):
            return "one seed" if self.difference.mean else "the same"
        if not self.difference.is_clear:
            return "within the spread" if self.difference.half_width else "the same"
        return "better" if self.difference.mean > 0 else "worse"

    @property
    def is_baseline(self) -> bool:
        """Whether it is of raw values or PCA."""
        return self.representation != "model"


def first_models(runs: Sequence[Run], model: str | None = None) -> tuple[str, ...]:
    """Return the model of each run that is compared: the one of a name, or the first."""
    return tuple(run.trained_model(model)[0] for run in runs)


def compared_scores(runs: Sequence[Run], models: Sequence[str]) -> tuple[ComparedScore, ...]:
    """Return all scores that some run has, those of the models first, then of PCA and raw values."""
    found = []
    for words in ("model", "PCA", "raw values"):
        rows = [
            [row for row in run.results.rows if _is_meant(row, words, model)]
            for run, model in zip(runs, models, strict=True)
        ]
        found += [one for one in (_score(words, metric, rows) for metric in METRICS) if one]
    return tuple(found)


def _is_meant(row: ResultRow, words: str, model: str) -> bool:
    if row.part != "held-out":
        return False
    kinds = {"PCA": "pca", "raw values": "raw"}
    return row.kind == kinds[words] if words in kinds else row.representation == model


def _is_of_own_space(words: str, metric: Metric) -> bool:
    return words != "raw values" and metric.name in _OF_OWN_SPACE


def _score(words: str, metric: Metric, rows: list[list[ResultRow]]) -> ComparedScore | None:
    by_seed = [
        {row.seed: row.measured[metric.name] for row in some if metric.name in row.measured}
        for some in rows
    ]
    if not any(by_seed):
        return None
    means, spreads = zip(*(mean_and_spread(tuple(one.values())) for one in by_seed), strict=True)
    difference = None
    if len(rows) == _PAIR and all(by_seed) and not _is_of_own_space(words, metric):
        first, second = by_seed
        shared = sorted(first.keys() & second.keys())
        if shared:
            sign = 1 if metric.better == "higher" else -1
            difference = paired_difference(
                [sign * second[seed] for seed in shared], [sign * first[seed] for seed in shared]
            )
    return ComparedScore(words, metric, means, spreads, difference)
