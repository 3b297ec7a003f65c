"""Progress for people: a bar on a terminal, a line per epoch elsewhere. Both write to stderr."""

import sys
import time
from typing import Any

from latens.training.callbacks import Plan
from latens.training.history import Epoch, History

__all__ = ["EpochLines", "ProgressBar"]


class ProgressBar:
    """A bar with the share done, the epoch, the loss and the time left."""

    def __init__(self, description: str = "training") -> None:
        self.description = description
        self._bar: Any = None
        self._plan: Plan | None = None

    def on_start(self, plan: Plan) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.progress import TimeRemainingColumn as TimeLeft

        self._plan = plan
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("[dim]{task.fields[state]}"),
            TimeElapsedColumn(),
            TextColumn("[dim]left"),
            TimeLeft(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.add_task(self.description, total=1.0, state="")
        self._bar.start()

    def on_heartbeat(self, progress: float) -> None:
        self._bar.update(0, completed=progress)

    def on_epoch(self, epoch: Epoch) -> None:
        self._bar.update(0, state=_state(epoch, self._plan))

    def on_end(self, history: History) -> None:
        self._bar.stop()


class EpochLines:
    """About ten lines in all, at most one a second, for logs and pipes."""

    def __init__(self, description: str = "training") -> None:
        self.description = description
        self._plan: Plan | None = None
        self._last = 0.0
        self._tenths = 0

    def on_start(self, plan: Plan) -> None:
        self._plan = plan

    def on_heartbeat(self, progress: float) -> None:
        pass

    def on_epoch(self, epoch: Epoch) -> None:
        tenths = int(10 * self._done(epoch))
        is_due = tenths > self._tenths and time.monotonic() - self._last >= 1
        if is_due or not self._last:
            self._last, self._tenths = time.monotonic(), tenths
            state = f"{_state(epoch, self._plan)}  {epoch.seconds:.0f} s"
            sys.stderr.write(f"{self.description}: {state}\n")

    def _done(self, epoch: Epoch) -> float:
        """The share that is done, by epochs or by time; of a training without an end, each epoch counts."""
        plan = self._plan
        shares = (
            epoch.number / plan.max_epochs if plan and plan.max_epochs else None,
            epoch.seconds / plan.time_limit if plan and plan.time_limit else None,
        )
        return max((one for one in shares if one is not None), default=float(epoch.number))

    def on_end(self, history: History) -> None:
        if history.epochs:
            best = history.best
            words = f"{history.stopped} after {len(history.epochs)} epochs"
            words += f", best loss {best.monitored:.5f} in epoch {best.number}"
            sys.stderr.write(f"{self.description}: {words}\n")


def _state(epoch: Epoch, plan: Plan | None) -> str:
    of = f"/{plan.max_epochs}" if plan and plan.max_epochs else ""
    held_out = "" if epoch.validation_loss is None else f"  held out {epoch.validation_loss:.5f}"
    return f"epoch {epoch.number}{of}  loss {epoch.loss:.5f}{held_out}"
