"""`latens export`: a run for other programs."""

from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from latens.cli import options
from latens.cli.console import print_json, print_path, say

__all__ = ["export"]


def export(
    run: options.Run,
    to: Annotated[
        Literal["parquet", "projector", "anndata"],
        Option("--to", help="What to write.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        Option(help="The file, or folder for the projector. [default: named after the run]"),
    ] = None,
    json: options.Json = False,
) -> None:
    """Write the samples on the maps of a run for another program: places, codes, labels and images.

    parquet is what embedding-atlas and any table reader opens, projector a folder for TensorBoard's
    embedding projector, anndata a .h5ad file. What is there is never replaced.
    """
    from latens.explorer.exports import export_run, how_to_open

    paths = export_run(run, to, out)
    if json:
        print_json({"to": to, "paths": [str(path) for path in paths]})
        return
    for path in paths:
        print_path(path)
    say(f"open it with: {how_to_open(to, paths)}")
