"""The section on how the models were trained."""

import math
from collections.abc import Iterator, Mapping

from latens.plots import error_curves, loss_curves
from latens.plots.error_curves import ERRORS
from latens.reports.blocks import Block, Cell, Figure, Heading, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, duration, plural
from latens.reports.run_data import RunData
from latens.runs import HistoryRecord

__all__ = ["training_section"]

_LEAD = (
    "The network saw the training samples once per epoch. As long as the held-out line falls with the "
    "other one, it learns what new samples share; where it turns up, it overfits. "
    "The weights of the best epoch were kept."
)


# What is drawn, and the rows of the table, of studies beyond all measure.
_MOST_MODELS, _MOST_SEEDS, _MOST_EPOCHS, _MOST_ROWS, _MOST_REASONS = 30, 20, 2_000, 200, 3


# What report.json says of each.
_OF_EACH_EPOCH = {"number", "loss", "validation_loss", "seconds", "errors", "is_settled"}


def training_section(run: RunData) -> Section:
    """Build the section with the loss of every model, seed and epoch."""
    histories = {
        model: {seed: history for seed, history in seeds.items() if history.epochs}
        for model, seeds in run.histories.items()
    }
    if not any(histories.values()):
        missing = ("No model was trained for even one epoch, so there are no losses to show.",)
        return Section("training", "Training", missing=missing)
    drawn = {
        run.label(model): {
            seed: _thinned(history) for seed, history in list(seeds.items())[:_MOST_SEEDS]
        }
        for model, seeds in list(histories.items())[:_MOST_MODELS]
        if seeds
    }
    picture = loss_curves(drawn)
    seeds = len(run.seeds)
    alt = f"Loss by epoch for {plural(len(drawn), 'model')} and {plural(seeds, 'seed')}. "
    alt += " ".join(_in_words(name, of_model) for name, of_model in drawn.items())
    caption = "Loss by epoch" + (", one line per seed." if seeds > 1 else ".")
    svg = inline_svg(picture, "losses", alt)
    width = 1000 if len(drawn) > 1 else 720
    blocks: tuple[Block, ...] = (
        Figure(svg, caption, width=width, least_width=420 if width < 1000 else 720),
        *_errors(drawn),
        _table(run, histories),
    )
    plain = {
        model: {
            seed: one.model_dump(include={"stopped": True, "epochs": {"__all__": _OF_EACH_EPOCH}})
            for seed, one in some.items()
        }
        for model, some in histories.items()
    }
    return Section("training", "Training", _LEAD, blocks, data={"epochs": plain})


def _errors(histories: Mapping[str, Mapping[str, HistoryRecord]]) -> tuple[Figure, ...]:
    """Errors that models with different losses can be compared by; none if nothing was held out."""
    noted = {
        name
        for seeds in histories.values()
        for history in seeds.values()
        for epoch in history.epochs
        for name, value in epoch.errors.items()
        if value is not None
    }
    if not noted & ERRORS.keys():
        return ()
    picture = error_curves(histories)
    last = picture.frame.groupby(["model", "error"], sort=False)["value"].last()
    alt = "Errors of held-out samples by epoch, at the end: " + ", ".join(
        f"{model} {value:.3g} ({error.replace('_', ' ')})" for (model, error), value in last.items()
    )
    caption = (
        "Errors of up to 1,000 samples that were held out of the training, by epoch: the same measure "
        "for all models, whatever each of them minimizes."
    )
    return (Figure(inline_svg(picture, "errors", alt), caption, least_width=720),)


def _thinned(history: HistoryRecord) -> HistoryRecord:
    """Of very many epochs, some that are as good as all."""
    epochs = history.epochs
    # The last one always, and the one whose weights were kept, which is marked.
    kept = next(at for at, one in enumerate(epochs) if one is history.best)
    some = {*range(0, len(epochs), -(-len(epochs) // _MOST_EPOCHS)), len(epochs) - 1, kept}
    return history.model_copy(update={"epochs": [epochs[at] for at in sorted(some)]})


def _in_words(name: str, histories: Mapping[str, HistoryRecord]) -> str:
    epochs = next(iter(histories.values())).epochs
    first, last = (math.nan if one.loss is None else one.loss for one in (epochs[0], epochs[-1]))
    return f"{name}: from {first:.3g} to {last:.3g}."


def _table(run: RunData, histories: Mapping[str, Mapping[str, HistoryRecord]]) -> ReportTable:
    headings = (
        Heading("Model"),
        Heading("Seed", number=True),
        Heading("Epochs", number=True),
        Heading("Weights kept from", number=True),
        Heading("Loss there", "lower is better", "lower", number=True),
        Heading("Time", number=True),
        Heading("Precision"),
        Heading("Ended because"),
    )
    rows = [
        _row(run.label(model), seed, history)
        for model, seeds in histories.items()
        for seed, history in seeds.items()
    ]
    more = len(rows) - _MOST_ROWS
    notes = [*_precisions(run, histories)]
    if more > 0:
        notes.append(f"{count(more)} more are in histories.json.")
    return ReportTable("Trainings", headings, tuple(rows[:_MOST_ROWS]), note=" ".join(notes))


def _precisions(
    run: RunData, histories: Mapping[str, Mapping[str, HistoryRecord]]
) -> Iterator[str]:
    """Why the first training of each model, of up to three models, was in the precision it was in."""
    for model, seeds in list(histories.items())[:_MOST_REASONS]:
        first = next(iter(seeds.values()), None)
        if first is not None and first.precision_reason:
            yield f"{run.label(model)} was trained in {first.precision}, as {first.precision_reason}."


def _row(model: str, seed: str, history: HistoryRecord) -> tuple[Cell, ...]:
    kept, loss = history.best, history.best.monitored
    return (
        Cell(model),
        Cell(seed, number=True),
        Cell(count(len(history.epochs)), number=True),
        Cell(f"epoch {kept.number}", number=True),
        Cell(f"{loss:.4g}" if math.isfinite(loss) else MISSING, number=True),
        Cell(duration(history.epochs[-1].seconds), number=True),
        Cell(history.precision or MISSING),
        Cell(history.stopped or "still running"),
    )
