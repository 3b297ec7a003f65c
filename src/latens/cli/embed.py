"""`latens embed`: the codes of data, by a trained run or a saved model."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from latens.cli import options
from latens.cli.console import print_json, print_path, say
from latens.cli.inputs import check_model
from latens.cli.saving import check_file

__all__ = ["embed"]


def embed(
    run: options.RunOrModel,
    data: Annotated[
        str | None, Argument(metavar="DATA", help="What to embed. [default: the run's own data]")
    ] = None,
    out: Annotated[Path, Option(help="A .npy, .csv or .parquet file.")] = Path("codes.npy"),
    model: options.ModelName = None,
    device: options.Device = "auto",
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Write the code of every sample of DATA, one line each, in the order of the data.

    In a table its row number, its file or id, its part (train or held-out, of the run's own data) and the
    cluster that its code belongs to come first; the user's own columns, of data that are a table, come last.
    """
    check_file(out, (".npy", ".csv", ".parquet"), overwrite=overwrite)
    from latens.applications import embed_samples
    from latens.studies.source import Source

    source = Source(run, say)
    check_model(source, model, data)
    name, fitted = source.model(model, device=device)
    dataset = source.load_alike(fitted, data)
    found = embed_samples(fitted, dataset, centers=source.centers(name))
    found.write(out)
    rows, width = found.codes.shape
    if json:
        print_json({"out": str(out), "rows": rows, "numbers": width, "data": found.dataset.name})
    else:
        say(f"{rows:,} codes of {width} dimensions")
        print_path(out)
