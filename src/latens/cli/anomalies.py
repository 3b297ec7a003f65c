"""`latens anomalies`: the anomalies among samples, and the reason for each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Context, Option

from latens._saved import SavedKind
from latens.cli import options
from latens.cli.console import print_json, print_lines, print_path, print_result, say
from latens.cli.inputs import check_model, keep_finding, refuse_flags
from latens.cli.options import given, table_flags, training_flags
from latens.cli.saving import check_file, check_place

if TYPE_CHECKING:
    from latens.applications import AnomalyFinding
    from latens.runs import Finding
    from latens.studies.detecting import DetectorSettings
    from latens.studies.source import Source

__all__ = ["anomalies"]


def anomalies(
    context: Context,
    source: Annotated[
        str,
        Argument(
            metavar="RUN|DATA",
            help="A run, a saved model or detector, or data to learn from: what `latens run` takes.",
            show_default=False,
        ),
    ],
    data: Annotated[
        str | None,
        Argument(metavar="DATA", help="What to score. [default: what was learned from]"),
    ] = None,
    out: Annotated[Path, Option(help="A .csv or .parquet file, one row per sample.")] = Path(
        "anomalies.csv"
    ),
    contamination: Annotated[
        str | None,
        Option(help="The share of the samples learned from to call anomalies. [default: auto]"),
    ] = None,
    top: Annotated[int, Option(min=1, max=2_000, help="How many to print.")] = 10,
    model: Annotated[
        str | None,
        Option(help="A kind that `latens models` lists; of a run, the name of its model."),
    ] = None,
    latent_dim: options.LatentDim = None,
    network: options.NetworkName = None,
    epochs: options.Epochs = None,
    time_limit: options.TimeLimit = None,
    preset: options.Preset = None,
    label_column: options.LabelColumn = None,
    id_column: options.IdColumn = None,
    without: options.Without = None,
    keep: options.Keep = None,
    missing: options.Missing = None,
    column: options.Columns = None,
    header: options.HeaderLine = None,
    decimal: options.Decimal = None,
    encoding: options.Encoding = None,
    save: Annotated[
        Path | None, Option(help="Keep the detector in this folder.", show_default=False)
    ] = None,
    device: options.Device = "auto",
    seed: options.Seed = 0,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Find the samples that are unlike the others, with the columns or the places that say so.

    Labels are never used. Of a run, the result is written into the run, too, and its report shows it.
    """
    opened, settings = _mode(context)
    from latens.applications import find_anomalies
    from latens.studies.detecting import open_detector

    at_hand = open_detector(opened, data, settings)
    detector, is_own = at_hand.detector, at_hand.is_training_data
    found = find_anomalies(detector, at_hand.data, is_training_data=is_own, top=top)
    if save is not None:
        detector.save(save, overwrite=overwrite)
    found.write(out)
    kept = keep_finding(context, opened, "anomalies", found.to_finding())
    _print(found, kept, out, as_json=json)
    if at_hand.is_trained_now:
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(detector.model_.history_)


def _mode(context: Context) -> "tuple[Source, DetectorSettings]":
    """What to start from, and how to make a detector; only here are flags refused that change nothing."""
    flags = context.params
    contamination = _contamination(flags["contamination"] or "auto")
    check_file(flags["out"], (".csv", ".parquet"), overwrite=flags["overwrite"])
    check_place(flags["save"], "detector", overwrite=flags["overwrite"])
    from latens.cli.interrupts import terminal_callbacks
    from latens.studies.detecting import DetectorSettings
    from latens.studies.source import Source

    source = Source(flags["source"], say)
    source.check_writable()
    is_detector = SavedKind("detector").is_at(source.path)
    is_trained = is_detector or source.is_model or source.run is not None
    if is_trained:
        _check_trained(context, source, is_detector=is_detector)
    return source, DetectorSettings(
        contamination=contamination,
        model={} if is_trained else given(context, "latent_dim", "network", kind="model"),
        trainer=training_flags(context),
        name=flags["model"],
        table=table_flags(context),
        callbacks=terminal_callbacks("detector"),
        seed=flags["seed"],
        device=flags["device"],
    )


def _check_trained(context: Context, source: "Source", *, is_detector: bool) -> None:
    data, trained = context.params["data"], f"'{source.source}' is trained already."
    training = ("latent_dim", "network", "epochs", "time_limit", "preset", "without", "keep")
    refuse_flags(context, trained, *training)
    if is_detector:
        refuse_flags(context, trained, "contamination", "model", "seed")
        if data is None:
            raise BadParameter("A saved detector has no data of its own; give DATA.")
        return
    if source.run is not None and source.is_own(data):
        refuse_flags(context, "the run reads its own data as it did.", *table_flags(context))
    check_model(source, context.params["model"], data)


def _contamination(text: str) -> str | float:
    if text == "auto":
        return text
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise BadParameter(
            f"must be 'auto' or a number in (0, 0.5]. Got '{text}'.", param_hint="--contamination"
        )
    return share


def _print(found: "AnomalyFinding", kept: "Finding", out: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"out": str(out), **found.facts(), "sentence": kept.sentence})
        return
    for table in kept.tables:
        print_result(table)
    print_lines(kept.sentence)
    print_path(out)
