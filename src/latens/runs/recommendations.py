"""results.json of `latens recommend`: how each recommender did, on every split and on all of them."""

from typing import Any

from pydantic import model_serializer, model_validator

from latens.runs.findings import Table
from latens.runs.records import Count, Few, Many, Record, Text
from latens.runs.results import NotMeasured, Verdict

__all__ = ["RecommendationResults", "RecommenderSplit", "RecommenderSummary"]

Figures = dict[Text, int | float | None]

_SPREAD, _VALIDATION = " sd", "validation_ndcg@100"
_OTHERS = ("model", "splits", "left_out", "users", "seconds", "chosen")


class RecommenderSplit(Record):
    """How one recommender did on one split of the users.

    Attributes
    ----------
    model : str
    seed : int
        Of the split.
    validation_ndcg : float or None
        NDCG@100 of the users that settings and epochs were chosen on.
    test : dict of str to float or None
        The metrics of the test users; None where none has an item to find.
    seconds : float or None
        Of the fit.
    chosen : dict of str to number
        What was chosen on the validation users.
    left_out : str
        Why the model was not fitted; empty where it was.
    """

    model: Text
    seed: Count
    validation_ndcg: float | None = None
    test: Figures = {}
    seconds: float | None = None
    chosen: Figures = {}
    left_out: Text = ""


class RecommenderSummary(Record):
    """How one recommender did on the splits.

    In the file, `means` and `spreads` are keys of the record itself, such as "ndcg@100" and "ndcg@100 sd"; a
    model that was left out has only its first three keys.

    Attributes
    ----------
    splits : int
        On how many it was fitted.
    left_out : str
        Why it was not fitted on one; empty where it was on all.
    means, spreads : dict of str to float or None
        The mean and the standard deviation of every metric of the test users; no deviation of one split.
    users : float
        Test users of all splits.
    seconds : float
        Of a fit, on the mean.
    chosen : list of dict
        What was chosen on the validation users of each split.
    """

    model: Text
    splits: Count
    left_out: Text = ""
    validation_ndcg: float | None = None
    means: Figures = {}
    spreads: Figures = {}
    users: float = 0.0
    seconds: float = 0.0
    chosen: Few[Figures] = []

    def in_words(self, metric: str) -> str:
        """Return a metric in four digits, a dash where there is none, and its spread where there is one."""
        mean, spread = self.means.get(metric), self.spreads.get(metric)
        words = "–" if mean is None else f"{mean:.4f}"
        return words if spread is None else f"{words} ± {spread:.4f}"

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "means" in data:
            return data
        known = {name: data[name] for name in _OTHERS if name in data}
        metrics = {name: one for name, one in data.items() if name not in {*_OTHERS, _VALIDATION}}
        means = {name: one for name, one in metrics.items() if not name.endswith(_SPREAD)}
        spreads = {name: metrics.get(f"{name}{_SPREAD}") for name in means}
        validation = data.get(_VALIDATION)
        return {**known, "validation_ndcg": validation, "means": means, "spreads": spreads}

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        flat: dict[str, Any] = {
            "model": self.model,
            "splits": self.splits,
            "left_out": self.left_out,
        }
        if not self.splits:
            return flat
        flat[_VALIDATION] = self.validation_ndcg
        for name, mean in self.means.items():
            flat |= {name: mean, f"{name}{_SPREAD}": self.spreads.get(name)}
        return flat | {"users": self.users, "seconds": self.seconds, "chosen": self.chosen}


class RecommendationResults(Record):
    """results.json: the verdict, the model that was chosen, the file of recommendations, and all scores.

    `summary` has a record for each model, `splits` one for each model and split; `notes` say what was done to
    the events, and `not_measured` which models were left out.
    """

    verdict: Verdict
    chosen: Text
    recommendations: Text
    summary: Few[RecommenderSummary]
    splits: Many[RecommenderSplit]
    notes: Few[Text] = []
    not_measured: Few[NotMeasured] = []

    def table(self) -> Table:
        """Return the metrics of the test users, as text with the spread over the splits."""
        done = [one for one in self.summary if one.splits]
        metrics = list(done[0].means) if done else []
        rows = tuple((one.model, *map(one.in_words, metrics), f"{one.seconds:.1f}") for one in done)
        return Table("Test users", ("model", *metrics, "seconds"), rows)
