import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from latens.pairwise import ThreadPool, run_in_threads, torch_threads
from latens.pairwise.thread_pool import one_blas_thread


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPool]:
    """All cores of this machine."""
    with torch_threads(torch.device("cpu")) as every_core:
        yield every_core


def _blas_threads():
    with one_blas_thread() as n_threads:
        return n_threads


@pytest.mark.parametrize("n_pieces", [0, 1, 2, 50])
def test_every_piece_is_done_once(n_pieces):
    done = []
    run_in_threads(done.append, iter(range(n_pieces)))
    assert sorted(done) == list(range(n_pieces))


def test_blas_has_one_thread_inside_and_its_own_number_afterwards():
    before, seen = _blas_threads(), []
    run_in_threads(lambda _: seen.append(_blas_threads()), range(4))
    assert seen == [1, 1, 1, 1]
    assert _blas_threads() == before


def test_whoever_allows_one_thread_gets_one():
    seen = set()
    with one_blas_thread():
        run_in_threads(lambda _: seen.add(threading.get_ident()), range(20))
    assert len(seen) == 1


def test_an_error_is_raised_here_and_ends_the_work():
    done = []

    def work(piece):
        if piece == 0:
            raise KeyError("the first")
        threading.Event().wait(0.005)
        done.append(piece)

    with pytest.raises(KeyError, match="the first"):
        run_in_threads(work, range(1000))
    assert len(done) < 500


@pytest.mark.parametrize("n_rows", [1, 511, 5000, 123_457])
@pytest.mark.parametrize("width", [1, 784, 10**6])
def test_every_row_is_in_one_block(pool, n_rows, width):
    seen = np.zeros(n_rows, dtype=int)

    def mark(blocks, _):
        for rows in blocks:
            assert rows.stop - rows.start <= pool.block_rows(width)
            seen[rows] += 1

    pool.share(mark, n_rows, width)
    assert (seen == 1).all()


def test_threads_get_as_many_blocks_each_and_one_core():
    def count(blocks, number):
        return number, len(blocks), torch.get_num_threads(), threading.get_ident()

    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with torch_threads(torch.device("cpu")) as pool:
            answers = pool.share(count, 10**7, 64)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    numbers, sizes, n_cores, _ = zip(*answers, strict=True)
    assert numbers == (0, 1, 2)
    assert len(set(sizes)) == 1
    assert set(n_cores) == {1}


def test_the_number_of_threads_comes_back_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError, match="of ours"), torch_threads(torch.device("cpu")):
        raise RuntimeError("an error of ours")
    assert torch.get_num_threads() == before


def test_each_keeps_the_order_and_does_not_run_far_ahead(pool):
    begun = []

    def values():
        for value in range(100):
            begun.append(value)
            yield value

    results = pool.each(lambda value, alone: (value * value, alone.n_threads), values())
    assert [next(results) for _ in range(3)] == [(0, 1), (1, 1), (4, 1)]
    assert len(begun) <= 3 + pool.n_threads
    results.close()
    assert list(ThreadPool("cpu").each(lambda value, _: -value, [1, 2])) == [-1, -2]


@pytest.mark.parametrize(
    ("n_threads", "n_rows", "threads"),
    [(2, 1, {0}), (2, 512, {0}), (2, 600, {0, 1}), (2, 5000, {0, 1}), (3, 600, {0, 1, 2})],
)
def test_all_threads_share_what_is_more_than_one_block(n_threads, n_rows, threads):
    """A block of a width as large as this has 512 rows."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        with torch_threads(torch.device("cpu")) as pool:
            assert torch.get_num_threads() == 1  # here, too
            assert pool.block_rows(10**7) == 512
            answers = pool.share(lambda blocks, number: (number, len(blocks)), n_rows, 10**7)
    finally:
        torch.set_num_threads(before)
    assert {number for number, _ in answers} == threads
    assert len({size for _, size in answers}) == 1


def test_blocks_hold_as_many_numbers_as_the_caches_and_512_rows_at_least():
    pool = ThreadPool("cpu")
    for width in (1, 100, 10_000):
        rows = pool.block_rows(width)
        assert rows == 512 or 2**17 <= rows * width <= 2**22
    assert pool.block_rows(0) == pool.block_rows(1)


def test_values_are_worked_on_by_all_threads_at_once():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    both_are_there = threading.Barrier(2, timeout=20)

    def work(value, _):
        both_are_there.wait()
        return value

    try:
        with torch_threads(torch.device("cpu")) as pool:
            assert list(pool.each(work, range(6))) == [0, 1, 2, 3, 4, 5]
    finally:
        torch.set_num_threads(before)
