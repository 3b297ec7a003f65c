"""The model and the data that the arguments of a command mean."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from latens.cli.console import say_notes
from latens.cli.options import in_flags
from latens.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    from latens.data import Dataset, Split
    from latens.models import BaseAutoencoder
    from latens.runs import Use
    from latens.studies import DataSettings, Study

__all__ = [
    "asked_data",
    "check_shape",
    "check_writable",
    "data_as_learnt",
    "is_own",
    "model_folder",
    "refuse_flags",
    "run_study",
    "write_use",
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


def write_use(context: typer.Context, run: Path, name: str, use: "Use") -> "Use":
    """Write what was found into the run, for its report, with the parameters it names as flags.

    Returns
    -------
    Use
        What was written. A saved model has no place for it.
    """
    use = replace(use, sentence=in_flags(use.sentence, context.command))
    if (run / "run.json").is_file():
        from latens.runs import Run

        Run.open(run).write_use(name, use)
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


def run_study(run: Path) -> "Study | None":
    """Return what a run was asked for; None for a saved model, of which nobody knows."""
    if not (run / "run.json").is_file():
        return None
    from latens.runs import Run
    from latens.studies.preparation import recorded_study

    return recorded_study(Run.open(run))


def is_own(run: Path, data: str | None) -> bool:
    """Whether data are those that a run learnt from."""
    return _is_of(run_study(run), data)


def asked_data(
    run: Path,
    data: str | None,
    fitted: "BaseAutoencoder",
    split: "Split" = "all",
    feature_names: Sequence[str] | None = None,
) -> "Dataset":
    """Load the data to use a model on: those of its run, or others read in the same way.

    Other tables get `feature_names`, by default the columns that the run learnt from.

    Raises
    ------
    DataError
        If they lack columns that the run learnt from.
    """
    from latens.data.beside_labels import load_beside_labels
    from latens.studies.preparation import load_for_study

    study = run_study(run)
    settings = None if study is None else study.data
    if _is_of(study, data):
        assert settings is not None
        return load_for_study(settings, split)
    assert data is not None
    names = _learnt_features(run) if feature_names is None else feature_names
    label_column = None if settings is None else settings.label_column
    id_column = None if settings is None or len(fitted.input_shape_) > 1 else settings.id_column
    if label_column is None and id_column is None:
        dataset = _load_for(fitted, data, split, settings, names)
    else:
        dataset = load_beside_labels(
            data, split, label_column=label_column, feature_names=names, id_column=id_column
        )
    say_notes(dataset.notes)
    return dataset


def data_as_learnt(
    run: Path, data: str | None, fitted: "BaseAutoencoder", split: "Split" = "all"
) -> "Dataset":
    """Load what `asked_data` loads.

    Raises
    ------
    DataError
        If they lack columns that the run learnt from, or have another shape than the model knows.
    """
    dataset = asked_data(run, data, fitted, split)
    check_shape(dataset, fitted)
    return dataset


def check_shape(dataset: "Dataset", fitted: "BaseAutoencoder") -> None:
    """Refuse samples of another shape than those that a model has learnt from.

    Raises
    ------
    DataError
        If it differs.
    """
    if dataset.X.shape[1:] != fitted.input_shape_:
        raise DataError(
            f"The samples of '{dataset.name}' have the shape {dataset.X.shape[1:]}, those that the model has "
            f"learnt from {fitted.input_shape_}. Give data like those it was trained on."
        )


def _learnt_features(run: Path) -> list[str] | None:
    """Return the columns that a run learnt from; None for images and for a saved model alone."""
    if not (run / "run.json").is_file():
        return None
    from latens.runs import Run

    return Run.open(run).feature_names


def _is_of(study: "Study | None", data: str | None) -> bool:
    if data is None or study is None:
        return data is None
    here, source = Path(data), Path(study.data.source)
    return data == study.data.source or (
        here.exists() and source.exists() and here.samefile(source)
    )


def _load_for(
    fitted: "BaseAutoencoder",
    source: str,
    split: "Split",
    settings: "DataSettings | None",
    names: Sequence[str] | None,
) -> "Dataset":
    """Load data, images brought to the size and the colours that the model knows."""
    from latens.data.converted import load_converted
    from latens.data.image_depth import check_depth
    from latens.data.image_files import ENDINGS

    shape = fitted.input_shape_
    border = 0 if settings is None else settings.pad
    size = tuple(side - 2 * border for side in shape[:2]) if len(shape) > 1 else None
    is_grey = settings is not None and settings.grey
    is_array = Path(source).is_file() and Path(source).suffix.lower() not in ENDINGS
    layout = settings.layout if settings is not None and is_array else None
    load = partial(load_converted, grey=is_grey, pad=border, feature_names=names, layout=layout)
    try:
        dataset = load(source, split, image_size=size)
    except ParameterError:
        # The source is no folder of image files, so its images have the size they have.
        dataset = load(source, split)
    check_depth(dataset, fitted.scaling_)
    return _in_colours(dataset, shape)


def _in_colours(dataset: "Dataset", shape: tuple[int, ...]) -> "Dataset":
    import numpy as np

    X: Any = dataset.X
    if len(shape) == 3 and X.ndim == 3:
        return replace(dataset, X=np.repeat(X[..., None], shape[2], axis=-1))
    if len(shape) == 2 and X.ndim == 4:
        raise DataError(f"'{dataset.name}' is in colour, but the model was trained on grey images.")
    return dataset
