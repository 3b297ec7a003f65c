"""The JSON files of a run as types: each is checked as a whole when it is read.

README.md says what the values mean. What it does not name is let through, and not looked at.
"""

import reprlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from latens._text import one_line
from latens.exceptions import RunError

__all__ = [
    "ClustersContent",
    "Content",
    "CriterionContent",
    "DifferenceContent",
    "EpochContent",
    "EvidenceContent",
    "HistoriesContent",
    "ItemsContent",
    "LayerContent",
    "ResultsContent",
    "RowContent",
    "RunContent",
    "UseContent",
    "VarianceContent",
    "VerdictContent",
    "checked",
]

# Nobody reads further, and a name of megabytes costs time wherever it is shown.
_LONGEST = 10_000
# More than any run has; what is drawn or looped over for each of them takes time.
_MOST_ROWS, _MOST_METRICS, _MOST_PARTS, _MOST_CLASSES = 50_000, 200, 1_000, 100_000

One = TypeVar("One")
Many = Annotated[list[One], Field(fail_fast=True)]
Words = Annotated[str, AfterValidator(lambda text: _writable(text))]
Text = Annotated[str, AfterValidator(lambda text: _writable(text[:_LONGEST]))]
# It becomes a part of file names.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", max_length=100)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Finite = Annotated[float, Field(gt=-1e300, lt=1e300)]
Side = Annotated[int, Field(ge=1, lt=2**31)]
Few = Annotated[Many[One], Field(max_length=_MOST_PARTS)]


class _Content(BaseModel):
    model_config = ConfigDict(
        extra="ignore", frozen=True, coerce_numbers_to_str=True, regex_engine="python-re"
    )


class _Open(_Content):
    """What keeps the keys that README.md does not name, or leaves to others."""

    model_config = ConfigDict(extra="allow")


class _Asked(_Open):
    """A part of a study, which is used as it stands there: "3" is no number."""

    model_config = ConfigDict(strict=True, coerce_numbers_to_str=False)


class _StudyData(_Asked):
    source: Text
    label_column: str | None = None
    id_column: str | None = None
    without: list[str] = []
    keep: list[str] = []
    missing: Literal["refuse", "drop", "median"] = "refuse"
    header: Annotated[int, Field(ge=0)] | None = None
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    image_size: Annotated[int, Field(ge=2, lt=2**16)] | None = None
    grey: bool = False
    pad: Annotated[int, Field(ge=0, le=1024)] = 0
    layout: Text | None = None
    strict: bool = False


class _StudyModel(_Asked):
    name: Name = "autoencoder"


class _Study(_Open):
    data: _StudyData | None = None
    models: Few[_StudyModel] = []


def _check_study(study: dict[str, Any]) -> dict[str, Any]:
    """A study as it stands there, with all that `studies.check_study` does not hold it against."""
    _Study.model_validate(study)
    return study


class DataContent(_Open):
    """The key `data` of run.json."""

    name: Text | None = None
    source: Text | None = None
    path: str | None = None
    n_train: Count | None = None
    n_test: Count | None = None
    sample_shape: Annotated[list[Side], Field(max_length=3)] = []
    dtype: Text | None = None
    bounded: bool | None = None
    data_range: float | None = None
    fingerprint: Text | None = None
    names: Annotated[Many[Text], Field(max_length=_MOST_CLASSES)] | None = None
    feature_names: Many[Text] | None = None
    notes: Few[Text] = []
    read_as: Text | None = None
    left_out: Many[Text] = []
    held_out: Text | None = None
    own_parts: bool = False
    n_scored_train: Count | None = None
    n_scored_test: Count | None = None
    facts: Few[tuple[Text, Text, Text]] | None = None


class RunContent(_Open):
    """run.json."""

    format: str
    version: int
    status: Text | None = None
    error: Text | None = None
    command: Text | None = None
    study: Annotated[dict[str, Any], AfterValidator(_check_study)] | None = None
    data: DataContent = DataContent()
    software: dict[Text, Text | None] = {}
    started: Text | None = None
    finished: Text | None = None
    seconds: Annotated[float | None, Field(strict=True)] = None


class RowContent(_Content):
    """One representation, one seed, one part of the data. An explorer can do without part and metrics."""

    representation: Name
    label: Text | None = None
    kind: Text
    numbers: Count
    seed: Text | None = None
    part: Text | None = None
    metrics: Annotated[dict[Text, float | None], Field(max_length=_MOST_METRICS)] | None = None
    seconds: float | None = None
    parameters: Count | None = None
    learns_from_labels: bool | None = False


class CriterionContent(_Content):
    """What one criterion says of every number of clusters that was tried."""

    name: Text
    label: Text
    better: Annotated[str, StringConstraints(pattern=r"^(higher|lower)\Z")]
    values: Few[float | None]
    best: Count


class ClustersContent(_Content):
    """How many clusters, and why."""

    k: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    why: Text | None = None
    ks: Few[Annotated[int, Field(ge=1, lt=2**31)]] = []
    silhouettes: Few[float | None] = []
    criteria: Few[CriterionContent] | None = None
    is_clear: bool | None = None
    reason: Text | None = None
    n_classes: Count | None = None


class LayerContent(_Content):
    """A layer of an encoder that has pictures."""

    name: Name
    kind: Text
    units: Count
    shows: Text


class VarianceContent(_Content):
    """The variance of the held-out samples, and the share of it that each component of PCA keeps."""

    total: float | None = None
    shares: Few[float | None] | None = None


class _Alert(_Content):
    title: Text | None = None
    text: Text | None = None


class _NotMeasured(_Content):
    label: Text | None = None
    reason: Text | None = None


class VerdictContent(_Content):
    """What is to be taken away from a run. Version 0.1 wrote the sentence alone."""

    sentence: Text | None = None
    caution: Text | None = None
    outcome: Text | None = None
    head: Text | None = None
    reasons: Few[Text] = []


class DifferenceContent(_Content):
    """By how much a model is better than a baseline in one metric, for one seed."""

    model: Name
    against: Name
    metric: Text
    seed: Count
    gain: Finite
    standard_error: Annotated[float, Field(ge=0, lt=1e300)]
    n: Annotated[int, Field(ge=2, lt=2**53)]


class _StructureContent(_Content):
    from_shuffled: Finite | None = None
    from_gaussian: Finite | None = None


class EvidenceContent(_Content):
    """What is known about a study besides its scores."""

    n_held_out: Count
    n_copies: Count = 0
    structure: _StructureContent = _StructureContent()
    unfinished: Text = ""


class ResultsContent(_Content):
    """results.json."""

    rows: Annotated[Many[RowContent], Field(max_length=_MOST_ROWS)] | None = None
    not_measured: Few[_NotMeasured] | None = None
    clusters: ClustersContent | None = None
    alerts: Few[_Alert] | None = None
    layers: dict[Name, Few[LayerContent]] | None = None
    variance: VarianceContent | None = None
    verdict: VerdictContent | None = None
    differences: Annotated[Many[DifferenceContent], Field(max_length=_MOST_ROWS)] = []
    evidence: EvidenceContent | None = None


class EpochContent(_Content):
    """One epoch of a training."""

    number: Count
    loss: float | None
    validation_loss: float | None = None
    seconds: float | None = None
    errors: Annotated[dict[Text, float | None], Field(max_length=_MOST_METRICS)] | None = None
    is_settled: bool = True


class _History(_Content):
    stopped: Text | None = None
    epochs: Many[EpochContent]


class HistoriesContent(_Content):
    """histories.json, under a key of its own."""

    models: dict[Name, dict[Text, _History]]


class ItemsContent(_Content):
    """items.json."""

    columns: dict[Text, Many[Words | int | float | bool | None]] | None = None


class _Table(_Content):
    title: Text
    columns: Few[Text]
    rows: Many[list[Text | int | float | bool | None]]
    note: Text


class _Mosaic(_Content):
    title: Text
    row_names: Few[Text]


class UseContent(_Content):
    """One of the files in uses/."""

    question: Text
    sentence: Text
    tables: Few[_Table]
    mosaics: Few[_Mosaic]


Content = TypeVar("Content", bound=_Content)


def checked(kind: type[Content], data: Any, where: str) -> Content:
    """Return what was read as its type.

    Raises
    ------
    RunError
        If a value is missing or of another type; the first of them is named.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
    raise RunError(
        f"The values in {where} do not have the format of version 1: {_in_words(first)}."
    )


def _writable(text: str) -> str:
    """A text with question marks for halves of surrogate pairs, which names that are no text have."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _in_words(error: Mapping[str, Any]) -> str:
    place = ".".join(one_line(str(part)[:60]) for part in error["loc"][:8]) or "it"
    came = one_line(reprlib.repr(error["input"])[:200])[:60]
    words = error["msg"].rstrip(".")
    return f"'{place}': {words[0].lower()}{words[1:]}, not {came}"
