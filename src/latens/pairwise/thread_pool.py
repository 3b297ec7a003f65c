"""Threads share blocks of rows: a block goes through all its steps on one core, which waits for no other.

BLAS and torch can share one product of matrices among the cores, but their threads wait for each other at
the end of every product, and all that lies between two products runs on one core. Blocks that need nothing
from each other keep the cores busy throughout, also beside other programs.

There are two ways in, since BLAS and torch count their threads apart. `run_in_threads` is for work in NumPy:
pieces are handed out as threads become free. `torch_threads` gives a `ThreadPool` for work in torch, which
deals out its blocks in advance, so that the sums of a thread are the same every time.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    import torch

__all__ = ["ThreadPool", "one_blas_thread", "run_in_threads", "torch_threads"]

T = TypeVar("T")
V = TypeVar("V")

# Numbers in the widest array of a block: on a CPU it stays in the caches. Blocks of half the size fit them
# better and are slower: threads wait for Python's lock between short steps.
_BLOCK = {"cpu": 2**20, "cuda": 2**26}
_ROWS = 512  # fewer rows make products of matrices slow


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


def run_in_threads(work: Callable[[V], None], pieces: Iterable[V]) -> None:
    """Call a function with every piece, on as many threads as BLAS would use.

    Inside, BLAS uses one thread per piece. A caller that limits BLAS to one thread gets one thread.

    Parameters
    ----------
    work : callable
        What to do with a piece. Its errors are raised here, and pieces not yet begun are dropped.
    pieces : iterable
        The arguments, the longest work first; a single one is done without any thread.

    Examples
    --------
    >>> done = []
    >>> run_in_threads(done.append, [1, 2, 3])
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
        ThreadPoolExecutor(min(n_threads, len(waiting)), "latens-numpy") as executor,
    ):
        # After an error, Ctrl-C too, map drops what has not begun.
        for _ in executor.map(work, waiting):
            pass


class ThreadPool:
    """Shares blocks of rows among threads, or works through them in the calling thread.

    Parameters
    ----------
    kind : str
        The kind of device, "cpu" or "cuda".
    executor : ThreadPoolExecutor or None, default=None
        The threads; None works in the calling thread.
    n_threads : int, default=1
        How many there are.

    Examples
    --------
    >>> ThreadPool("cpu").share(lambda blocks, _: sum(b.stop - b.start for b in blocks), 5000, 784)
    [5000]
    """

    def __init__(
        self, kind: str, executor: ThreadPoolExecutor | None = None, n_threads: int = 1
    ) -> None:
        self.kind = kind
        self.n_threads = n_threads
        self._executor = executor

    def block_rows(self, width: int) -> int:
        """Return how many rows of some numbers of working memory each make a block."""
        return max(_ROWS, _BLOCK[self.kind] // max(1, width))

    def share(self, work: Callable[[list[slice], int], T], n_rows: int, width: int) -> list[T]:
        """Return what each thread made of its share of the blocks.

        Which rows a thread gets depends on the sizes and the number of threads alone, so that sums
        are the same again.

        Parameters
        ----------
        work : callable
            Takes the blocks of a share and the number of the thread.
        n_rows : int
            How many rows there are.
        width : int
            Numbers of working memory that a row takes.
        """
        blocks = self._cut(n_rows, width)
        if self._executor is None or len(blocks) == 1:
            return [_without_gradients(work, blocks, 0)]
        shares = [blocks[first :: self.n_threads] for first in range(self.n_threads)]
        works = [work] * self.n_threads
        return list(self._executor.map(_without_gradients, works, shares, range(self.n_threads)))

    def each(self, work: Callable[[V, "ThreadPool"], T], values: Iterable[V]) -> Iterator[T]:
        """Yield what work makes of each value, in order; a thread has one value at a time.

        Every piece of work gets a pool of its own, which is the thread that it runs in. Hardly more
        is begun than is asked for.
        """
        ahead: deque[Future[T]] = deque()
        alone = ThreadPool(self.kind)
        for value in values:
            if self._executor is None:
                yield work(value, alone)
                continue
            ahead.append(self._executor.submit(work, value, alone))
            if len(ahead) == self.n_threads:
                yield ahead.popleft().result()
        for last in ahead:
            yield last.result()

    def _cut(self, n_rows: int, width: int) -> list[slice]:
        """Return consecutive slices of rows, as many for one thread as for another."""
        count = -(-n_rows // self.block_rows(width))
        if count > 1:
            count += -count % self.n_threads
        step = -(-n_rows // count)
        return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]


def _without_gradients(work: Callable[[list[slice], int], T], blocks: list[slice], at: int) -> T:
    """Spare torch the bookkeeping that only gradients need."""
    import torch

    with torch.inference_mode():
        return work(blocks, at)


@contextmanager
def torch_threads(device: "torch.device") -> Iterator[ThreadPool]:
    """Open a pool for a device, with as many threads as torch may use, and close it at the end.

    Examples
    --------
    >>> import torch
    >>> with torch_threads(torch.device("cpu")) as pool:
    ...     sum(pool.share(lambda blocks, _: len(blocks), 10**6, 100)) >= 50
    True
    """
    import torch

    from latens._torch_state import plain_torch

    n_threads = torch.get_num_threads()
    if device.type != "cpu" or n_threads == 1:
        with plain_torch():
            yield ThreadPool(device.type)
        return
    # One core per thread, the calling one too: threads that torch keeps waiting for more would take
    # the cores from ours.
    with (
        plain_torch(),
        ThreadPoolExecutor(n_threads, "latens-torch", torch.set_num_threads, (1,)) as executor,
    ):
        torch.set_num_threads(1)
        try:
            yield ThreadPool("cpu", executor, n_threads)
        finally:
            torch.set_num_threads(n_threads)
