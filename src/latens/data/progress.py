"""Progress of long reads and downloads: a callback, or a bar on the terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Progress", "silent", "watched"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


def silent(task: str, done: int, total: int) -> None:
    """Show nothing."""


@contextmanager
def watched(progress: Progress | None) -> Iterator[Progress]:
    """Give the callback to report to: the user's, else a bar on stderr if that is a terminal.

    Parameters
    ----------
    progress : callable or None
        Taken as it is when it is given.

    Yields
    ------
    callable
        ``(task, done, total)``.

    Examples
    --------
    >>> with watched(lambda task, done, total: print(task, done, "of", total)) as report:
    ...     report("reading images", 3, 7)
    reading images 3 of 7
    """
    if progress is not None:
        yield progress
    elif sys.stderr is None or not sys.stderr.isatty():
        yield silent
    else:
        with _bar() as report:
            yield report


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar per task that goes away when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = Console(stderr=True)
    with RichProgress(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:
        tasks = {}

        def report(task: str, done: int, total: int) -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total)
            bars.update(tasks[task], completed=done)

        yield report
