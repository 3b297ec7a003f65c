"""How many threads BLAS has while a run is scored."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

__all__ = ["one_blas_thread"]


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let BLAS compute with one thread.

    What a run scores is made of many small products, whose threads mostly wait for each other: a logistic
    regression on 8,000 images takes 11 s with one thread and 22 s with two on two idle cores, and 150 s
    where other programs want them. What gains from cores has its own threads: K-means, pairs, t-SNE.
    The same digits come out on any number of cores, too.
    """
    with threadpool_limits(1, user_api="blas"):
        yield
