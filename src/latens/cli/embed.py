"""`latens embed`: the codes of data, by a trained run or a saved model."""

from pathlib import Path
from typing import Annotated

import typer

from latens._writing import atomic_write, save_array
from latens.cli.console import print_json, print_path, say
from latens.cli.inputs import data_as_learned, model_folder
from latens.cli.options import Device, Json, ModelName, Overwrite, RunOrModel
from latens.cli.saving import check_file, write_frame

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
    """Write the code of every sample of DATA, one row each, in the order of the data."""
    check_file(out, (".npy", ".csv", ".parquet"), overwrite=overwrite)
    import latens
    from latens.applications import embed_samples

    fitted = latens.load_model(model_folder(run, model, data), device=device)
    found = embed_samples(fitted, data_as_learned(run, data, fitted))
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
