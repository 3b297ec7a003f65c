"""`latens embed`: the codes of data, by a trained run or a saved model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latens._csv import write_csv
from latens._writing import save_array, whole_file
from latens.cli.console import print_json, print_path, say
from latens.cli.opening import data_as_learnt, model_folder
from latens.cli.saving import check_free

if TYPE_CHECKING:
    import numpy as np

    from latens.data import Dataset

__all__ = ["embed"]

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
    check_free(out, overwrite=overwrite)
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
    with whole_file(out) as temporary:
        if out.suffix == ".npy":
            save_array(temporary, codes)
        else:
            _write_table(temporary, out.suffix, codes, dataset)


def _write_table(path: Path, suffix: str, codes: "np.ndarray", dataset: "Dataset") -> None:
    import pandas

    frame = pandas.DataFrame(codes, columns=[f"code_{i}" for i in range(codes.shape[1])])
    if dataset.item_names is not None:
        frame.insert(0, "item", list(dataset.item_names))
    if dataset.y is not None and dataset.names is not None:
        frame["label"] = [dataset.names[code] if code >= 0 else None for code in dataset.y]
    if suffix == ".csv":
        write_csv(frame, path)
        return
    from latens._optional import import_optional

    import_optional("pyarrow", extra="parquet", purpose="write parquet files")
    frame.to_parquet(path, index=False)
