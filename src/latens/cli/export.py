"""`latens export`: a run for other programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from latens.cli.console import print_json, print_path, say
from latens.cli.options import Json

__all__ = ["export"]

_HINTS = {
    "parquet": "embedding-atlas {out} --x x --y y --image image --neighbors neighbors",
    "projector": "tensorboard --logdir {out}",
    "anndata": 'anndata.read_h5ad("{out}")',
}


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    to: Annotated[
        Literal["parquet", "projector", "anndata"],
        typer.Option("--to", help="What to write.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="The file, or folder for the projector. [default: named after the run]"),
    ] = None,
    json: Json = False,
) -> None:
    """Write the samples on the maps of a run for another program: places, codes, labels and images.

    parquet is what embedding-atlas and any table reader opens, projector a folder for TensorBoard's
    embedding projector, anndata a .h5ad file. What is there is never replaced.
    """
    from latens.explorer.exports import export_run

    paths = export_run(run, to, out)
    if json:
        print_json({"to": to, "paths": [str(path) for path in paths]})
        return
    for path in paths:
        print_path(path)
    whole = paths[0].parent if to == "projector" else paths[0]
    say(f"open it with: {_HINTS[to].format(out=whole)}")
