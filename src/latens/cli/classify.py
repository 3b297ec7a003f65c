"""`latens classify`: classes from a few labels, by the encoder of a trained run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Argument, Context, Option

from latens.cli import console, options
from latens.cli.inputs import check_model, keep_finding, refuse_flags, taken
from latens.cli.saving import check_file
from latens.exceptions import DataError

if TYPE_CHECKING:
    from latens.applications import ClassFinding, ClassifierComparison
    from latens.models import BaseAutoencoder
    from latens.studies.source import Source

__all__ = ["classify"]


def classify(
    context: Context,
    run: options.RunOrModel,
    data: Annotated[
        str | None, Argument(metavar="DATA", help="What to classify. [default: the run's own data]")
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
    model: options.ModelName = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Name the class of every sample, given labels of a few.

    With --labels, the others get a class and its probability in a .csv file, and the explorer of the run
    colors its map by them and lists what to name next. Without, DATA must have labels: most are hidden, and
    the errors on held-out samples are shown beside classifiers and propagation on raw values and PCA. DATA
    that the run was not trained on show what its encoder is worth elsewhere.
    """
    mode = _mode(context)
    from latens.studies.source import Source
    from latens.training import Trainer

    source = Source(run, console.say)
    source.check_writable()
    check_model(source, model, data)
    fitted = source.model(model, device=device)[1]
    how = {"method": method, "trainer": Trainer(device=device), "random_state": seed}
    found = mode.classify(source, data, fitted, how)
    kept = keep_finding(context, source, "classify", found.to_finding())
    if json:
        console.print_json({**({} if labels is None else {"out": str(out)}), **found.facts()})
        return
    for table in kept.tables:
        console.print_result(table, ".2f", f"{table.title} ({table.note})")
    console.print_lines(kept.sentence)
    if labels is not None:
        console.print_path(out)


@dataclass(frozen=True)
class _Labeled:
    """A file has the labels of a few samples; all get a class, which is written."""

    labels: Path
    out: Path

    def classify(
        self, source: "Source", data: str | None, fitted: "BaseAutoencoder", how: dict[str, Any]
    ) -> "ClassFinding":
        from latens.applications import find_classes
        from latens.data.label_files import read_label_file

        dataset = source.load_alike(fitted, data)
        known = (dataset.item_names, len(dataset), dataset.name, dataset.rows)
        given = read_label_file(self.labels, *known)
        console.say_notes(given.notes)
        n_given = sum(label is not None for label in given.labels)
        console.say(f"{n_given:,} labels for {len(dataset):,} samples of {dataset.name}")
        found = find_classes(fitted, dataset, given.labels, **how)
        found.write(self.out)
        if source.run is not None and dataset.part is not None:
            found.keep(source.run)
        return found


@dataclass(frozen=True)
class _Compared:
    """The data have labels: most are hidden, the rest learned from, and held-out samples scored."""

    per_class: int
    draws: int

    def classify(
        self, source: "Source", data: str | None, fitted: "BaseAutoencoder", how: dict[str, Any]
    ) -> "ClassifierComparison":
        from latens.applications import compare_classifiers

        train, test = source.load_parts(fitted, data)
        if train.y is None or test.y is None:
            raise DataError(f"'{train.name}' has no labels. Give a few in a file with --labels.")
        n, n_test = len(train), len(test)
        console.say(
            f"{self.per_class} labels of each class, {n:,} samples, {n_test:,} held out ..."
        )
        how |= {"per_class": self.per_class, "draws": self.draws}
        is_foreign = source.run is not None and not source.is_own(data)
        return compare_classifiers(fitted, train, test, is_training_data=not is_foreign, **how)


def _mode(context: Context) -> _Labeled | _Compared:
    """What the flags ask for; only here are those refused that exclude each other."""
    flags = context.params
    if flags["labels"] is None:
        refuse_flags(context, "a file is written with --labels only.", "out", "overwrite")
        return taken(context, _Compared)
    check_file(flags["out"], (".csv",), overwrite=flags["overwrite"])
    refuse_flags(context, "for data that have labels, without --labels.", "per_class", "draws")
    return taken(context, _Labeled)
