"""Parquet files as data frames, by what they say and by what comes out of them held against the memory.

A few hundred bytes of Parquet may stand for billions of cells: repeats are counted, and a text that comes
often is stored once. So text is kept as categories, numbers are counted before they are read, and lists
within cells are not read at all.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._memory import check_memory
from latens._optional import import_optional
from latens._regular_files import check_regular
from latens._text import shortened
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_parquet"]

# A cell in Arrow's memory and in pandas's, and the Python object of a date or a decimal.
_CELL_BYTES, _OBJECT_BYTES = 16, 72
# Each text of this encoding is what it adds to the one before, so that any may be as long as all of them.
_GROWING = "DELTA_BYTE_ARRAY"
_BATCH_BYTES, _MOST_ROWS = 64 * 2**20, 65_536
_SHOWN = 5


def read_parquet(path: Path) -> "pd.DataFrame":
    """Read a table from a Parquet file, and return its columns as they are, text as categories.

    Columns of lists, records and maps hold an empty dictionary in every row, and come last.

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    DataError
        If the file is damaged or too large.
    """
    where = f"The file '{path}'"
    import_optional("pyarrow", extra="parquet", purpose="read Parquet files")
    import pandas as pd

    try:
        check_regular(path)
        source = _Source(path, where)
        source.check_names()
        source.check_size()
        frame = source.table().to_pandas(self_destruct=True)
        frame.columns = [str(name) for name in frame.columns]
        frame = frame.reset_index(drop=True)
        nested: dict[str, list[object]] = {name: [{}] * len(frame) for name in source.nested}
        return pd.concat([frame, pd.DataFrame(nested)], axis=1) if nested else frame
    except DataError:
        raise
    except OSError as error:
        reason = error.strerror or shortened(error, 200)
        raise DataError(f"{where} cannot be read as Parquet: {reason}") from error
    except Exception as error:  # Arrow and pandas raise anything on damaged files
        reason = f"{type(error).__name__}: {shortened(error, 200)}"
        raise DataError(f"{where} cannot be read as Parquet: {reason}") from error


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
