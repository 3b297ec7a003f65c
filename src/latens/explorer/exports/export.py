"""From a run folder to the files of another program, whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from latens._writing import atomic_write, clear_place
from latens.exceptions import ParameterError, RunError
from latens.explorer.exploration import Exploration
from latens.explorer.exports.annotated import write_annotated
from latens.explorer.exports.parquet import write_parquet
from latens.explorer.exports.projector import write_projector
from latens.explorer.limits import Limits
from latens.explorer.reading import read_exploration
from latens.runs import Run

__all__ = ["FORMATS", "Format", "export_run", "how_to_open"]

Format = Literal["parquet", "projector", "anndata"]
FORMATS: tuple[Format, ...] = get_args(Format)

_WRITERS: dict[str, Callable[[Exploration, Path], None]] = {
    "parquet": write_parquet,
    "projector": write_projector,
    "anndata": write_annotated,
}
_LINES = {
    "parquet": "embedding-atlas {out} --x x --y y --image image --neighbors neighbors",
    "projector": "tensorboard --logdir {out}",
    "anndata": 'anndata.read_h5ad("{out}")',
}
_ENDINGS = {"parquet": ".parquet", "projector": "-projector", "anndata": ".h5ad"}
# Every sample on the maps at its full size, and no decoder.
_EVERYTHING = Limits(points=2**31, pixels=2**31, weights=0, columns=2**40)


def export_run(
    run: Run | str | Path, to: Format, out: str | Path | None = None
) -> tuple[Path, ...]:
    """Write the samples on the maps of a run for another program.

    Parameters
    ----------
    run : Run or path
    to : {"parquet", "projector", "anndata"}
        A table with places, labels, clusters, errors, codes, images and nearest neighbors, as
        embedding-atlas reads it; a folder for TensorBoard's embedding projector; an AnnData file.
    out : str or path, optional
        The file, or the folder of the projector. It must not exist. By default it is named after the
        run, in the working directory.

    Returns
    -------
    tuple of Path
        The files. They hold images of the data.

    Raises
    ------
    ParameterError
        If the format is not one of these.
    RunError
        If the run has no maps or is damaged, `out` exists, or it cannot be written.
    MissingDependencyError
        If a format needs a package that is not installed.
    """
    if to not in FORMATS:
        raise ParameterError(
            f"The 'to' parameter of export_run must be one of {', '.join(FORMATS)}. "
            f"Got {to!r} instead."
        )
    opened = run if isinstance(run, Run) else Run.open(run)
    path = Path(f"{opened.path.resolve().name}{_ENDINGS[to]}" if out is None else out)
    clear_place(path)
    if path.exists():
        raise RunError(f"'{path}' exists already and is not replaced. Choose another `out`.")
    exploration = read_exploration(opened, _EVERYTHING)
    with atomic_write(path) as temporary:
        _WRITERS[to](exploration, temporary)
    return tuple(sorted(path.iterdir())) if path.is_dir() else (path,)


def how_to_open(to: Format, paths: tuple[Path, ...]) -> str:
    """Return the line that opens what `export_run` has written.

    Examples
    --------
    >>> how_to_open("projector", (Path("maps/metadata.tsv"), Path("maps/tensors.tsv")))
    'tensorboard --logdir maps'
    """
    return _LINES[to].format(out=paths[0].parent if to == "projector" else paths[0])
