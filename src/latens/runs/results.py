"""results.json: the comparison, the clusters and the verdict, as studies write and reports read them."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from latens.runs.records import Count, Few, Finite, Many, Name, Record, Text

__all__ = [
    "BASELINES",
    "Alert",
    "ChosenClusters",
    "ClusterCriterion",
    "Evidence",
    "KeptVariance",
    "Measure",
    "NotMeasured",
    "PairedDifference",
    "Part",
    "PicturedLayer",
    "ResultRow",
    "Results",
    "Structure",
    "Verdict",
]

# The kinds of rows that no network was trained for.
BASELINES = ("raw", "pca", "umap")
# More than any run has; what is drawn or looped over for each of them takes time.
_MOST_ROWS, _MOST_METRICS = 50_000, 200

Clusters = Annotated[int, Field(ge=1, lt=2**31)]
Part = Literal["train", "held-out"]


class ResultRow(Record):
    """One representation, one seed, one part of the data."""

    representation: Name
    label: Text
    kind: Text
    numbers: Count
    seed: Count
    part: Part
    metrics: Annotated[dict[Text, float | None], Field(max_length=_MOST_METRICS)]
    seconds: float | None = None
    parameters: Count | None = None
    learns_from_labels: bool = False

    @property
    def measured(self) -> dict[str, float]:
        """The metrics that apply, with their values."""
        return {name: value for name, value in self.metrics.items() if value is not None}

    @property
    def is_baseline(self) -> bool:
        """Whether no network was trained for it."""
        return self.kind in BASELINES


class ClusterCriterion(Record):
    """What one criterion says of every number of clusters that was tried; None where it is infinite."""

    name: Text
    label: Text
    better: Annotated[str, StringConstraints(pattern=r"^(higher|lower)\Z")]
    values: Few[float | None]
    best: Count


class ChosenClusters(Record):
    """The number of clusters, the reason in words, and what each criterion says of every number tried.

    Attributes
    ----------
    k : int
        How many clusters K-means makes.
    why : str
        Where that number comes from.
    ks : list of int
        The numbers tried on the codes of the first model.
    silhouettes : list of float or None
        What the silhouette says of each.
    criteria : list of ClusterCriterion
    is_clear : bool or None
        Whether there is a clear number: the same one in most representations. None: not recorded.
    reason : str
        What was found in each of the representations.
    n_classes : int or None
        How many classes the labels have; None where there are none.
    """

    k: Clusters
    why: Text = ""
    ks: Few[Clusters] = []
    silhouettes: Few[float | None] = []
    criteria: Few[ClusterCriterion] = []
    is_clear: bool | None = None
    reason: Text = ""
    n_classes: Count | None = None

    @model_validator(mode="after")
    def _has_one_value_for_each_number(self) -> Self:
        values = [self.silhouettes, *(one.values for one in self.criteria)]
        if any(len(one) != len(self.ks) for one in values):
            raise ValueError("there must be one value for each number tried")
        return self

    @property
    def tried(self) -> list[tuple[int, float]]:
        """The numbers tried, each with its silhouette, where that is finite."""
        pairs = zip(self.ks, self.silhouettes, strict=True)
        return [(k, silhouette) for k, silhouette in pairs if silhouette is not None]


class PicturedLayer(Record):
    """A layer of an encoder that has pictures."""

    name: Name
    kind: Text
    units: Count
    shows: Text


class KeptVariance(Record):
    """The variance of the held-out samples, and the share of it that each component of PCA keeps."""

    total: float | None = None
    shares: Few[float | None] = []


class Alert(Record):
    """What looks wrong, and what to change."""

    title: Text = "unnamed"
    text: Text = ""


class NotMeasured(Record):
    """A row that belongs in the table and could not be had."""

    label: Text = "unnamed"
    reason: Text = ""


class Measure(Record):
    """A number that the protocol of a study asks for.

    Attributes
    ----------
    name : str
        Such as "partition.dunn_index": the measurement, a point, and what it gave.
    representation : str
    seed : int
    value : float or None
    """

    name: Text
    representation: Text
    seed: Count
    value: float | None


class PairedDifference(Record):
    """By how much a model is better than a baseline in one metric, for one seed.

    Attributes
    ----------
    model, against, metric : str
    seed : int
    gain : float
        The mean over held-out rows, positive where the model is better.
    standard_error : float
        That of pairs of rows.
    n : int
        The rows.
    """

    model: Name
    against: Name
    metric: Text
    seed: Count
    gain: Finite
    standard_error: Annotated[float, Field(ge=0, lt=1e300)]
    n: Annotated[int, Field(ge=2, lt=2**53)]


class Structure(Record):
    """What tells the data from data that hold nothing, in standard deviations of the latter.

    Attributes
    ----------
    from_shuffled, from_gaussian : float or None
        How far the mean distance to the nearest neighbors lies from that of shuffled columns, and from that
        of a Gaussian cloud with the same covariance. None where there are too few samples to ask.
    """

    from_shuffled: Finite | None = None
    from_gaussian: Finite | None = None


class Evidence(Record):
    """What is known about a study besides its scores.

    Attributes
    ----------
    n_held_out, n_copies : int
        Scored held-out rows, and how many of them are copies of training rows.
    structure : Structure
    unfinished : str
        Why the training was too short to say, as a sentence; empty where it was not.
    """

    n_held_out: Count
    n_copies: Count = 0
    structure: Structure = Structure()
    unfinished: Text = ""


class Verdict(Record):
    """What to take away from a run.

    Attributes
    ----------
    outcome : str or None
        See README.md; None of a run of `latens recommend` or of version 0.1.
    head : str
        The headline.
    reasons : list of str
        Sentences.
    sentence : str
        All of these in one.
    caution : str
        How far to trust it.
    """

    outcome: Text | None = None
    head: Text = ""
    reasons: Few[Text] = []
    sentence: Text = ""
    caution: Text = ""

    @property
    def headline(self) -> str:
        """The headline; of a run of version 0.1 all that it says."""
        return self.head or self.sentence


class Results(Record):
    """results.json. What a study has not come to yet is empty or None."""

    model_config = ConfigDict(frozen=False)

    rows: Annotated[Many[ResultRow], Field(max_length=_MOST_ROWS)] = []
    not_measured: Few[NotMeasured] = []
    clusters: ChosenClusters | None = None
    alerts: Few[Alert] = []
    layers: dict[Name, Few[PicturedLayer]] = {}
    variance: KeptVariance | None = None
    measures: Many[Measure] = []
    verdict: Verdict | None = None
    differences: Annotated[Many[PairedDifference], Field(max_length=_MOST_ROWS)] = []
    evidence: Evidence | None = None
    seeds_done: Few[Count] = []

    def held_out(self) -> Iterator[ResultRow]:
        """Yield the rows of held-out samples."""
        return (row for row in self.rows if row.part == "held-out")
