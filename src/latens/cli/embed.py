"""`latens embed`: the codes of data, by a trained run or a saved model."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latens.cli.console import print_json, say
from latens.exceptions import DataError, ParameterError, RunError

if TYPE_CHECKING:
    import numpy as np

    from latens.data import Dataset, Split
    from latens.models import BaseAutoencoder

__all__ = ["embed", "load_for", "model_and_data"]

_FORMATS = (".npy", ".csv", ".parquet")


def embed(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="A run folder or a saved model.", show_default=False),
    ],
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to embed. [default: the run's own data]"),
    ] = None,
    out: Annotated[Path, typer.Option(help="A .npy, .csv or .parquet file.")] = Path("codes.npy"),
    model: Annotated[
        str | None, typer.Option(help="Which model of the run. [default: its first]")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Write the code of every sample of DATA, one row each, in the order of the data."""
    if out.suffix not in _FORMATS:
        raise typer.BadParameter(f"'{out}' must end in {', '.join(_FORMATS)}.", param_hint="--out")
    if out.exists() and not overwrite:
        raise RunError(
            f"'{out}' exists already. Choose another --out, or replace it with --overwrite."
        )
    import latens

    folder, source = model_and_data(run, model, data)
    fitted = latens.load_model(folder, device=device)
    dataset = load_for(fitted, source)
    codes = fitted.transform(dataset.X)
    _write(out, codes, dataset)
    if json:
        print_json(
            {"out": str(out), "rows": len(codes), "numbers": codes.shape[1], "data": dataset.name}
        )
    else:
        say(f"{len(codes):,} codes of {codes.shape[1]} numbers")
        sys.stdout.write(f"{out}\n")


def model_and_data(run: Path, model: str | None, data: str | None) -> tuple[Path, str]:
    """Return the folder of the model, and the data to use it on."""
    if (run / "model.json").is_file():
        if data is None:
            raise typer.BadParameter("A saved model has no data of its own; give DATA.")
        return run, data
    from latens.runs import Run

    opened = Run.open(run)
    study = opened.info["study"]
    names = [settings["name"] for settings in study["models"]]
    if model is not None and model not in names:
        raise typer.BadParameter(f"The run has no model '{model}'. It has: {', '.join(names)}.")
    folder = opened.model_path(model or names[0])
    if not folder.is_dir():
        raise RunError(f"The run '{run}' has no trained model yet. Finish it with --resume.")
    return folder, data or study["data"]["source"]


def load_for(fitted: "BaseAutoencoder", source: str, split: "Split" = "all") -> "Dataset":
    """Load data, images brought to the size and the colours that the model knows."""
    from dataclasses import replace

    import numpy as np

    from latens.data import load

    shape = fitted.input_shape_
    try:
        dataset = load(source, split, image_size=shape[:2] if len(shape) > 1 else None)
    except ParameterError:
        # The source is no folder of image files, so its images have the size they have.
        dataset = load(source, split)
    X: Any = dataset.X
    if len(shape) == 3 and X.ndim == 3:
        X = np.repeat(X[..., None], shape[2], axis=-1)
    elif len(shape) == 2 and X.ndim == 4:
        raise DataError(f"'{dataset.name}' is in colour, but the model was trained on grey images.")
    return replace(dataset, X=X)


def _write(out: Path, codes: "np.ndarray", dataset: "Dataset") -> None:
    """Write the file whole or not at all."""
    import numpy as np

    temporary = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".npy":
            with temporary.open("wb") as file:
                np.save(file, codes, allow_pickle=False)
        else:
            _write_table(temporary, out.suffix, codes, dataset)
        temporary.replace(out)
    except OSError as error:
        raise RunError(f"'{out}' cannot be written: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_table(path: Path, suffix: str, codes: "np.ndarray", dataset: "Dataset") -> None:
    import pandas

    frame = pandas.DataFrame(codes, columns=[f"code_{i}" for i in range(codes.shape[1])])
    if dataset.item_names is not None:
        frame.insert(0, "item", list(dataset.item_names))
    if dataset.y is not None and dataset.names is not None:
        frame["label"] = [dataset.names[code] if code >= 0 else None for code in dataset.y]
    if suffix == ".csv":
        frame.to_csv(path, index=False)
        return
    from latens._optional import import_optional

    import_optional("pyarrow", extra="parquet", purpose="write parquet files")
    frame.to_parquet(path, index=False)
