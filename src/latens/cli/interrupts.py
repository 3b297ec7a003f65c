"""A training in a terminal: its progress, and Ctrl-C, which ends it and keeps its best weights."""

import sys

import typer

from latens.cli.console import say
from latens.training import Callback, EpochLines, History, ProgressBar, StopOnInterrupt

__all__ = ["end_as_stopped", "terminal_callbacks"]


def terminal_callbacks(description: str) -> tuple[Callback, ...]:
    """Return what shows the progress of a training with a name, and lets Ctrl-C end it."""
    progress = ProgressBar(description) if sys.stderr.isatty() else EpochLines(description)
    return (progress, StopOnInterrupt(say))


def end_as_stopped(history: History) -> None:
    """Exit as what was interrupted does, 130, once all is written that it is good for."""
    if history.stopped == "interrupted":
        raise typer.Exit(130)
