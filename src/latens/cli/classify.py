"""`latens classify`: classes from a few labels, by the encoder of a trained run."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens._csv import safe_cell
from latens._writing import whole_file
from latens.cli.console import print_json, print_lines, print_path, print_table, say
from latens.cli.opening import (
    check_writable,
    data_as_learnt,
    is_own,
    model_folder,
    refuse_flags,
    write_use,
)
from latens.cli.saving import check_free
from latens.exceptions import DataError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications import FewLabelClassifier
    from latens.applications.wording import Advantage
    from latens.data import Dataset
    from latens.models import BaseAutoencoder
    from latens.runs import Mosaic, Use

__all__ = ["classify"]

Option = typer.Option

_QUESTION = "Which class does each sample belong to?"
_TEST_FRACTION = 0.2
_SHOWN = 12  # images of a class in the report
_SHOWN_CLASSES = 12


def classify(
    context: typer.Context,
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="A run folder or a saved model.", show_default=False),
    ],
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
    model: Annotated[
        str | None, Option(help="Which model of the run. [default: its first]")
    ] = None,
    seed: Annotated[int, Option(min=0, max=2**31 - 1, help="The first seed.")] = 0,
    device: Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    overwrite: Annotated[bool, Option("--overwrite", help="Replace the file.")] = False,
    json: Annotated[bool, Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Name the class of every sample, given labels of a few.

    With --labels, the others get a class and its probability in a .csv file. Without, DATA must have labels:
    most are hidden, and the errors on held-out samples are shown beside classifiers and propagation on raw
    values and PCA. DATA that the run was not trained on show what its encoder is worth elsewhere.
    """
    if labels is not None:
        _check_out(out, overwrite=overwrite)
        refuse_flags(context, "for data that have labels, without --labels.", "per_class", "draws")
    else:
        refuse_flags(context, "a file is written with --labels only.", "out", "overwrite")
    check_writable(run)
    import latens
    from latens.training import Trainer

    fitted = latens.load_model(model_folder(run, model, data), device=device)
    trainer = Trainer(device=device)
    if labels is not None:
        dataset = data_as_learnt(run, data, fitted)
        if len(dataset) < 2:
            raise DataError(f"'{dataset.name}' has 1 sample: nothing is left to name the class of.")
        result, use = _predicted(fitted, dataset, labels, out, method, trainer, seed)
    else:
        seeds = range(seed, seed + draws)
        parts = _parts(run, data, fitted)
        result, use = _scored(fitted, parts, per_class, method, trainer, seeds)
        if (run / "run.json").is_file() and not is_own(run, data):
            use = replace(use, sentence=f"{use.sentence} The encoder was trained on other data.")
    use = write_use(context, run, "classify", use)
    if json:
        print_json(result)
    else:
        _print(result, use)


def _check_out(out: Path, *, overwrite: bool) -> None:
    if out.suffix != ".csv":
        raise typer.BadParameter(f"'{out}' must end in .csv.", param_hint="--out")
    check_free(out, overwrite=overwrite)


def _predicted(
    fitted: "BaseAutoencoder",
    dataset: "Dataset",
    labels: Path,
    out: Path,
    method: str,
    trainer: Any,
    seed: int,
) -> tuple[dict[str, Any], "Use"]:
    """Learn from the labels of a file and write a class for every sample."""
    from latens.applications import FewLabelClassifier
    from latens.applications.few_labels.headline import prediction_headline
    from latens.runs import Table, Use

    y = _read_labels(labels, dataset)
    given = sum(label is not None for label in y)
    say(f"{given:,} labels for {len(dataset):,} samples of {dataset.name}")
    few = FewLabelClassifier(fitted, method=method, trainer=trainer, random_state=seed)
    few.fit(dataset.X, y)
    sureness = few.label_distributions_.max(axis=1)
    _write(out, dataset, y, few.transduction_, sureness)
    predicted = Counter(few.transduction_.tolist())
    counts = {str(name): predicted[name] for name in few.classes_.tolist()}
    asked = Counter(y)
    sentence = prediction_headline(
        dataset.name, given, len(dataset) - given, _mean_of_unlabelled(sureness, y)
    )
    result = {
        "out": str(out),
        "data": dataset.name,
        "labels": given,
        "samples": len(dataset),
        "method": str(few.method_),
        "classes": counts,
    }
    table = Table(
        title="Classes",
        columns=("class", "labels", "samples"),
        rows=tuple((name, asked[name], count) for name, count in counts.items()),
        note="predicted",
    )
    return result, Use(_QUESTION, sentence, (table,), _mosaics(few, dataset, sureness, y))


def _mean_of_unlabelled(sureness: "np.ndarray", y: list[str | None]) -> float:
    import numpy as np

    missing = np.array([label is None for label in y])
    return float(sureness[missing].mean()) if missing.any() else 1.0


def _read_labels(path: Path, dataset: "Dataset") -> list[str | None]:
    """The label of every sample, None where the file has none."""
    from latens.data.label_files import read_label_file

    found = read_label_file(path, dataset.item_names, len(dataset), dataset.name)
    for note in found.notes:
        say(f"note: {note}")
    return found.labels


def _write(
    out: Path,
    dataset: "Dataset",
    y: list[str | None],
    classes: "np.ndarray",
    sureness: "np.ndarray",
) -> None:
    """Write the file whole or not at all."""
    items = dataset.item_names or tuple(map(str, range(len(dataset))))
    with (
        whole_file(out) as temporary,
        temporary.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(("item", "label", "probability", "given"))
        for item, label, share, known in zip(items, classes, sureness, y, strict=True):
            cells = safe_cell(item), safe_cell(str(label))
            writer.writerow((*cells, f"{share:.4f}", int(known is not None)))


def _mosaics(
    few: "FewLabelClassifier", dataset: "Dataset", sureness: "np.ndarray", y: list[str | None]
) -> "tuple[Mosaic, ...]":
    """The surest images of each class without a label, and the least sure ones."""
    import numpy as np

    from latens.runs import Mosaic

    if dataset.X.ndim < 3:
        return ()
    missing = np.array([label is None for label in y])
    rows, names = [], []
    for name in few.classes_[:_SHOWN_CLASSES]:
        of_class = np.flatnonzero(missing & (few.transduction_ == name))
        order = of_class[np.argsort(sureness[of_class], kind="stable")]
        if len(order) >= 2 * _SHOWN:
            rows.append(np.concatenate([order[::-1][:_SHOWN], order[:_SHOWN]]))
            names.append(str(name))
    if not rows:
        return ()
    shown = few.model_.scaling_.apply(dataset.X[np.stack(rows)])
    picture = (255 * shown.clip(0, 1)).astype(np.uint8)
    if picture.ndim == 5 and picture.shape[-1] == 1:
        picture = picture[..., 0]
    title = f"The {_SHOWN} surest and the {_SHOWN} least sure images of each class"
    return (Mosaic(title=title, images=picture, row_names=tuple(names)),)


def _scored(
    fitted: "BaseAutoencoder",
    parts: "tuple[Dataset, Dataset]",
    per_class: int,
    method: str,
    trainer: Any,
    seeds: range,
) -> tuple[dict[str, Any], "Use"]:
    """Hide most labels, learn from the rest, and score on held-out samples."""
    from latens.applications import compare_few_labels
    from latens.applications.few_labels.headline import (
        advantage_over,
        best_floor,
        comparison_headline,
    )
    from latens.runs import Table, Use

    train, test = parts
    if train.y is None or test.y is None:
        raise DataError(f"'{train.name}' has no labels. Give a few in a file with --labels.")
    say(f"{per_class} labels of each class, {len(train):,} samples, {len(test):,} held out ...")
    errors = compare_few_labels(
        fitted,
        (train.X, train.y),
        (test.X, test.y),
        per_class=per_class,
        methods=(method, "probe", "propagation"),
        seeds=seeds,
        trainer=trainer,
    )
    asked = next(e for e in errors if not e.is_floor)
    advantage = advantage_over(best_floor(errors), asked)
    many = "one draw of labels" if len(seeds) == 1 else f"mean of {len(seeds)} draws of labels"
    table = Table(
        title=f"Errors with {per_class} labels of each class",
        columns=("classifier", "error, %", "standard deviation"),
        rows=tuple(
            (e.name, 100 * e.mean, None if e.deviation is None else 100 * e.deviation)
            for e in errors
        ),
        note=f"scored with labels, {many}",
    )
    result = {
        "data": train.name,
        "labels_per_class": per_class,
        "samples": len(train),
        "held_out": len(test),
        "errors": {e.name: {"mean": e.mean, "draws": list(e.shares)} for e in errors},
        "compared": _compared(asked.name, best_floor(errors).name, advantage),
        "note": table.note,
    }
    sentence = comparison_headline(train.name, per_class, errors)
    return result, Use(_QUESTION, sentence, (table,))


def _compared(asked: str, baseline: str, advantage: "Advantage") -> dict[str, Any]:
    """The headline for programs: by how much fewer samples are misclassified, as a share."""
    difference = advantage.difference
    return {
        "method": asked,
        "baseline": baseline,
        "outcome": advantage.outcome,
        "advantage": difference.mean,
        "interval": [difference.low, difference.high],
    }


def _parts(run: Path, data: str | None, fitted: "BaseAutoencoder") -> "tuple[Dataset, Dataset]":
    """Samples to learn from and to score on: those of the run, the data's own parts, or a random fifth."""
    import numpy as np

    if is_own(run, data):
        # Other samples to score on would be among those that the encoder has learnt from.
        from latens.runs import Run
        from latens.studies.preparation import prepared_again

        prepared = prepared_again(Run.open(run))
        return prepared.train, prepared.test
    train = data_as_learnt(run, data, fitted, "train")
    if train.has_split:
        return train, data_as_learnt(run, data, fitted, "test")
    order = np.random.default_rng(0).permutation(len(train))
    n_test = max(1, round(_TEST_FRACTION * len(train)))
    return train.take(np.sort(order[n_test:])), train.take(np.sort(order[:n_test]))


def _print(result: dict[str, Any], use: "Use") -> None:
    for table in use.tables:
        rows = [["" if v is None else _cell(v) for v in row] for row in table.rows]
        print_table(f"{table.title} ({table.note})", table.columns, rows)
    print_lines(use.sentence)
    if "out" in result:
        print_path(result["out"])


def _cell(value: str | float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
