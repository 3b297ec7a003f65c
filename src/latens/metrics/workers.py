"""Many small pieces of work on all cores, each piece on one.

BLAS can share one product of matrices among the cores, but its threads wait for each other at the end
of every product, and all that lies between two products runs on one core. Pieces that need nothing
from each other keep the cores busy throughout, also beside other programs.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import ThreadpoolController

__all__ = ["one_blas_thread", "work_off"]

Piece = TypeVar("Piece")


@contextmanager
def one_blas_thread() -> Iterator[int]:
    """Let BLAS compute on one thread inside, as small products do best; gives how many it had before.

    Examples
    --------
    >>> with one_blas_thread(), one_blas_thread() as n_threads:
    ...     print(n_threads)
    1
    """
    controller = ThreadpoolController().select(user_api="blas")
    n_threads = max((library["num_threads"] for library in controller.info()), default=1)
    with controller.limit(limits=1):
        yield n_threads


def work_off(work: Callable[[Piece], None], pieces: Iterable[Piece]) -> None:
    """Call a function with every piece, on as many threads as BLAS would use.

    Inside, BLAS uses one thread per piece. Whoever allows BLAS one thread gets one thread.

    Parameters
    ----------
    work : callable
        What to do with a piece. Its errors are raised here, and pieces not yet begun are dropped.
    pieces : iterable
        The arguments, the longest work first; a single one is done without any thread.

    Examples
    --------
    >>> done = []
    >>> work_off(done.append, [1, 2, 3])
    >>> sorted(done)
    [1, 2, 3]
    """
    waiting = list(pieces)
    if len(waiting) < 2:
        for piece in waiting:
            work(piece)
        return
    with (
        one_blas_thread() as n_threads,
        ThreadPoolExecutor(min(n_threads, len(waiting)), "latens-metrics") as pool,
    ):
        futures = [pool.submit(work, piece) for piece in waiting]
        try:
            for future in futures:
                future.result()
        except BaseException:  # Ctrl-C too: only the pieces in progress are waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise
