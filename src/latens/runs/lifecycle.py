"""How a run begins and ends: run.json says it, whatever happens in between."""

import time
from collections.abc import Callable
from typing import Any

from latens.exceptions import RunError
from latens.runs.provenance import now
from latens.runs.run import Run

__all__ = ["carry_out", "leave_runs"]

# Those that this process carries out, each with what writes down that it was interrupted.
_under_way: dict[Run, Callable[[], None]] = {}


def carry_out(
    run: Run,
    work: Callable[[], str],
    *,
    finish: Callable[[Run], object],
    say: Callable[[str], None],
    seconds: float = 0.0,
    **info: Any,
) -> None:
    """Do the work of a run that is held, and write down how it ended.

    Parameters
    ----------
    run : Run
    work : callable
        Does it, and returns "complete" or "interrupted".
    finish : callable
        Makes what is made from all the rest, such as the report, once the work is complete. Without it no
        run is complete.
    say : callable
        Told what cannot be written down.
    seconds : float
        Spent on the run before.
    **info
        What run.json says from the start.
    """
    started = time.monotonic() - seconds

    def end(status: str, error: str | None = None) -> dict[str, Any]:
        spent = time.monotonic() - started
        return {"status": status, "error": error, "finished": now(), "seconds": spent}

    _under_way[run] = lambda: _write_down(run, end("interrupted"), say)
    try:
        run.write_info(status="running", error=None, **info, finished=None, seconds=seconds)
        with run.room_aside():
            status = work()
            if status == "complete":
                run.conclude(finish, **end(status))
            else:
                run.write_info(**end(status))
    except KeyboardInterrupt:
        _write_down(run, end("interrupted"), say)
        raise
    except Exception as error:
        _write_down(run, end("failed", str(error)), say)
        raise
    finally:
        del _under_way[run]


def leave_runs() -> None:
    """Write down that the runs under way were interrupted, for a program that is about to end at once."""
    for write_down in list(_under_way.values()):
        write_down()


def _write_down(run: Run, end: dict[str, Any], say: Callable[[str], None]) -> None:
    """Write how a run ended, if the disk has room for it; what it failed of is more important."""
    if not run.has("run"):
        return
    try:
        run.write_info(**end)
    except RunError as error:
        say(f"'{run.path}' goes on saying that it is running: {error}")
