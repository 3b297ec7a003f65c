"""Blocks of rows on all cores at once.

A block is small enough for the caches and goes through all its steps on one core, which waits for
nobody. Many small steps lose less that way than if all cores shared each of them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

__all__ = ["Crew", "gathered"]

T = TypeVar("T")
V = TypeVar("V")

# Numbers in the widest array of a block: on a CPU it stays in the caches. Blocks of half the size fit them
# better and are slower: threads wait for Python's lock between short steps.
BLOCK = {"cpu": 2**20, "cuda": 2**26}
_ROWS = 512  # fewer rows make products of matrices slow


class Crew:
    """Hands out blocks of rows to threads, or works through them itself.

    Parameters
    ----------
    kind : str
        The kind of device, "cpu" or "cuda".
    pool : ThreadPoolExecutor or None, default=None
        The threads; None works in the calling thread.
    n_threads : int, default=1
        How many there are.

    Examples
    --------
    >>> Crew("cpu").share(lambda blocks, _: sum(b.stop - b.start for b in blocks), 5000, 784)
    [5000]
    """

    def __init__(
        self, kind: str, pool: ThreadPoolExecutor | None = None, n_threads: int = 1
    ) -> None:
        self.kind = kind
        self.n_threads = n_threads
        self._pool = pool

    def block_rows(self, width: int) -> int:
        """Return how many rows of some numbers of working memory each make a block."""
        return max(_ROWS, BLOCK[self.kind] // max(1, width))

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
        if self._pool is None or len(blocks) == 1:
            return [_without_gradients(work, blocks, 0)]
        shares = [blocks[first :: self.n_threads] for first in range(self.n_threads)]
        works = [work] * self.n_threads
        return list(self._pool.map(_without_gradients, works, shares, range(self.n_threads)))

    def each(self, work: Callable[[V, "Crew"], T], values: Iterable[V]) -> Iterator[T]:
        """Yield what work makes of each value, in order; a thread has one for itself at a time.

        Every piece of work gets a crew of its own, which is the thread that it runs in. Hardly more
        is begun than is asked for.
        """
        ahead: deque[Future[T]] = deque()
        alone = Crew(self.kind)
        for value in values:
            if self._pool is None:
                yield work(value, alone)
                continue
            ahead.append(self._pool.submit(work, value, alone))
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
def gathered(device: "torch.device") -> Iterator[Crew]:
    """Gather a crew for a device, with as many threads as torch may use, and let it go at the end.

    Examples
    --------
    >>> import torch
    >>> with gathered(torch.device("cpu")) as crew:
    ...     sum(crew.share(lambda blocks, _: len(blocks), 10**6, 100)) >= 50
    True
    """
    import torch

    from latens._torch_state import plain_torch

    n_threads = torch.get_num_threads()
    if device.type != "cpu" or n_threads == 1:
        with plain_torch():
            yield Crew(device.type)
        return
    # One core per thread, the calling one too: threads that torch keeps waiting for more would take
    # the cores from ours.
    with (
        plain_torch(),
        ThreadPoolExecutor(n_threads, "kmeans", torch.set_num_threads, (1,)) as pool,
    ):
        torch.set_num_threads(1)
        try:
            yield Crew("cpu", pool, n_threads)
        finally:
            torch.set_num_threads(n_threads)
