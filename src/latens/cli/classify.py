"""`latens classify`: classes from a few labels, by the encoder of a trained run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer import Context, Option

from latens._csv_writing import write_csv
from latens._writing import atomic_write
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
    check_writable,
    data_as_learned,
    is_own,
    model_folder,
    refuse_flags,
    write_finding,
)
from latens.cli.options import Device, Json, ModelName, Overwrite, RunOrModel, Seed
from latens.cli.saving import check_file
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas

    from latens.data import Dataset
    from latens.models import BaseAutoencoder
    from latens.runs import Finding

__all__ = ["classify"]


def classify(
    context: Context,
    run: RunOrModel,
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to classify. [default: the run's own data]"),
    ] = None,
    labels: Annotated[
        Path | None,
        Option(help="A .csv file of items (names or row numbers from 0) and their labels."),
    ] = None,
    per_class: Annotated[
        int,
        Option(min=1, help="Without --labels: labels of each class to keep; the rest only score."),
    ] = 10,
    draws: Annotated[int, Option(min=1, help="Without --labels: how often labels are drawn.")] = 1,
    method: Annotated[
        Literal["auto", "probe", "propagation", "fine-tune"],
        Option(help="How to learn: frozen codes, their graph, or a fine-tuned network."),
    ] = "auto",
    out: Annotated[Path, Option(help="With --labels: a .csv file.")] = Path("classes.csv"),
    model: ModelName = None,
    seed: Seed = 0,
    device: Device = "auto",
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Name the class of every sample, given labels of a few.

    With --labels, the others get a class and its probability in a .csv file. Without, DATA must have labels:
    most are hidden, and the errors on held-out samples are shown beside classifiers and propagation on raw
    values and PCA. DATA that the run was not trained on show what its encoder is worth elsewhere.
    """
    if labels is not None:
        check_file(out, (".csv",), overwrite=overwrite)
        refuse_flags(context, "for data that have labels, without --labels.", "per_class", "draws")
    else:
        refuse_flags(context, "a file is written with --labels only.", "out", "overwrite")
    check_writable(run)
    import latens
    from latens.training import Trainer

    fitted = latens.load_model(model_folder(run, model, data), device=device)
    settings = {"method": method, "trainer": Trainer(device=device), "random_state": seed}
    if labels is not None:
        facts, found = _find_classes(run, data, labels, out, fitted, settings)
    else:
        settings |= {"per_class": per_class, "draws": draws}
        facts, found = _compare_classifiers(run, data, fitted, settings)
    use = write_finding(context, run, "classify", found)
    if json:
        print_json(facts)
        return
    for table in use.tables:
        print_table(f"{table.title} ({table.note})", table.columns, table_cells(table, ".2f"))
    print_lines(use.sentence)
    if labels is not None:
        print_path(out)


def _find_classes(
    run: Path,
    data: str | None,
    labels: Path,
    out: Path,
    fitted: "BaseAutoencoder",
    settings: dict[str, Any],
) -> "tuple[dict[str, Any], Finding]":
    """Learn from the labels of a file, and write a class for every sample."""
    from latens.applications import find_classes
    from latens.data.label_files import read_label_file

    dataset = data_as_learned(run, data, fitted)
    given = read_label_file(labels, dataset.item_names, len(dataset), dataset.name, dataset.rows)
    say_notes(given.notes)
    n_given = sum(label is not None for label in given.labels)
    say(f"{n_given:,} labels for {len(dataset):,} samples of {dataset.name}")
    found = find_classes(fitted, dataset, given.labels, **settings)
    _write(out, found.frame)
    facts = {
        "out": str(out),
        "data": dataset.name,
        "labels": n_given,
        "samples": len(dataset),
        "method": str(found.classifier.method_),
        "classes": found.class_counts,
    }
    return facts, found.to_finding()


def _write(out: Path, frame: "pandas.DataFrame") -> None:
    """Write the file whole or not at all."""
    with atomic_write(out) as temporary:
        rows = frame.astype({"given": int})
        how = {"float_format": "%.4f", "lineterminator": "\r\n", "errors": "replace"}
        write_csv(rows, temporary, **how)


def _compare_classifiers(
    run: Path, data: str | None, fitted: "BaseAutoencoder", settings: dict[str, Any]
) -> "tuple[dict[str, Any], Finding]":
    """Hide most labels, learn from the rest, and score on held-out samples."""
    from latens.applications import compare_classifiers

    train, test = _parts(run, data, fitted)
    if train.y is None or test.y is None:
        raise DataError(f"'{train.name}' has no labels. Give a few in a file with --labels.")
    per_class = settings["per_class"]
    say(f"{per_class} labels of each class, {len(train):,} samples, {len(test):,} held out ...")
    is_foreign = (run / "run.json").is_file() and not is_own(run, data)
    found = compare_classifiers(fitted, train, test, is_training_data=not is_foreign, **settings)
    use, difference = found.to_finding(), found.advantage.difference
    facts = {
        "data": train.name,
        "labels_per_class": found.per_class,
        "samples": found.n_samples,
        "held_out": found.n_held_out,
        "errors": {e.name: {"mean": e.mean, "draws": list(e.shares)} for e in found.errors},
        "compared": {
            "method": found.on_codes.name,
            "baseline": found.best_baseline.name,
            "outcome": found.advantage.outcome,
            "advantage": difference.mean,
            "interval": [difference.low, difference.high],
        },
        "note": use.tables[0].note,
    }
    return facts, use


def _parts(run: Path, data: str | None, fitted: "BaseAutoencoder") -> "tuple[Dataset, Dataset]":
    """Samples to learn from and to score on: those of the run, the data's own parts, or a random fifth."""
    from latens.applications.classify.finding import held_out_fifth
    from latens.runs import Run
    from latens.studies.preparation import prepared_again

    if is_own(run, data):
        # Other samples to score on would be among those that the encoder has learned from.
        prepared = prepared_again(Run.open(run))
        return prepared.train, prepared.test
    train = data_as_learned(run, data, fitted, "train")
    if train.has_split:
        return train, data_as_learned(run, data, fitted, "test")
    return held_out_fifth(train)
