"""The model and the data that the arguments of a command mean."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from latens.cli.console import say_notes
from latens.cli.options import in_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latens.data import Dataset, Split
    from latens.models import BaseAutoencoder
    from latens.runs import Finding
    from latens.studies import Study

__all__ = [
    "asked_data",
    "check_writable",
    "data_as_learned",
    "is_own",
    "model_folder",
    "refuse_flags",
    "write_finding",
]


def model_folder(run: Path, model: str | None, data: str | None) -> Path:
    """Return the folder of the model to use, if there are data to use it on."""
    if (run / "model.json").is_file():
        if data is None:
            raise typer.BadParameter("A saved model has no data of its own; give DATA.")
        if model is not None:
            raise typer.BadParameter(f"'{run}' is one model; --model chooses among those of a run.")
        return run
    from latens.runs import Run

    return Run.open(run).trained_model(model)[1]


def check_writable(run: Path) -> None:
    """Refuse a run that its result cannot be written into; a saved model has no place for any.

    Raises
    ------
    RunError
        If another process is writing it, or nobody can.
    """
    if (run / "run.json").is_file():
        from latens.runs import Run

        Run.open(run).check_writable()


def write_finding(context: typer.Context, run: Path, name: str, use: "Finding") -> "Finding":
    """Write what was found into the run, for its report, with the parameters it names as flags.

    Returns
    -------
    Use
        What was written. A saved model has no place for it.
    """
    use = replace(use, sentence=in_flags(use.sentence, context.command))
    if (run / "run.json").is_file():
        from latens.runs import Run

        Run.open(run).write_finding(name, use)
    return use


def refuse_flags(context: typer.Context, why: str, *names: str) -> None:
    """Refuse flags that were given and would change nothing.

    Parameters
    ----------
    context : Context
        Of the command: it knows what was given and what is a default.
    why : str
        Why they would not, as a sentence.
    names : str
        The parameters of the command that are flags.
    """
    sources = {name: context.get_parameter_source(name) for name in names}
    given = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise typer.BadParameter(f"{flags}: {why}")


def is_own(run: Path, data: str | None) -> bool:
    """Whether data are those that a run learned from."""
    return _is_of(_run_study(run), data)


def asked_data(
    run: Path,
    data: str | None,
    fitted: "BaseAutoencoder",
    split: "Split" = "all",
    feature_names: "Sequence[str] | None" = None,
) -> "Dataset":
    """Load the data to use a model on: those of its run, or others read in the same way.

    Other tables get `feature_names`, by default the columns that the run learned from.

    Raises
    ------
    DataError
        If they lack columns that the run learned from.
    """
    from latens.applications import load_new_data
    from latens.applications.own_data import DATA_CHANGED, load_own_data
    from latens.runs import Run

    study = _run_study(run)
    if study is not None and _is_of(study, data):
        own = load_own_data(Run.open(run), split)
        say_notes(note for note in own.notes if note == DATA_CHANGED)
        return own
    assert data is not None
    settings = {}
    if study is not None:
        settings = study.data.model_dump()
        if feature_names is None:
            feature_names = Run.open(run).feature_names
    dataset = load_new_data(fitted, data, split, feature_names=feature_names, settings=settings)
    say_notes(dataset.notes)
    return dataset


def data_as_learned(
    run: Path, data: str | None, fitted: "BaseAutoencoder", split: "Split" = "all"
) -> "Dataset":
    """Load what `asked_data` loads.

    Raises
    ------
    DataError
        If they lack columns that the run learned from, or have another shape than the model knows.
    """
    from latens.applications.new_data import check_shape

    dataset = asked_data(run, data, fitted, split)
    check_shape(dataset, fitted)
    return dataset


def _run_study(run: Path) -> "Study | None":
    """What a run was asked for; None for a saved model, of which nobody knows."""
    if not (run / "run.json").is_file():
        return None
    from latens.runs import Run
    from latens.studies.preparation import recorded_study

    return recorded_study(Run.open(run))


def _is_of(study: "Study | None", data: str | None) -> bool:
    if data is None or study is None:
        return data is None
    here, source = Path(data), Path(study.data.source)
    return data == study.data.source or (
        here.exists() and source.exists() and here.samefile(source)
    )
