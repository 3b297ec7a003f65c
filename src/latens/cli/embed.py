"""`latens embed`: the codes of data, by a trained run or a saved model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latens._writing import save_array, whole_file
from latens.cli.console import print_json, print_path, say
from latens.cli.opening import data_as_learnt, model_folder
from latens.cli.options import Device, Json, ModelName, Overwrite, RunOrModel
from latens.cli.saving import check_file, write_frame

if TYPE_CHECKING:
    import numpy as np

    from latens.data import Dataset

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

    fitted = latens.load_model(model_folder(run, model, data), device=device)
    dataset = data_as_learnt(run, data, fitted)
    codes = fitted.transform(dataset.X)
    _write(out, codes, dataset)
    if json:
        print_json(
            {"out": str(out), "rows": len(codes), "numbers": codes.shape[1], "data": dataset.name}
        )
    else:
        say(f"{len(codes):,} codes of {codes.shape[1]} numbers")
        print_path(out)


def _write(out: Path, codes: "np.ndarray", dataset: "Dataset") -> None:
    """Write the file whole or not at all."""
    import pandas

    if out.suffix == ".npy":
        with whole_file(out) as temporary:
            save_array(temporary, codes)
        return
    frame = pandas.DataFrame(codes, columns=[f"code_{i}" for i in range(codes.shape[1])])
    if dataset.item_names is not None:
        frame.insert(0, "item", list(dataset.item_names))
    if dataset.y is not None and dataset.names is not None:
        frame["label"] = [dataset.names[code] if code >= 0 else None for code in dataset.y]
    write_frame(out, frame)
