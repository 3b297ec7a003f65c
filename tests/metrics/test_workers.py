import threading

import pytest

from latens.metrics.workers import one_blas_thread, work_off


def _blas_threads():
    with one_blas_thread() as n_threads:
        return n_threads


@pytest.mark.parametrize("n_pieces", [0, 1, 2, 50])
def test_every_piece_is_done_once(n_pieces):
    done = []
    work_off(done.append, iter(range(n_pieces)))
    assert sorted(done) == list(range(n_pieces))


def test_blas_has_one_thread_inside_and_its_own_number_afterwards():
    before, seen = _blas_threads(), []
    work_off(lambda _: seen.append(_blas_threads()), range(4))
    assert seen == [1, 1, 1, 1]
    assert _blas_threads() == before


def test_whoever_allows_one_thread_gets_one():
    seen = set()
    with one_blas_thread():
        work_off(lambda _: seen.add(threading.get_ident()), range(20))
    assert len(seen) == 1


def test_an_error_is_raised_here_and_ends_the_work():
    done = []

    def work(piece):
        if piece == 0:
            raise KeyError("the first")
        threading.Event().wait(0.005)
        done.append(piece)

    with pytest.raises(KeyError, match="the first"):
        work_off(work, range(1000))
    assert len(done) < 500
