"""An AnnData file, for scanpy and its kin."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from latens._optional import import_optional
from latens._text import one_line
from latens.exceptions import RunError
from latens.explorer.exploration import Column, Exploration
from latens.explorer.exports.columns import named_columns, values_of

__all__ = ["write_annotated"]


def write_annotated(exploration: Exploration, path: Path) -> None:
    """Write the codes of the first model as X, those of all as obsm, and what is known as obs.

    ``obsm`` has ``X_NAME`` for the codes of every model and ``X_map_NAME`` for every map.

    Raises
    ------
    MissingDependencyError
        If anndata is not installed.
    RunError
        If the run has no codes.
    """
    if not exploration.codes:
        raise RunError("This run holds no codes, so there is nothing to write as AnnData.")
    with warnings.catch_warnings():
        # It warns of what later versions of pandas and of itself will do; that is theirs to mend.
        warnings.simplefilter("ignore")
        anndata = import_optional("anndata", extra="anndata", purpose="write AnnData files")
        _table(anndata, exploration).write_h5ad(path, compression="gzip")


def _table(anndata: ModuleType, exploration: Exploration) -> Any:
    import pandas

    columns = {_key(name): _values(column) for name, column in named_columns(exploration).items()}
    names = _words(str(row) for row in exploration.rows.tolist())
    codes = np.asarray(exploration.codes[0].values, dtype=np.float32)
    variables = pandas.DataFrame(index=_words(f"code_{at}" for at in range(codes.shape[1])))
    matrices = {f"X_{_key(one.name)}": np.asarray(one.values) for one in exploration.codes}
    matrices |= {f"X_map_{_key(one.name)}": np.asarray(one.places) for one in exploration.maps}
    return anndata.AnnData(
        codes,
        obs=pandas.DataFrame(columns, index=names),
        var=variables,
        obsm=matrices,
        uns={"latens_data": one_line(exploration.name)},
    )


def _values(column: Column) -> Any:
    """Numbers, or categories."""
    import pandas

    if column.role == "row":
        return column.values.astype(np.int64)
    if column.names is None:
        return column.values
    values = values_of(column)
    found = sorted({one for one in values if isinstance(one, str)})
    return pandas.Categorical(values, categories=_words(found))


def _words(words: Iterable[str]) -> Any:
    """An index of plain Python strings, as AnnData refuses pandas' own strings in its files."""
    import pandas

    return pandas.Index(list(words), dtype=object)


def _key(name: str) -> str:
    """A name that HDF5 takes: there a slash stands for a folder."""
    return one_line(name).replace("/", "-")[:200] or "unnamed"
