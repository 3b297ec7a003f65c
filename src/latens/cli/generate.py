"""`latens generate`: new samples from a trained run, and what they are worth."""

from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens.cli.console import print_json, print_lines, print_path, print_table, say, table_cells
from latens.cli.inputs import refuse_flags, write_finding
from latens.cli.options import Device, Json, ModelName, Overwrite, RunOrModel, Seed
from latens.exceptions import RunError

if TYPE_CHECKING:
    from latens.applications.generate.finding import GenerationFinding, GenerationRequest
    from latens.models import BaseAutoencoder
    from latens.studies.preparation import Prepared

__all__ = ["generate"]

Option = typer.Option


def generate(
    context: typer.Context,
    run: RunOrModel,
    out: Annotated[
        Path | None,
        Option(help="A folder for images, else a .csv or .npz file. [default: generated...]"),
    ] = None,
    n: Annotated[int, Option("--n", min=1, help="How many samples.")] = 64,
    method: Annotated[
        Literal["prior", "mixture", "variation"] | None,
        Option(
            help="Where codes come from. [default: the prior if the model has one, else mixture]"
        ),
    ] = None,
    class_name: Annotated[
        str | None,
        Option("--class", help="Samples of this class alone, by the labels of the data."),
    ] = None,
    between: Annotated[
        tuple[int, int] | None,
        Option(
            metavar="I J", help="The interpolation between two samples, by their rows in the data."
        ),
    ] = None,
    like: Annotated[
        int | None, Option(min=0, help="Variations of the sample in this row of the data.")
    ] = None,
    amount: Annotated[
        float, Option(min=0, help="How far variations go, in spreads of the codes around.")
    ] = 1.0,
    augment: Annotated[
        int | None,
        Option(min=1, help="Write this many labeled samples, balanced, and test what they add."),
    ] = None,
    evaluate: Annotated[
        bool, Option("--evaluate", help="Judge samples of every model of the run.")
    ] = False,
    model: ModelName = None,
    seed: Seed = 0,
    device: Device = "auto",
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Make new samples: from scratch, of a class, between two samples, like one, or labeled.

    Images go into a folder, one PNG each and all of them on sheet.png; rows into a .csv or .npz file.
    """
    asked = _asked(context)
    opened = _Opened(run, model, device)
    target = _target(opened, out, is_labeled=augment is not None, overwrite=overwrite)
    from latens.applications import evaluate_generation, generate_samples

    made_of_data = (class_name, between, like, augment) != (None,) * 4
    is_of_rows = (between, like) != (None, None)
    parts = opened.parts(scored=not is_of_rows) if made_of_data else {}
    found = generate_samples(opened.model, asked, **parts, name=opened.name, random_state=seed)
    if evaluate:
        models, data = opened.all_models(), opened.data
        doing = "learning the features in which samples are compared" if data.is_images else ""
        say(f"{doing or 'comparing'} ...")
        judged = evaluate_generation(models, data.train, data.test, random_state=seed)
        found = replace(found, evaluation=judged)
    found.write(target, opened.feature_names(found))
    write_finding(context, run, found.name, found.to_finding())
    _print_json(found, target) if json else _print(found, target)


def _asked(context: typer.Context) -> "GenerationRequest":
    """What the flags ask for; only here are those refused that exclude each other."""
    from latens.applications import Interpolation, LabeledSamples, NewSamples, Variations

    flags = context.params
    n, method, amount = flags["n"], flags["method"], flags["amount"]
    class_name, between, like, augment = (
        flags[name] for name in ("class_name", "between", "like", "augment")
    )
    modes = {"--between": between, "--like": like, "--augment": augment, "--class": class_name}
    given = [name for name, value in modes.items() if value is not None]
    if len(given) > 1:
        raise typer.BadParameter(f"Choose one of {' and '.join(given)}.")
    mode = given[0] if given else ""
    if method and mode in ("--between", "--like") and (mode, method) != ("--like", "variation"):
        raise typer.BadParameter(f"{mode} starts from samples and draws no codes: no --method.")
    if method == "variation" and not mode:
        raise typer.BadParameter("Say of which sample with --like, or use --augment.")
    if mode not in ("--like", "--augment"):
        why = "only variations are of an amount; use --like or --augment."
        refuse_flags(context, why, "amount")
    if mode in ("--between", "--augment"):
        refuse_flags(context, f"{mode} says how many samples there are.", "n")
    if (flags["run"] / "model.json").is_file():
        why = f"'{flags['run']}' is one model; --model chooses among those of a run."
        refuse_flags(context, why, "model")
    if between is not None:
        return Interpolation(rows=between)
    if like is not None:
        return Variations(row=like, n=n, amount=amount)
    if augment is not None:
        return LabeledSamples(n=augment, method=method or "variation", amount=amount)
    return NewSamples(n=n, method=method, class_name=class_name)


class _Opened:
    """A fitted model with the run that it belongs to, whose data are loaded only where they are needed."""

    def __init__(self, path: Path, name: str | None, device: str) -> None:
        import latens
        from latens.runs import Run

        self.path, self.device = path, device
        self.run = None
        self.name, folder = "model", path
        if not (path / "model.json").is_file():
            self.run = Run.open(path)
            self.run.check_writable()
            self.name, folder = self.run.trained_model(name)
        self.model: BaseAutoencoder = latens.load_model(folder, device=device)

    @cached_property
    def data(self) -> "Prepared":
        """What the run learned from and what it held out."""
        if self.run is None:
            raise typer.BadParameter("A saved model has no data of its own; give a run folder.")
        from latens.studies.preparation import prepared_again

        return prepared_again(self.run)

    def parts(self, *, scored: bool) -> dict[str, Any]:
        """Return the training samples, all or those that the run scores, and the held-out ones."""
        train = self.data.train
        return {
            "train": train.take(self.data.scored_train) if scored else train,
            "test": self.data.test,
        }

    def all_models(self) -> dict[str, "BaseAutoencoder"]:
        import latens

        if self.run is None:
            return {self.name: self.model}
        others = [name for name in self.run.model_names if name != self.name]
        folders = {name: self.run.trained_model(name)[1] for name in others}
        loaded = {name: latens.load_model(one, device=self.device) for name, one in folders.items()}
        return {self.name: self.model, **loaded}

    def feature_names(self, found: "GenerationFinding") -> list[str] | None:
        """The columns that the run learned from."""
        names = None if self.run is None else self.run.feature_names
        if names is not None and found.X.ndim == 2 and len(names) != found.X.shape[1]:
            raise RunError(
                f"The run '{self.path}' is damaged: it names {len(names)} columns, and its model makes "
                f"{found.X.shape[1]}."
            )
        return names


def _target(opened: _Opened, out: Path | None, *, is_labeled: bool, overwrite: bool) -> Path:
    """Where to write, known to be free and of a kind that fits."""
    from latens.applications.generate.files import check_free

    if is_labeled:
        default, endings = "augmented.npz", [".npz"]
    elif len(opened.model.input_shape_) > 1:
        default, endings = "generated", ["", ".npz"]
    else:
        default, endings = "generated.csv", [".csv", ".npz"]
    target = out or Path(default)
    if target.suffix not in endings:
        words = " or ".join(ending or "no ending, for a folder of images" for ending in endings)
        raise typer.BadParameter(f"'{target}' must end in {words}.", param_hint="--out")
    check_free(target, overwrite=overwrite)
    return target


def _print_json(found: "GenerationFinding", target: Path) -> None:
    result: dict[str, Any] = {"out": str(target), "n": len(found.X), "sentence": found.sentence}
    if found.added is not None:
        result["accuracy"] = {**asdict(found.added), "added": found.added.added}
    if found.evaluation is not None:
        facts = asdict(found.evaluation)
        result["evaluation"] = {name: facts[name] for name in facts if name != "closest"}
    print_json(result)


def _print(found: "GenerationFinding", target: Path) -> None:
    say(found.sentence)
    if found.evaluation is not None:
        table = found.evaluation.table()
        print_table(table.title, table.columns, table_cells(table, ".3g"))
        print_lines(table.note, "")
    print_path(target)
