"""Changes to tables in Parquet: other types, names and sizes, and what a file says of itself."""

import datetime
import io
import json
from decimal import Decimal
from random import Random
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from documents import changed_tree
from mutations import Mutation, mutated, plain
from values import FLOATS, INTEGERS, TEXTS

__all__ = ["arrow_bytes", "excel_bytes", "parquet_bytes", "parquet_mutations"]


def parquet_bytes(table: pa.Table, **settings: Any) -> bytes:
    """A table as a Parquet file."""
    stream = io.BytesIO()
    pq.write_table(table, stream, **settings)
    return stream.getvalue()


def arrow_bytes(table: pa.Table) -> bytes:
    """A table as a file of Arrow's inter-process format, which Feather is too."""
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """A table as an Excel sheet."""
    stream = io.BytesIO()
    frame.to_excel(stream, index=False, engine="openpyxl")
    return stream.getvalue()


def _read(content: bytes) -> pa.Table:
    return pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)


def _column(rng: Random, n: int) -> pa.Array:
    """A column of any type."""
    made = (
        lambda: pa.array([rng.choice(FLOATS) for _ in range(n)], pa.float64()),
        lambda: pa.array([rng.choice(FLOATS[:7]) for _ in range(n)], pa.float32()),
        lambda: pa.array([rng.choice(INTEGERS) % 2**64 for _ in range(n)], pa.uint64()),
        lambda: pa.array([rng.choice(INTEGERS) % 2**63 for _ in range(n)], pa.int64()),
        lambda: pa.array([rng.choice((None, 1, 2)) for _ in range(n)], pa.int8()),
        lambda: pa.array([rng.choice((None, True, False)) for _ in range(n)], pa.bool_()),
        lambda: pa.array([rng.choice(TEXTS[:29]) for _ in range(n)], pa.string()),
        lambda: pa.array([f"{number}" for number in range(n)], pa.string()).dictionary_encode(),
        lambda: pa.array([rng.randbytes(3) for _ in range(n)], pa.binary()),
        lambda: pa.nulls(n),
        lambda: pa.nulls(n, pa.float64()),
        lambda: pa.array([[1.0] * rng.randrange(4) for _ in range(n)], pa.list_(pa.float64())),
        lambda: pa.array(
            [{"a": 1, "b": "x"}] * n, pa.struct([("a", pa.int64()), ("b", pa.string())])
        ),
        lambda: pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())),
        lambda: pa.array([Decimal("1.5")] * n, pa.decimal128(38, 10)),
        lambda: pa.array([datetime.datetime(2020, 1, 1)] * n, pa.timestamp("ns", "Europe/Berlin")),
        lambda: pa.array([rng.choice(INTEGERS[:24]) % 2**31 for _ in range(n)], pa.date32()),
        lambda: pa.array([0] * n, pa.duration("s")),
        lambda: pa.array([0] * n, pa.time64("us")),
        lambda: pa.array([0.0] * n, pa.float16()),
    )
    return rng.choice(made)()


def _change_column(rng: Random, content: bytes) -> bytes:
    table = _read(content)
    at = rng.randrange(table.num_columns)
    name = rng.choice(
        (table.column_names[at], rng.choice(table.column_names), *("label", "y", "", "a" * 5000))
    )
    column = rng.choice((lambda: _column(rng, len(table)), lambda: table.column(at)))()
    return parquet_bytes(table.set_column(at, name, column))


def _change_size(rng: Random, content: bytes) -> bytes:
    table = _read(content)
    changes = (
        lambda: table.slice(0, 0),
        lambda: table.slice(0, 1),
        lambda: table.select([]),
        lambda: table.select([0]),
        lambda: pa.concat_tables([table] * 20),
        lambda: pa.Table.from_arrays([table.column(0)] * 800, [f"c{at}" for at in range(800)]),
        lambda: pa.Table.from_arrays([table.column(0)] * 2, ["same", "same"]),
    )
    settings = (
        {"row_group_size": 3},
        {"compression": "zstd"},
        {"compression": "brotli"},
        {"compression": "none", "use_dictionary": False},
        {"data_page_version": "2.0"},
        {"store_schema": False},
        {"version": "1.0"},
    )
    return parquet_bytes(rng.choice(changes)(), **rng.choice(settings))


def _change_pandas(rng: Random, content: bytes) -> bytes:
    """What pandas has written about its index and its types."""
    table = _read(content)
    metadata = dict(table.schema.metadata or {})
    about = json.loads(metadata.get(b"pandas", b'{"index_columns": ["a"], "columns": []}'))
    metadata[b"pandas"] = json.dumps(changed_tree(rng, about)).encode("utf-8", "surrogatepass")
    if rng.random() < 0.2:
        metadata[b"pandas"] = mutated(rng, metadata[b"pandas"], plain)
    return parquet_bytes(table.replace_schema_metadata(metadata))


def _change_footer(rng: Random, content: bytes) -> bytes:
    """The directory at the end, of a length that fits it."""
    length = int.from_bytes(content[-8:-4], "little")
    start = len(content) - 8 - length
    footer = mutated(rng, content[start:-8], plain)
    return content[:start] + footer + len(footer).to_bytes(4, "little") + content[-4:]


def _change_pages(rng: Random, content: bytes) -> bytes:
    """The values and their page headers, under a sound directory."""
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    body = mutated(rng, content[4:start], plain[:7])
    return content[:4] + (body + b"\x00" * start)[: start - 4] + content[start:]


parquet_mutations: tuple[Mutation, ...] = (
    *[_change_column] * 3,
    _change_size,
    *[_change_pandas] * 2,
    *[_change_footer] * 2,
    *[_change_pages] * 2,
)
