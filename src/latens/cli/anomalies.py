"""`latens anomalies`: the anomalies among samples, and the reason for each."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Context, Option

from latens.cli.console import (
    print_json,
    print_lines,
    print_path,
    print_table,
    say,
    say_notes,
    table_cells,
)
from latens.cli.inputs import (
    asked_data,
    check_writable,
    is_own,
    model_folder,
    refuse_flags,
    write_finding,
)
from latens.cli.options import (
    Decimal,
    Device,
    Encoding,
    Epochs,
    HeaderLine,
    IdColumn,
    Json,
    Keep,
    LabelColumn,
    LatentDim,
    Missing,
    NetworkName,
    Overwrite,
    Preset,
    Seed,
    TimeLimit,
    Without,
    given,
    table_flags,
)
from latens.cli.saving import check_file, check_place, write_frame
from latens.exceptions import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latens.applications import AnomalyDetector, AnomalyFinding
    from latens.data import Dataset
    from latens.models import BaseAutoencoder
    from latens.runs import Finding

__all__ = ["anomalies"]


def anomalies(
    context: Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DATA",
            help="A run, a saved model or detector, or data to learn from: what `latens run` takes.",
            show_default=False,
        ),
    ],
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to score. [default: what was learned from]"),
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
    latent_dim: LatentDim = None,
    network: NetworkName = None,
    epochs: Epochs = None,
    time_limit: TimeLimit = None,
    preset: Preset = None,
    label_column: LabelColumn = None,
    id_column: IdColumn = None,
    without: Without = None,
    keep: Keep = None,
    missing: Missing = None,
    header: HeaderLine = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    save: Annotated[
        Path | None, Option(help="Keep the detector in this folder.", show_default=False)
    ] = None,
    device: Device = "auto",
    seed: Seed = 0,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Find the samples that are unlike the others, with the columns or the places that say so.

    Labels are never used. Of a run, the result is written into the run, too, and its report shows it.
    """
    line = _contamination(contamination or "auto")
    check_file(out, (".csv", ".parquet"), overwrite=overwrite)
    check_place(save, "detector", overwrite=overwrite)
    check_writable(Path(source))
    _check_flags(context, source, data)
    from latens.applications import find_anomalies

    detector, scored, is_training_data = _detector_and_data(context, source, data, line)
    found = find_anomalies(detector, scored, is_training_data=is_training_data, top=top)
    if save is not None:
        detector.save(save, overwrite=overwrite)
    write_frame(out, found.frame)
    use = write_finding(context, Path(source), "anomalies", found.to_finding())
    _print(found, use, out, as_json=json)
    if not _is_trained(source):
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(detector.model_.history_)


def _contamination(text: str) -> str | float:
    if text == "auto":
        return text
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 0.5:
        raise typer.BadParameter(
            f"must be 'auto' or a number in (0, 0.5]. Got '{text}'.", param_hint="--contamination"
        )
    return share


def _holds(source: str, kind: str) -> bool:
    return (Path(source) / f"{kind}.json").is_file()


def _is_trained(source: str) -> bool:
    return any(_holds(source, kind) for kind in ("run", "model", "detector"))


def _check_flags(context: Context, source: str, data: str | None) -> None:
    """Refuse what would change nothing."""
    if not _is_trained(source):
        return
    trained = f"'{source}' is trained already."
    training = ("latent_dim", "network", "epochs", "time_limit", "preset")
    refuse_flags(context, trained, *training, "without", "keep")
    if _holds(source, "detector"):
        refuse_flags(context, trained, "contamination", "model", "seed")
        if data is None:
            raise typer.BadParameter("A saved detector has no data of its own; give DATA.")
    elif _holds(source, "run") and is_own(Path(source), data):
        refuse_flags(context, "the run reads its own data as it did.", *table_flags(context))


def _detector_and_data(
    context: Context, source: str, data: str | None, contamination: str | float
) -> "tuple[AnomalyDetector, Dataset, bool]":
    """A fitted detector, what to score, and whether these are the samples it was fitted on."""
    from latens.applications import AnomalyDetector, load_detector
    from latens.applications.anomalies.finding import named_samples

    table = table_flags(context)
    if _holds(source, "detector"):
        detector = load_detector(source, device=context.params["device"])
    else:
        known_model = _trained_model if _is_trained(source) else _new_model
        model, known, fit_options = known_model(context, source, data, table)
        seed = context.params["seed"]
        detector = AnomalyDetector(model, contamination=contamination, random_state=seed)
        detector.fit(named_samples(known), **fit_options)
        # A model alone has no data: those that are given are learned from.
        if data is None or _holds(source, "model") or is_own(Path(source), data):
            return detector, known, True
    names = getattr(detector, "feature_names_in_", None)
    return detector, _read(source, data, table, detector.model_, names), False


def _trained_model(
    context: Context, source: str, data: str | None, table: dict[str, Any]
) -> "tuple[BaseAutoencoder, Dataset, dict[str, Any]]":
    """The model of a run, or a saved one, with the samples to fit a detector on."""
    import latens
    from latens.applications.new_data import check_shape

    flags = context.params
    folder = model_folder(Path(source), flags["model"], data)
    model = latens.load_model(folder, device=flags["device"])
    known = _enough(_read(source, None if _holds(source, "run") else data, table, model))
    check_shape(known, model)
    return model, known, {}


def _new_model(
    context: Context, source: str, data: str | None, table: dict[str, Any]
) -> "tuple[BaseAutoencoder, Dataset, dict[str, Any]]":
    """A model to be fitted on data, with these and how they are laid out."""
    from latens._devices import resolve_device
    from latens.cli.interrupts import terminal_callbacks
    from latens.data import load

    resolve_device(context.params["device"])
    known = _enough(load(source, "all", **table))
    if known.read_as:
        say(f"read as: {known.read_as}")
    say_notes(known.notes)
    model = _described_model(context, known)
    assert model.trainer is not None
    model.trainer.set_params(callbacks=terminal_callbacks("detector"))
    say(f"learning from {len(known):,} samples ...")
    # What three axes mean is known here, and not to be told twice.
    return model, known, {"layout": known.layout} if known.X.ndim == 3 else {}


def _described_model(context: Context, known: "Dataset") -> "BaseAutoencoder":
    """The model that the flags describe, and for what they leave open that of the detector itself."""
    from latens.applications.anomalies.default_model import default_model, default_trainer
    from latens.studies import ModelSettings
    from latens.studies.building import build_model

    shape = given(context, "latent_dim", "network", kind="model")
    training = given(context, "time_limit", "preset", max_epochs="epochs")
    trainer = default_trainer(len(known), device=context.params["device"])
    model = default_model(known.X.shape, trainer)
    if not shape and not training:
        return model
    settings = ModelSettings(trainer=training, **{"latent_dim": model.latent_dim} | shape)
    left_open = {} if training else trainer.get_params(deep=False)
    host = {"callbacks": (), "device": trainer.device}
    return build_model(settings, seed=context.params["seed"], **left_open | host)


def _enough(known: "Dataset") -> "Dataset":
    if len(known) < 2:
        raise DataError(
            f"'{known.name}' has 1 sample, and a detector learns from at least 2 samples."
        )
    return known


def _read(
    source: str,
    data: str | None,
    table: dict[str, Any],
    model: "BaseAutoencoder",
    names: "Sequence[str] | None" = None,
) -> "Dataset":
    """Samples, labels apart, with the columns that are known; without `data` those of the run."""
    from latens.data.beside_labels import load_beside_labels

    if data is None or not table:
        return asked_data(Path(source), data, model, feature_names=names)
    dataset = load_beside_labels(data, "all", feature_names=names, **table)
    say_notes(dataset.notes)
    return dataset


def _print(found: "AnomalyFinding", use: "Finding", out: Path, *, as_json: bool) -> None:
    oddest, others = use.tables
    if not as_json:
        print_table("The most anomalous samples", oddest.columns, table_cells(oddest))
        print_table(others.title, others.columns, table_cells(others))
        print_lines(use.sentence)
        print_path(out)
        return
    names = ("score", "shared", "rank_correlation", "auroc")
    print_json(
        {
            "out": str(out),
            "samples": len(found.frame),
            "anomalies": found.n_anomalies,
            "sentence": use.sentence,
            "oddest": found.most_anomalous.to_dict(orient="records"),
            "beside": [dict(zip(names, row, strict=True)) for row in others.rows],
        }
    )
