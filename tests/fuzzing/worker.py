"""One process for a batch of inputs: what each came to is written down line by line."""

import faulthandler
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from types import FrameType
from typing import Any

from campaign import Campaign, Input
from guard import Guard

from latens.exceptions import LatensError

__all__ = ["LEAST_WORK", "deepest_place", "work"]

# Seconds of the processor below which a process has done nothing but wait.
LEAST_WORK = 0.05
_OF_LATENS = f"{os.sep}latens{os.sep}"
_MOST_OF_A_MESSAGE = 300


class _TooSlowError(BaseException):
    """Raised by the alarm; no handler of `Exception` takes it."""


def work(campaign: Campaign, numbers: list[int], scratch: Path, out: int, log: int) -> None:
    """Go through a batch; does not return.

    Parameters
    ----------
    campaign : Campaign
    numbers : list of int
    scratch : Path
        A folder for this process alone.
    out : int
        Where to write one line of JSON before each input and one after it.
    log : int
        What takes stderr; only what the last input wrote is in it.
    """
    try:
        _prepare(scratch, log)
        limit = _size("VmSize") + campaign.limits.address_space
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        guard = Guard(scratch)
        for number in numbers:
            os.ftruncate(log, 0)
            _tell(out, {"number": number, "kind": campaign.kind_of(number).name})
            _tell(out, {"number": number} | _one(campaign, number, scratch / "work", guard))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a fault of this program, which must not go on as its parent
        os.write(log, traceback.format_exc().encode())
        os._exit(70)


def _prepare(scratch: Path, log: int) -> None:
    """A home and a place for temporary files inside the scratch folder; no output; no second core."""
    gc.freeze()
    scratch.mkdir(parents=True)
    for name in ("home", "tmp"):
        (scratch / name).mkdir()
    os.environ.update(HOME=str(scratch / "home"), TMPDIR=str(scratch / "tmp"))
    os.environ.pop("XDG_CACHE_HOME", None)
    tempfile.tempdir = None
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.dup2(log, 2)
    # Strict, as a terminal is: what cannot be printed must not end a command.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable(file=log)


class _Alarms:
    """End what takes too long, and what waits for something that does not come."""

    def __init__(self, seconds: float, waiting: float) -> None:
        self.seconds, self.waiting = seconds, waiting
        signal.signal(signal.SIGPROF, self._too_slow)
        signal.signal(signal.SIGALRM, self._is_waiting)

    def set(self) -> None:
        """From now on. They ring again, as what they raise may be lost in a callback."""
        self.before = _wanted_time()
        signal.setitimer(signal.ITIMER_PROF, self.seconds, 1)
        signal.setitimer(signal.ITIMER_REAL, self.waiting, self.waiting)

    def stop(self) -> None:
        """No more of them."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _too_slow(self, number: int, frame: FrameType | None) -> None:
        raise _TooSlowError

    def _is_waiting(self, number: int, frame: FrameType | None) -> None:
        now = _wanted_time()
        if now - self.before < LEAST_WORK:
            raise _TooSlowError
        self.before = now


def _wanted_time() -> float:
    """Seconds of the processor that were used, or waited for beside other programs."""
    try:
        queued = int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        queued = 0.0
    return time.process_time() + queued


def _tell(out: int, line: dict[str, Any]) -> None:
    os.write(out, json.dumps(line).encode() + b"\n")


def _one(campaign: Campaign, number: int, folder: Path, guard: Guard) -> dict[str, Any]:
    """Make one input, use it, and say what it came to."""
    made = campaign.make(number, folder / "input")
    before = _size("VmRSS")
    _forget_peak()
    started = time.process_time()
    guard.found = []
    found = _used(campaign, made, folder, guard)
    found["seconds"] = time.process_time() - started
    found["memory"] = max(0, _size("VmHWM") - before)
    if guard.found and found["outcome"] in ("fine", "refused"):
        found |= {
            "outcome": "reached out",
            "error": guard.found[0],
            "message": str(guard.found[:5]),
        }
    is_limited = not campaign.kind_of(number).is_timed
    is_large = is_limited and found["memory"] > campaign.limits.memory
    if is_large and found["outcome"] in ("fine", "refused"):
        found |= {"outcome": "too large", "error": f"{found['memory'] >> 20} MiB"}
    os.chdir(folder.parent)
    shutil.rmtree(folder, ignore_errors=True)
    gc.collect()
    return found


def _used(campaign: Campaign, made: Input, folder: Path, guard: Guard) -> dict[str, Any]:
    os.chdir(folder)
    alarms = _Alarms(campaign.limits.seconds, campaign.limits.waiting)
    try:
        alarms.set()
        guard.is_on = True
        made.kind.use(made.path, made.rng)
    except LatensError as error:
        return {"outcome": "refused", "message": str(error)[:_MOST_OF_A_MESSAGE]}
    except _TooSlowError as error:
        return _failure("too slow", error)
    except BaseException as error:  # noqa: BLE001 - this is what is looked for
        return _failure("uncaught", error)
    finally:
        guard.is_on = False
        alarms.stop()
    return {"outcome": "fine"}


def _failure(outcome: str, error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    lines = traceback.format_exception(error)
    return {
        "outcome": outcome,
        "error": type(error).__name__ if outcome == "uncaught" else "",
        "place": deepest_place([(frame.filename, frame.lineno or 0) for frame in frames]),
        "message": str(error)[:_MOST_OF_A_MESSAGE],
        "traceback": "".join(lines)[-6000:],
    }


def deepest_place(frames: list[tuple[str, int]]) -> str:
    """The last of some frames, outermost first, that is in latens; else the last of all."""
    ours = [
        (file, line) for file, line in frames if _OF_LATENS in file and "site-packages" not in file
    ]
    file, line = (ours or frames or [("", 0)])[-1]
    return f"{file.rpartition(_OF_LATENS)[2]}:{line}" if file else ""


def _size(what: str) -> int:
    """A figure of this process in bytes, as the system has it."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:  # noqa: PTH123
        for line in file:
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) * 1024
    return 0


def _forget_peak() -> None:
    """Let the largest size that is noted from now on be that of the next input."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:  # noqa: PTH123
        file.write("5")
