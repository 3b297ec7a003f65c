"""`latens embed`: the codes of data, by a trained run or a saved model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latens._writing import atomic_write, save_array
from latens.cli.console import print_json, print_path, say
from latens.cli.inputs import data_as_learned, model_folder
from latens.cli.options import Device, Json, ModelName, Overwrite, RunOrModel
from latens.cli.saving import check_file, write_frame

if TYPE_CHECKING:
    import numpy as np

__all__ = ["embed"]


def embed(
    run: RunOrModel,
    data: Annotated[
        str | None,
        typer.Argument(metavar="DATA", help="What to embed. [default: the run's own data]"),
    ] = None,
    out: Annotated[Path, typer.Option(help="A .npy, .csv or .parquet file.")] = Path("codes.npy"),
    model: ModelName = None,
    device: Device = "auto",
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Write the code of every sample of DATA, one line each, in the order of the data.

    In a table its row number, its file or id, its part (train or held-out, of the run's own data) and the
    cluster that its code belongs to come first.
    """
    check_file(out, (".npy", ".csv", ".parquet"), overwrite=overwrite)
    import latens
    from latens.applications import embed_samples

    folder = model_folder(run, model, data)
    fitted = latens.load_model(folder, device=device)
    centers = _centers(run, folder.name)
    found = embed_samples(fitted, data_as_learned(run, data, fitted), centers=centers)
    if out.suffix == ".npy":
        with atomic_write(out) as temporary:
            save_array(temporary, found.codes)
    else:
        write_frame(out, found.frame)
    rows, width = found.codes.shape
    if json:
        print_json({"out": str(out), "rows": rows, "numbers": width, "data": found.dataset.name})
    else:
        say(f"{rows:,} codes of {width} dimensions")
        print_path(out)


def _centers(run: Path, model: str) -> "np.ndarray | None":
    """The centers of the clusters of a model's codes; None for a saved model, or a run that has none."""
    if not (run / "run.json").is_file():
        return None
    from latens.runs import Run, array_names

    opened, name = Run.open(run), array_names.centers(model)
    return opened.array(name) if opened.has_array(name) else None
