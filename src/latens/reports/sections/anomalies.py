"""The section on the samples that are reconstructed worst."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from latens._identity import HELD_OUT, PARTS, Identity
from latens.plots import Picture, anomalies
from latens.reports.blocks import Cell, Figure, Heading, ReportTable, Section
from latens.reports.explorer import Explorer
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, capitalized, count, number
from latens.reports.run_data import RunData
from latens.reports.thumbnails import display_range, reduced
from latens.runs import array_names

__all__ = ["anomalies_section"]

Array = npt.NDArray[np.generic]
Places = npt.NDArray[np.int64]
Errors = npt.NDArray[np.float64]

_SHOWN, _MOST_OTHERS = 8, 3
_UNIT = "mean squared error, scaled values"
_LEAD = (
    "A sample that is reconstructed much worse than the others is unlike what the model has learned: "
    "damaged, rare, or of another kind. Whether it is an error in the data, only a look at it can tell."
)


@dataclass(frozen=True)
class _Sample:
    """A sample in numbers; `percentiles` are those that it has by the errors of others."""

    row: int
    id: str | None
    part: str
    error: float
    times_median: float
    percentile: float
    percentiles: Mapping[str, float]
    label: str | None


def anomalies_section(run: RunData, explorer: Explorer) -> Section:
    """Build the section of the held-out samples that the first model reconstructs worst."""
    found = _find(run)
    if found is None:
        missing = ("This run holds no reconstruction errors of single samples yet.",)
        return Section("anomalies", "Anomalies", missing=missing)
    errors, shown, places = found
    model = run.models[0]
    picture = _draw(run, errors, shown, places)
    samples = _samples(run, errors, places, picture)
    label = run.label(model)
    most = max(one.times_median for one in samples)
    alt = (
        f"Errors of {count(len(errors))} held-out samples, and the {len(samples)} reconstructed worst "
        f"by {label}"
    )
    alt += f", at up to {most:.3g} times the median error." if math.isfinite(most) else "."
    caption = f"Errors of {label} on the held-out samples"
    caption += (
        ", and the samples reconstructed worst with their error in medians, the worst first. "
        "In the difference, blue is too dark and orange too bright."
        if run.is_images
        else "."
    )
    width = round(100 * picture.figure.get_figwidth())
    svg = inline_svg(picture, "anomalies-errors", alt)
    blocks = (
        Figure(svg, caption, width, min(width, 640)),
        _table(samples, run.arrays.identity, explorer),
    )
    data = {
        "model": model,
        "numbers": run.arrays.identity.row_name,
        "samples": [asdict(one) for one in samples],
    }
    return Section("anomalies", "Anomalies", _LEAD, blocks, data=data)


def _find(run: RunData) -> tuple[Errors, Places, Places] | None:
    """All errors, and the worst examples: where they stand among the examples, and among the errors.

    Examples are in the order of the first model's error.
    """
    model = run.models[0] if run.models else ""
    errors = run.arrays.get(array_names.errors(model), ndim=1)
    samples = run.arrays.samples(array_names.EXAMPLE_ROWS)
    if errors is None or samples is None:
        return None
    places = run.arrays.among_scored(samples, len(errors))
    if places is None:
        return None
    known = np.nan_to_num(errors.astype(np.float64))
    n = min(_SHOWN, -(-len(places) // 3))
    shown = np.argsort(-known[places], kind="stable")[:n]
    return known, shown, places[shown]


def _draw(
    run: RunData,
    errors: Errors,
    shown: Places,
    places: Places,
) -> Picture:
    """The distribution, and the samples where they are images."""
    ndim = len(run.sample_shape) + 1
    originals = run.arrays.get(array_names.originals(), ndim=ndim)
    reconstructed = run.arrays.get(array_names.examples(run.models[0]), ndim=ndim)
    if not run.is_images or originals is None or reconstructed is None:
        return anomalies(errors, places, unit=_UNIT)
    if originals.shape != reconstructed.shape or len(originals) <= shown.max():
        return anomalies(errors, places, unit=_UNIT)
    limits = display_range(originals, run.data.data_range)
    tiles = (reduced(one[shown], run.resolution.image_side) for one in (originals, reconstructed))
    return anomalies(errors, places, *tiles, limits=limits, unit=_UNIT)


def _samples(run: RunData, errors: Errors, places: Places, picture: Picture) -> list[_Sample]:
    known, scored = run.arrays.identity, run.arrays.scored(len(errors))
    samples = (places if scored is None else scored[places]).tolist()
    labels = run.arrays.labels()
    if labels is not None and len(labels) != len(errors):
        labels = None
    others = _percentiles(run, errors, places)
    return [
        _Sample(
            row=known.row(sample),
            id=None if known.ids is None else known.ids[sample] or None,
            part=PARTS[HELD_OUT],
            error=float(one.error),
            times_median=float(one.times_median),
            percentile=float(one.percentile),
            percentiles={name: float(values[at]) for name, values in others.items()},
            label=None if labels is None else run.class_name(int(labels[places[at]])),
        )
        for at, (sample, one) in enumerate(zip(samples, picture.frame.itertuples(), strict=True))
    ]


def _percentiles(run: RunData, errors: Errors, places: Places) -> dict[str, Errors]:
    """By the errors of other representations: the share of samples that are reconstructed better."""
    found: dict[str, Errors] = {}
    for name in run.representations:
        others = run.arrays.get(array_names.errors(name), ndim=1)
        if name == run.models[0] or others is None or len(others) != len(errors):
            continue
        below = np.searchsorted(np.sort(others), others[places], side="left")
        found[run.label(name)] = 100 * below / len(others)
    return dict(list(found.items())[:_MOST_OTHERS])


def _table(samples: list[_Sample], known: Identity, explorer: Explorer) -> ReportTable:
    has_ids = any(one.id for one in samples)
    has_labels = any(one.label is not None for one in samples)
    headings = [Heading(capitalized(known.row_name), "counted from 0, as in the data")]
    headings += [Heading(capitalized(known.id_name))] if has_ids else []
    headings += [
        Heading("Error", _UNIT, number=True),
        Heading("In medians", "how many times the median error", number=True),
        Heading("Percentile", "share of samples that are reconstructed better", number=True),
    ]
    headings += [
        Heading(f"For {name}", f"the percentile by the errors of {name}", number=True)
        for name in samples[0].percentiles
    ]
    headings += [Heading("Label")] if has_labels else []
    is_linked = explorer.is_there
    rows = tuple(tuple(_row(one, has_ids, has_labels, is_linked)) for one in samples)
    note = "A row number leads to the place of the sample on the map above." if is_linked else ""
    title = f"The {len(samples)} held-out samples reconstructed worst"
    return ReportTable(title, tuple(headings), rows, note=note)


def _row(one: _Sample, has_ids: bool, has_labels: bool, is_linked: bool) -> Iterator[Cell]:
    yield Cell(str(one.row), row=one.row if is_linked else None)
    if has_ids:
        yield Cell(one.id or MISSING)
    yield Cell(number(one.error, "mean_squared_error"), number=True)
    is_known = math.isfinite(one.times_median)
    yield Cell(f"{one.times_median:.3g}" if is_known else MISSING, number=True)
    for percentile in (one.percentile, *one.percentiles.values()):
        yield Cell(f"{percentile:.2f}\u202f%", number=True)
    if has_labels:
        yield Cell(one.label or MISSING)
