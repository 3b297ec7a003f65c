import numpy as np
import pytest

from latens.pairwise.row_blocks import BLOCK_BYTES, row_blocks


@pytest.mark.parametrize(("n_rows", "row_bytes"), [(1, 1), (10, 3), (1000, 10**9), (7, 0), (0, 8)])
def test_blocks_cover_every_row_once_in_order(n_rows, row_bytes):
    rows = [np.arange(n_rows)[block] for block in row_blocks(n_rows, row_bytes)]
    assert np.array_equal(np.concatenate([np.arange(0), *rows]), np.arange(n_rows))


def test_blocks_stay_under_the_limit_but_hold_a_row():
    sizes = [block.stop - block.start for block in row_blocks(10**6, 1000)]
    assert max(sizes) * 1000 <= BLOCK_BYTES
    assert [block.stop - block.start for block in row_blocks(3, 2 * BLOCK_BYTES)] == [1, 1, 1]


def test_rows_of_one_byte_are_as_many_as_the_limit():
    assert list(row_blocks(5, 1, 2)) == [slice(0, 2), slice(2, 4), slice(4, 5)]
