"""run.json: what was asked, of which data, with which software, and how it ended."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from latens.runs.records import Count, Few, Many, Name, OpenRecord, Record, Side, Text, Words

__all__ = ["CheapForm", "DataInfo", "Items", "RunInfo", "rows_of"]

_MOST_CLASSES = 100_000


class _StrictRecord(OpenRecord):
    """A part of a study, which is used as it stands there: "3" is no number."""

    model_config = ConfigDict(strict=True, coerce_numbers_to_str=False)


class _StudyData(_StrictRecord):
    source: Text
    label_column: str | None = None
    id_column: str | None = None
    without: list[str] = []
    keep: list[str] = []
    kinds: dict[Text, Text | list[Text]] = {}
    missing: Literal["mark", "refuse", "drop", "median"] = "refuse"
    header: Annotated[int, Field(ge=0)] | None = None
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    image_size: Annotated[int, Field(ge=2, lt=2**16)] | None = None
    grey: bool = False
    pad: Annotated[int, Field(ge=0, le=1024)] = 0
    layout: Text | None = None
    strict: bool = False


class _StudyModel(_StrictRecord):
    name: Name = "autoencoder"


class _Study(OpenRecord):
    data: _StudyData | None = None
    models: Few[_StudyModel] = []


def _check_study(study: dict[str, Any]) -> dict[str, Any]:
    """A study as it stands there, with all that `studies.check_study` does not hold it against."""
    _Study.model_validate(study)
    return study


class DataInfo(OpenRecord):
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
    table: dict[str, Any] | None = None
    notes: Few[Text] = []
    read_as: Text | None = None
    left_out: Many[Text] = []
    understood: Many[tuple[Text, Text]] = []
    held_out: Text | None = None
    item_kind: Literal["file", "id"] | None = None
    own_parts: bool = False
    n_scored_train: Count | None = None
    n_scored_test: Count | None = None
    facts: Few[tuple[Text, Text, Text]] | None = None


class CheapForm(OpenRecord):
    """A step that was made in a cheaper form than it is without a limit of time.

    Attributes
    ----------
    step : str
        Such as "scores".
    text : str
        The form, in words.
    rows : int or None
        How many samples it was made of, where that is the form.
    """

    step: Text
    text: Text
    rows: Count | None = None


def rows_of(forms: Iterable[CheapForm], step: str) -> int | None:
    """Return of how many samples a step was made; None where it was not in a cheaper form."""
    return next((one.rows for one in forms if one.step == step), None)


class RunInfo(OpenRecord):
    """run.json."""

    format: str
    version: int
    status: Text | None = None
    error: Text | None = None
    command: Text | None = None
    study: Annotated[dict[str, Any], AfterValidator(_check_study)] | None = None
    data: DataInfo = DataInfo()
    software: dict[Text, Text | None] = {}
    started: Text | None = None
    finished: Text | None = None
    seconds: Annotated[float | None, Field(strict=True)] = None
    budget: Annotated[float, Field(gt=0)] | None = None
    is_limited: bool = False
    cheap_forms: Few[CheapForm] = []


class Items(Record):
    """Columns of as many values as there are samples on the maps, in their order."""

    columns: dict[Text, Many[Words | int | float | bool | None]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The file names of the samples; empty where they have none."""
        return tuple("" if one is None else str(one) for one in self.columns.get("file", ()))
