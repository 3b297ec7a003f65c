"""The section on how the models were trained."""

from collections.abc import Mapping
from typing import Any

from latens.plots import error_curves, loss_curves
from latens.plots.error_curves import ERRORS
from latens.plots.loss_curves import kept_epoch
from latens.reports.blocks import Block, Cell, Figure, Heading, Section, Table
from latens.reports.content import Content
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, duration, plural

__all__ = ["training_section"]

_LEAD = (
    "The network saw the training samples once per epoch. As long as the held-out line falls with the "
    "other one, it learns what new samples share; where it turns up, it learns the training samples "
    "by heart. The weights of the best epoch were kept."
)


# What is drawn, and the rows of the table, of studies beyond all measure.
_MOST_MODELS, _MOST_SEEDS, _MOST_EPOCHS, _MOST_ROWS = 30, 20, 2_000, 200


def training_section(content: Content) -> Section:
    """Build the section with the loss of every model, seed and epoch."""
    histories = {
        model: {seed: history for seed, history in seeds.items() if history["epochs"]}
        for model, seeds in content.histories.items()
    }
    if not any(histories.values()):
        missing = ("No model was trained for even one epoch, so there are no losses to show.",)
        return Section("training", "Training", missing=missing)
    finite = {
        content.label(model): {
            seed: _plottable(history) for seed, history in list(seeds.items())[:_MOST_SEEDS]
        }
        for model, seeds in list(histories.items())[:_MOST_MODELS]
        if seeds
    }
    picture = loss_curves(finite)
    seeds = len(content.seeds)
    alt = f"Loss by epoch for {plural(len(finite), 'model')} and {plural(seeds, 'seed')}. "
    alt += " ".join(_in_words(name, runs) for name, runs in finite.items())
    caption = "Loss by epoch" + (", one line per seed." if seeds > 1 else ".")
    svg = inline_svg(picture, "losses", alt)
    width = 1000 if len(finite) > 1 else 720
    blocks: tuple[Block, ...] = (
        Figure(svg, caption, width=width, least_width=420 if width < 1000 else 720),
        *_errors(finite),
        _table(content, histories),
    )
    return Section("training", "Training", _LEAD, blocks, data={"epochs": histories})


def _errors(histories: Mapping[str, Mapping[str, Any]]) -> tuple[Figure, ...]:
    """Errors that models with different losses can be compared by; none if nothing was held out."""
    noted = {
        name
        for seeds in histories.values()
        for history in seeds.values()
        for epoch in history["epochs"]
        for name, value in (epoch.get("errors") or {}).items()
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
        "for all models, whatever each of them minimises."
    )
    return (Figure(inline_svg(picture, "errors", alt), caption, least_width=720),)


def _plottable(history: Mapping[str, Any]) -> Mapping[str, Any]:
    """A loss that was not finite is a gap in the line; of very many epochs, some are as good as all."""
    nan, epochs = float("nan"), history["epochs"]
    # The last one always, and the one whose weights were kept, which is marked.
    some = sorted({*range(0, len(epochs), -(-len(epochs) // _MOST_EPOCHS)), len(epochs) - 1})
    kept = min(range(len(epochs)), key=lambda at: _monitored(epochs[at]))
    shown = [epochs[at] for at in sorted({*some, kept})]
    return {
        "epochs": [
            epoch | {"loss": nan if epoch["loss"] is None else epoch["loss"]} for epoch in shown
        ]
    }


def _in_words(name: str, runs: Mapping[str, Mapping[str, Any]]) -> str:
    epochs = next(iter(runs.values()))["epochs"]
    return f"{name}: from {epochs[0]['loss']:.3g} to {epochs[-1]['loss']:.3g}."


def _table(content: Content, histories: Mapping[str, Mapping[str, Any]]) -> Table:
    headings = (
        Heading("Model"),
        Heading("Seed", number=True),
        Heading("Epochs", number=True),
        Heading("Weights kept from", number=True),
        Heading("Loss there", "lower is better", "lower", number=True),
        Heading("Time", number=True),
        Heading("Ended because"),
    )
    rows = [
        _row(content.label(model), seed, history)
        for model, seeds in histories.items()
        for seed, history in seeds.items()
    ]
    more = len(rows) - _MOST_ROWS
    note = f"{count(more)} more are in histories.json." if more > 0 else ""
    return Table("Trainings", headings, tuple(rows[:_MOST_ROWS]), note=note)


def _row(model: str, seed: str, history: Mapping[str, Any]) -> tuple[Cell, ...]:
    epochs = history["epochs"]
    kept = kept_epoch(epochs)
    loss = _monitored(kept)
    return (
        Cell(model),
        Cell(seed, number=True),
        Cell(count(len(epochs)), number=True),
        Cell(f"epoch {kept['number']}", number=True),
        Cell(f"{loss:.4g}" if loss < float("inf") else MISSING, number=True),
        Cell(duration(epochs[-1]["seconds"]), number=True),
        Cell(history["stopped"] or "still running"),
    )


def _monitored(epoch: Mapping[str, Any]) -> float:
    held_out = epoch["validation_loss"]
    loss = epoch["loss"] if held_out is None else held_out
    return float("inf") if loss is None else float(loss)
