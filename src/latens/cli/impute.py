"""`latens impute`: a table with its gaps filled, beside what other ways fill them with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, BadParameter, Context, Option

from latens._writing import check_free
from latens.cli import options
from latens.cli.console import print_json, print_lines, print_path, print_result, say, say_notes
from latens.cli.inputs import keep_finding, refuse_flags
from latens.cli.options import given
from latens.cli.saving import check_ending, check_place
from latens.cli.time_limits import seconds_for_training

if TYPE_CHECKING:
    from latens.models import MaskedAutoencoder
    from latens.runs import Finding
    from latens.studies.source import Source

__all__ = ["impute"]

_ENDINGS = (".csv", ".parquet")


def impute(
    context: Context,
    source: Annotated[
        str,
        Argument(
            metavar="RUN|DATA",
            help="A table with gaps; or a run or a saved model of one.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        Argument(metavar="DATA", help="The table, for a run or a model. [default: the run's own]"),
    ] = None,
    out: Annotated[Path, Option(help="A .csv or .parquet file.")] = Path("imputed.csv"),
    draws: Annotated[
        int,
        Option(
            min=1,
            max=1_000,
            help="1: the best guess. More: so many tables, NAME-1.csv ..., each a draw.",
        ),
    ] = 1,
    column: options.Columns = None,
    epochs: options.Epochs = None,
    time_limit: options.TimeLimit = None,
    preset: options.Preset = None,
    save: Annotated[
        Path | None, Option(help="Keep the model in this folder.", show_default=False)
    ] = None,
    device: options.Device = "auto",
    seed: options.Seed = 0,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Fill the gaps of a table from the other cells of each row; nothing else is changed.

    Some known cells are hidden for a comparison with nearest neighbors, linear regressions and forests, and
    the better one is named. Of a run, the result is written into it, and its report shows it.
    """
    kinds, opened = _checked(context)
    from latens.applications import impute_table
    from latens.applications.impute.files import read_with_gaps, write_filled

    model, path = _starting_from(opened, data, device)
    table, notes = read_with_gaps(path)
    say_notes(notes)
    if model is not None:
        trained = f"'{source}' is trained already."
        refuse_flags(context, trained, "column", "epochs", "preset", "save")
    found = impute_table(
        table,
        kinds=kinds,
        n_draws=draws,
        model=model,
        trainer=_trainer(context),
        random_state=seed,
        say=say,
    )
    if save is not None:
        found.model.save(save, overwrite=overwrite)
    for name, why in found.left.items():
        say(f"note: the gaps of column '{name}' stay: {why}.")
    places = write_filled(out, found.filled)
    kept = keep_finding(context, opened, "impute", found.to_finding())
    if json:
        print_json({"out": [str(place) for place in places], **found.facts()})
    else:
        _print(kept, places)
    if model is None:
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(found.model.history_)


def _print(kept: "Finding", places: list[Path]) -> None:
    for result in kept.tables:
        print_result(result)
    print_lines(kept.sentence)
    for place in places:
        print_path(place)


def _checked(context: Context) -> "tuple[dict[str, Any], Source]":
    """What columns are said to be, and what to start from; nothing is read before this is right."""
    from latens.applications.impute.files import filled_paths
    from latens.studies.source import Source

    flags = context.params
    check_ending(flags["out"], _ENDINGS, ", ".join(_ENDINGS))
    for place in filled_paths(flags["out"], flags["draws"]):
        check_free(place, overwrite=flags["overwrite"])
    check_place(flags["save"], "model", overwrite=flags["overwrite"])
    kinds = options.column_kinds(context)
    opened = Source(flags["source"], say)
    opened.check_writable()
    if opened.is_model and flags["data"] is None:
        raise BadParameter("A saved model has no data of its own; give DATA.")
    if not opened.is_model and opened.run is None and flags["data"] is not None:
        raise BadParameter("DATA is for a run or a saved model; give the table alone.")
    return kinds, opened


def _starting_from(
    opened: "Source", data: Path | None, device: str
) -> "tuple[MaskedAutoencoder | None, Path]":
    """The model of a run or a folder, if it can fill gaps, and the file of the table."""
    from latens.exceptions import RunError
    from latens.models import MaskedAutoencoder

    if not opened.is_model and opened.run is None:
        return None, Path(opened.source)
    found: Any = opened.model(device=device)[1] if opened.is_model else None
    if opened.run is not None:
        try:
            found = opened.model_of_kind(MaskedAutoencoder, device=device)
        except RunError:
            found = None
    if not (isinstance(found, MaskedAutoencoder) and found.imputes):
        say(
            f"note: '{opened.source}' has no MaskedAutoencoder of a table with gaps; one is trained."
        )
        found = None
    if data is None:
        data = Path(opened.study.data.source) if opened.study is not None else None
    if data is None or not data.exists():
        raise BadParameter(f"the data of '{opened.source}' are no file here; give DATA.")
    return found, data


def _trainer(context: Context) -> Any:
    from latens._devices import resolve_device
    from latens.cli.interrupts import terminal_callbacks
    from latens.training import Trainer

    device = context.params["device"]
    resolve_device(device)
    asked = given(context, "preset", max_epochs="epochs")
    if context.params["time_limit"] is not None:
        asked["time_limit"] = seconds_for_training(context.params["time_limit"])
    return Trainer(
        **{"preset": "fast"} | asked, device=device, callbacks=terminal_callbacks("model")
    )
