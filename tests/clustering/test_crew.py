import threading

import numpy as np
import pytest
import torch

from latens.clustering.crew import Crew, gathered


@pytest.mark.parametrize("n_rows", [1, 511, 5000, 123_457])
@pytest.mark.parametrize("width", [1, 784, 10**6])
def test_every_row_is_in_one_block(crew, n_rows, width):
    seen = np.zeros(n_rows, dtype=int)

    def mark(blocks, _):
        for rows in blocks:
            assert rows.stop - rows.start <= crew.block_rows(width)
            seen[rows] += 1

    crew.share(mark, n_rows, width)
    assert (seen == 1).all()


def test_threads_get_as_many_blocks_each_and_one_core():
    def count(blocks, number):
        return number, len(blocks), torch.get_num_threads(), threading.get_ident()

    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with gathered(torch.device("cpu")) as crew:
            answers = crew.share(count, 10**7, 64)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    numbers, sizes, n_cores, _ = zip(*answers, strict=True)
    assert numbers == (0, 1, 2)
    assert len(set(sizes)) == 1
    assert set(n_cores) == {1}


def test_the_number_of_threads_comes_back_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError, match="of ours"), gathered(torch.device("cpu")):
        raise RuntimeError("an error of ours")
    assert torch.get_num_threads() == before


def test_each_keeps_the_order_and_does_not_run_far_ahead(crew):
    begun = []

    def values():
        for value in range(100):
            begun.append(value)
            yield value

    results = crew.each(lambda value, alone: (value * value, alone.n_threads), values())
    assert [next(results) for _ in range(3)] == [(0, 1), (1, 1), (4, 1)]
    assert len(begun) <= 3 + crew.n_threads
    results.close()
    assert list(Crew("cpu").each(lambda value, _: -value, [1, 2])) == [-1, -2]


@pytest.mark.parametrize(("n_rows", "threads"), [(1, {0}), (600, {0, 1}), (5000, {0, 1})])
def test_two_threads_share_what_is_more_than_one_block(n_rows, threads):
    """A block of a width as large as this has 512 rows."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with gathered(torch.device("cpu")) as crew:
            assert crew.block_rows(10**7) == 512
            answers = crew.share(lambda blocks, number: (number, len(blocks)), n_rows, 10**7)
    finally:
        torch.set_num_threads(before)
    assert {number for number, _ in answers} == threads
    assert len({size for _, size in answers}) == 1


def test_blocks_hold_as_many_numbers_as_the_caches_and_512_rows_at_least():
    crew = Crew("cpu")
    for width in (1, 100, 10_000):
        rows = crew.block_rows(width)
        assert rows == 512 or 2**17 <= rows * width <= 2**22
    assert crew.block_rows(0) == crew.block_rows(1)
