"""`latens generate`: new samples from a trained run, and what they are worth."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import BadParameter, Context, Option

from latens.cli import options
from latens.cli.console import print_json, print_lines, print_path, print_result, say
from latens.cli.inputs import keep_finding, refuse_flags
from latens.cli.saving import check_ending

if TYPE_CHECKING:
    from latens.applications.generate.finding import GenerationFinding, GenerationRequest
    from latens.models import BaseAutoencoder
    from latens.studies.source import Source

__all__ = ["generate"]


def generate(
    context: Context,
    run: options.RunOrModel,
    out: Annotated[
        Path | None,
        Option(
            help="A folder for images, else a .csv, .parquet or .npz file. [default: generated...]"
        ),
    ] = None,
    n: Annotated[int, Option("--n", min=1, help="How many samples.")] = 64,
    method: Annotated[
        Literal["prior", "mixture", "variation"] | None,
        Option(
            help="Where codes come from. [default: the prior if the model has one, else mixture; of mixed "
            "columns mixture]"
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
        bool | None,
        Option(
            "--evaluate/--no-evaluate",
            help="Judge samples of every model of the run; of rows of mixed columns, those of this one. "
            "[default: only of mixed columns]",
            show_default=False,
        ),
    ] = None,
    complete: Annotated[
        bool, Option("--complete", help="Rows without gaps, which else come as in the data.")
    ] = False,
    model: options.ModelName = None,
    seed: options.Seed = 0,
    device: options.Device = "auto",
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Make new samples: from scratch, of a class, between two samples, like one, or labeled.

    Images go into a folder, one PNG each and all of them on sheet.png; rows into a .csv or .npz file.
    """
    asked = _mode(context)
    from latens.studies.source import Source

    source = Source(run)
    source.check_writable()
    name, fitted = source.model(model, device=device)
    target = _target(fitted, out, is_labeled=augment is not None, overwrite=overwrite)
    found = _found(context, asked, source, name, fitted)
    found.write(target, source.feature_names(found.X))
    keep_finding(context, source, found.name, found.to_finding())
    if json:
        print_json({"out": str(target), **found.facts()})
        return
    say(found.said())
    for table in found.tables():
        print_result(table, ".3g")
        print_lines(table.note, "")
    print_path(target)


def _mode(context: Context) -> "GenerationRequest":
    """What the flags ask for; only here are those refused that exclude each other."""
    from latens.applications import Interpolation, LabeledSamples, NewSamples, Variations

    flags = context.params
    n, method, amount = flags["n"], flags["method"], flags["amount"]
    modes = {
        f"--{name.removesuffix('_name')}": flags[name]
        for name in ("between", "like", "augment", "class_name")
    }
    mode, *others = [flag for flag, value in modes.items() if value is not None] or [""]
    if others:
        raise BadParameter(f"Choose one of {' and '.join([mode, *others])}.")
    if method and mode in ("--between", "--like") and (mode, method) != ("--like", "variation"):
        raise BadParameter(f"{mode} starts from samples and draws no codes: no --method.")
    if method == "variation" and not mode:
        raise BadParameter("Say of which sample with --like, or use --augment.")
    _refuse_complete(context, mode)
    if mode not in ("--like", "--augment"):
        why = "only variations are of an amount; use --like or --augment."
        refuse_flags(context, why, "amount")
    if mode in ("--between", "--augment"):
        refuse_flags(context, f"{mode} says how many samples there are.", "n")
    if (flags["run"] / "model.json").is_file():
        why = f"'{flags['run']}' is one model; --model chooses among those of a run."
        refuse_flags(context, why, "model")
    if mode == "--between":
        return Interpolation(rows=modes[mode])
    if mode == "--like":
        return Variations(row=modes[mode], n=n, amount=amount)
    if mode == "--augment":
        return LabeledSamples(n=modes[mode], method=method or "variation", amount=amount)
    return NewSamples(
        n=n, method=method, class_name=flags["class_name"], complete=flags["complete"]
    )


def _refuse_complete(context: Context, mode: str) -> None:
    if mode not in ("", "--class"):
        refuse_flags(context, f"{mode} says where there are gaps.", "complete")


def _found(
    context: Context,
    asked: "GenerationRequest",
    source: "Source",
    name: str,
    fitted: "BaseAutoencoder",
) -> "GenerationFinding":
    """New samples, and what they are worth if that is asked; data are loaded only where they are needed."""
    from latens.applications import NewSamples, evaluate_generation, generate_samples

    flags, parts = context.params, {}
    made_of_data = not isinstance(asked, NewSamples) or asked.class_name is not None
    if source.is_model and (made_of_data or flags["evaluate"]):
        raise BadParameter("A saved model has no data of its own; give a run folder.")
    if made_of_data:
        data = source.prepared
        is_of_rows = (flags["between"], flags["like"]) != (None, None)
        train = data.train if is_of_rows else data.train.take(data.scored_train)
        parts = {"train": train, "test": data.test}
    found = generate_samples(fitted, asked, **parts, name=name, random_state=flags["seed"])
    if _is_mixed(fitted):
        return found if flags["evaluate"] is False else _judged(found, asked, source, fitted, name)
    if not flags["evaluate"]:
        return found
    models = {name: fitted} | source.other_models(name, device=flags["device"])
    both, seed = (source.prepared.train, source.prepared.test), flags["seed"]
    judged = evaluate_generation(models, *both, random_state=seed, say=say)
    return replace(found, evaluation=judged)


def _judged(
    found: "GenerationFinding",
    asked: "GenerationRequest",
    source: "Source",
    fitted: "BaseAutoencoder",
    name: str,
) -> "GenerationFinding":
    """New rows with what they are worth, where they are of all classes and there are data to compare with."""
    from latens.applications import NewSamples, judge_rows

    if not isinstance(asked, NewSamples) or asked.class_name is not None or source.is_model:
        return found
    say("judging rows like these ...")
    data = source.prepared
    train = data.train.take(data.scored_train)
    return replace(found, judgment=judge_rows(fitted, train, data.test, asked, name=name))


def _is_mixed(fitted: "BaseAutoencoder") -> bool:
    return fitted.table_encoder_ is not None


def _target(
    fitted: "BaseAutoencoder", out: Path | None, *, is_labeled: bool, overwrite: bool
) -> Path:
    """Where to write, known to be free and of a kind that fits."""
    from latens.applications.generate.files import check_replaceable

    if is_labeled:
        default, endings = "augmented.npz", [".npz"]
    elif len(fitted.input_shape_) > 1:
        default, endings = "generated", ["", ".npz"]
    elif _is_mixed(fitted):
        default, endings = "generated.csv", [".csv", ".parquet"]
    else:
        default, endings = "generated.csv", [".csv", ".npz"]
    target = out or Path(default)
    words = [ending or "no ending, for a folder of images" for ending in endings]
    check_ending(target, endings, " or ".join(words))
    check_replaceable(target, overwrite=overwrite)
    return target
