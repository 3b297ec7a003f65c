"""Long arrays are cut into blocks of rows, so that memory stays bounded for any number of samples."""

from collections.abc import Iterator

__all__ = ["BLOCK_BYTES", "row_blocks"]

BLOCK_BYTES = 32 * 2**20  # large enough for BLAS to run at full speed, small beside any data set


def row_blocks(n_rows: int, row_bytes: int, limit: int = BLOCK_BYTES) -> Iterator[slice]:
    """Cut rows into consecutive slices whose working memory stays under a limit.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    row_bytes : int
        Bytes of working memory that one row takes.
    limit : int, default=32 MiB
        Bytes that a block may take; a block has at least one row.

    Yields
    ------
    slice
        The next rows.

    Examples
    --------
    >>> list(row_blocks(5, row_bytes=8, limit=16))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, limit // max(1, row_bytes))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
