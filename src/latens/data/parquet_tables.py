"""Parquet files as data frames, by what they say and by what comes out of them held against the memory.

A few hundred bytes of Parquet may stand for billions of cells: repeats are counted, and a text that comes
often is stored once. So text is kept as categories, and numbers are counted before they are read, those in
lists too. Lists of equally many numbers become columns; other values within cells are not read at all.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._memory import check_memory
from latens._optional import import_optional
from latens._regular_files import check_regular
from latens._text import shortened
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parquet_files", "read_parquet"]

# A cell in Arrow's memory and in pandas's, and the Python object of a date or a decimal.
_CELL_BYTES, _OBJECT_BYTES = 16, 72
# Each text of this encoding is what it adds to the one before, so that any may be as long as all of them.
_GROWING = "DELTA_BYTE_ARRAY"
_BATCH_BYTES, _MOST_ROWS = 64 * 2**20, 65_536
_SHOWN = 5
# Of a whole number that fits in 64 bits.
_DIGITS = 18


def read_parquet(path: Path, *, spread: bool = True) -> tuple["pd.DataFrame", list[str]]:
    """Read a table from a Parquet file or a folder of such, and return its columns as they are, and notes.

    Text is in categories. Lists of equally many numbers in every row become a column for each; columns of
    other lists, records and maps hold an empty dictionary in every row. Both come last.

    Parameters
    ----------
    path : Path
    spread : bool, default=True
        Whether lists become columns.

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    DataError
        If the file is damaged or too large.
    """
    import_optional("pyarrow", extra="parquet", purpose="read Parquet files")
    if path.is_dir():
        return _read_folder(path, spread)
    return _read_file(path, f"The file '{path}'", spread)


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and of folders such as "year=2020" in it; none if it holds others.

    Files whose names begin with a dot or an underscore, which say how the others were written, do not count.
    """
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir() and "=" in entry.name:
            inside = parquet_files(entry)
            if not inside:
                return []
            found += inside
        elif entry.is_file() and entry.suffix.lower() in (".parquet", ".pq"):
            found.append(entry)
        else:
            return []
    return found


def _read_folder(folder: Path, spread: bool) -> tuple["pd.DataFrame", list[str]]:
    import pandas as pd

    files = parquet_files(folder)
    frames: list[pd.DataFrame] = []
    notes = [f"{len(files):,} Parquet files were read as one table, in the order of their names."]
    for file in files:
        frame, said = _read_file(file, f"The file '{file}'", spread)
        for part in file.relative_to(folder).parts[:-1]:
            name, _, value = part.partition("=")
            frame[name] = int(value) if value.isdecimal() and len(value) < _DIGITS else value
        if frames and set(frame.columns) != set(frames[0].columns):
            others = sorted(set(frame.columns) ^ set(frames[0].columns))
            listed = ", ".join(f"'{shortened(name)}'" for name in others[:_SHOWN])
            raise DataError(
                f"The files '{files[0].name}' and '{file.name}' of the folder '{folder}' have different "
                f"columns: {listed}. Give one of them, or a folder of files that are parts of one table."
            )
        frames.append(frame)
        notes += [note for note in said if note not in notes]
    check_memory(
        2 * sum(int(frame.memory_usage().sum()) for frame in frames), f"The folder '{folder}'"
    )
    return pd.concat(frames, ignore_index=True), notes


def _read_file(path: Path, where: str, spread: bool) -> tuple["pd.DataFrame", list[str]]:
    import pandas as pd

    try:
        check_regular(path)
        source = _Source(path, where)
        source.check_names()
        source.check_size()
        frame = source.table().to_pandas(self_destruct=True)
        frame.columns = [str(name) for name in frame.columns]
        frame = frame.reset_index(drop=True)
        vectors, notes = source.vectors() if spread else ({}, [])
        others = [name for name in source.nested if name not in vectors]
        nested: dict[str, list[object]] = {name: [{}] * len(frame) for name in others}
        wide = [
            pd.DataFrame(values, columns=[f"{name}[{place}]" for place in range(values.shape[1])])
            for name, values in vectors.items()
        ]
        if wide or nested:
            frame = pd.concat([frame, *wide, pd.DataFrame(nested, index=frame.index)], axis=1)
        return frame, notes
    except DataError:
        raise
    except OSError as error:
        reason = error.strerror or shortened(error, 200)
        raise DataError(f"{where} cannot be read as Parquet: {reason}") from error
    except Exception as error:  # Arrow and pandas raise anything on damaged files
        reason = f"{type(error).__name__}: {shortened(error, 200)}"
        raise DataError(f"{where} cannot be read as Parquet: {reason}") from error


def _is_list_of_numbers(kind: Any) -> bool:
    from pyarrow import types

    kind = getattr(kind, "storage_type", kind)
    if not (types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)):
        return False
    value = kind.value_type
    return bool(types.is_integer(value) or types.is_floating(value))


def _is_image(kind: Any) -> bool:
    """Whether a column holds records of the bytes of an image and its path, as Hugging Face writes them."""
    from pyarrow import types

    return bool(types.is_struct(kind)) and {"bytes", "path"} <= {field.name for field in kind}


def _lengths(chunk: Any) -> Any:
    import pyarrow.compute

    return pyarrow.compute.list_value_length(chunk).to_numpy(zero_copy_only=False)


@dataclass(frozen=True)
class _Source:
    """A Parquet file, and what its footer says."""

    path: Path
    where: str

    @cached_property
    def metadata(self) -> Any:
        from pyarrow import parquet

        return parquet.read_metadata(self.path)

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The types of the columns by their names."""
        return {field.name: field.type for field in self.metadata.schema.to_arrow_schema()}

    @cached_property
    def nested(self) -> list[str]:
        """The columns of lists, records and maps."""
        from pyarrow import types

        return [
            name
            for name, kind in self.fields.items()
            if types.is_nested(getattr(kind, "storage_type", kind))
        ]

    def vectors(self) -> tuple[dict[str, np.ndarray], list[str]]:
        """Read the columns of lists that hold equally many numbers in every row, and say so."""
        found, notes = {}, []
        for name in self.nested:
            kind = self.fields[name]
            if _is_list_of_numbers(kind):
                values = self._vector(name)
                if values is None:
                    notes.append(
                        f"The lists in column '{shortened(name)}' have different lengths or gaps."
                    )
                else:
                    found[name] = values
                    notes.append(
                        f"Column '{shortened(name)}' holds lists of {values.shape[1]:,} numbers and became "
                        f"as many columns (--without '{shortened(name)}' to leave them out)."
                    )
            elif _is_image(kind):
                notes.append(
                    f"Column '{shortened(name)}' holds images in bytes, which are not read from Parquet: "
                    "write them into a folder of image files."
                )
        return found, notes

    def _vector(self, name: str) -> np.ndarray | None:
        from pyarrow import parquet

        places = [
            place
            for place in range(self.metadata.num_columns)
            if self.metadata.schema.column(place).path.split(".")[0] == name
        ]
        groups = [self.metadata.row_group(place) for place in range(self.metadata.num_row_groups)]
        # The footer counts the numbers in all lists.
        n_values = sum(group.column(place).num_values for group in groups for place in places)
        check_memory(4 * _CELL_BYTES * n_values, self.where, stored=self.stored)
        column = parquet.ParquetFile(self.path).read(columns=[name]).column(0)
        n_rows = len(column)
        if n_rows == 0 or column.null_count:
            return None
        lengths = {
            length for chunk in column.chunks for length in np.unique(_lengths(chunk)).tolist()
        }
        if len(lengths) != 1 or lengths == {0}:
            return None
        values = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in column.chunks]
        return np.concatenate(values).reshape(n_rows, lengths.pop())

    @cached_property
    def flat(self) -> list[str]:
        """The other columns."""
        nested = set(self.nested)
        return [name for name in self.fields if name not in nested]

    @cached_property
    def lengthy(self) -> dict[str, int]:
        """The flat columns whose cells may have any length, with their places in the file."""
        schema = self.metadata.schema
        flat = set(self.flat)
        return {
            leaf.path: place
            for place, leaf in enumerate(map(schema.column, range(self.metadata.num_columns)))
            if leaf.physical_type == "BYTE_ARRAY" and leaf.path in flat
        }

    @cached_property
    def texts(self) -> list[str]:
        """Of these, the ones that Arrow can keep in the dictionaries that they are stored in."""
        from pyarrow import types

        tests = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
        return [name for name in self.lengthy if any(test(self.fields[name]) for test in tests)]

    @property
    def stored(self) -> int:
        return self.path.stat().st_size

    def check_names(self) -> None:
        counts = Counter(self.metadata.schema.to_arrow_schema().names)
        twice = sorted(shortened(name) for name, count in counts.items() if count > 1)
        if twice:
            listed = ", ".join(f"'{name}'" for name in twice[:_SHOWN])
            raise DataError(
                f"{self.where} has several columns with the same name: {listed}. Rename them."
            )

    def check_size(self) -> None:
        """Hold what the footer says against the memory."""
        groups = [self.metadata.row_group(place) for place in range(self.metadata.num_row_groups)]
        n_rows = max(self.metadata.num_rows, sum(group.num_rows for group in groups))
        per_row = sum(self._cell_bytes(name) for name in self.flat)
        # A column of lists is a dictionary in every row, all one.
        per_row += 8 * len(self.nested)
        unpacked = sum(group.total_byte_size for group in groups)
        check_memory(n_rows * per_row + unpacked, self.where, stored=self.stored)

    def _cell_bytes(self, name: str) -> int:
        from pyarrow import types

        kind = self.fields[name]
        is_plain = types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind)
        if is_plain or types.is_timestamp(kind) or name in self.lengthy:
            return _CELL_BYTES
        if types.is_fixed_size_binary(kind):
            return 2 * kind.byte_width + _OBJECT_BYTES
        return _CELL_BYTES + _OBJECT_BYTES

    def table(self) -> Any:
        """Read the flat columns, row group by row group, what they take held against the memory."""
        import pyarrow as arrow
        from pyarrow import parquet

        file = parquet.ParquetFile(self.path, metadata=self.metadata, read_dictionary=self.texts)
        # Arrow has dictionaries for the usual encodings only.
        plain = parquet.ParquetFile(self.path, metadata=self.metadata)
        columns: dict[str, list[Any]] = {name: [] for name in self.flat}
        taken = 0
        for group in range(self.metadata.num_row_groups):
            growing = self._growing(group, plain)
            usual = [name for name in self.flat if name not in growing]
            if usual:
                found = file.read_row_group(group, columns=usual)
                for name in usual:
                    columns[name] += found.column(name).chunks
                taken += sum(
                    found.column(name).nbytes for name in self.texts if name not in growing
                )
                check_memory(2 * taken, self.where, stored=self.stored)
            for name in growing:
                chunks = self._read_growing(plain, group, name, taken)
                columns[name] += chunks
                taken += sum(chunk.nbytes for chunk in chunks)
        schema = arrow.schema(
            [
                (name, chunks[0].type if chunks else self.fields[name])
                for name, chunks in columns.items()
            ],
            metadata=self.metadata.schema.to_arrow_schema().metadata,
        )
        arrays = [arrow.chunked_array(columns[field.name], field.type) for field in schema]
        return arrow.Table.from_arrays(arrays, schema=schema)

    def _growing(self, group: int, plain: Any) -> set[str]:
        """The columns of a row group whose cells may be far longer than what is stored."""
        # Asked of a column whose facts are damaged, pyarrow ends the process; reading a row of it raises.
        if self.lengthy:
            next(plain.iter_batches(1, row_groups=[group], columns=list(self.lengthy)), None)
        chunks = self.metadata.row_group(group)
        texts = set(self.texts)
        return {
            name
            for name, place in self.lengthy.items()
            if name not in texts or _GROWING in chunks.column(place).encodings
        }

    def _read_growing(self, plain: Any, group: int, name: str, taken: int) -> list[Any]:
        """Read a column of a row group by so few rows that not even the longest texts fill the memory."""
        chunk = self.metadata.row_group(group).column(self.lengthy[name])
        longest = max(1, chunk.total_uncompressed_size)
        n_rows = max(1, min(_MOST_ROWS, _BATCH_BYTES // longest))
        chunks = []
        for batch in plain.iter_batches(n_rows, row_groups=[group], columns=[name]):
            found = batch.column(batch.schema.get_field_index(name))
            chunks.append(found.dictionary_encode() if name in self.texts else found)
            taken += chunks[-1].nbytes
            check_memory(2 * taken, self.where, stored=self.stored)
        return chunks
