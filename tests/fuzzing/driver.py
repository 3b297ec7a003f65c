"""The processes: each takes a batch, and is watched from outside."""

import json
import os
import re
import resource
import selectors
import shutil
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaign import Campaign
from findings import Finding
from worker import LEAST_WORK, deepest_place, work

__all__ = ["Driver"]

_BATCH = 50
# After the signal that makes a process say where it is.
_LAST_WORDS = 3.0
_MOST_TO_WRITE = 30
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


@dataclass
class _Process:
    """A worker, the inputs it still has before it, and the one that it is at.

    Attributes
    ----------
    pid, out : int
        The process, and where it tells how far it is.
    log : Path
    left : deque of int
    at : dict or None
        The input.
    since : float
        When it last did something.
    began, worked : float
        Its time of the processor when it began with the input, and when it last did something.
    """

    pid: int
    out: int
    log: Path
    left: deque[int]
    at: dict[str, Any] | None = None
    since: float = field(default_factory=time.monotonic)
    began: float = 0.0
    worked: float = 0.0
    is_hung: bool = False
    unread: bytes = b""


class Driver:
    """Runs the inputs of a campaign.

    Parameters
    ----------
    campaign : Campaign
    folder : Path
        For scratch.
    keep : Path
        Where inputs that fail are kept.
    jobs : int
        How many processes at a time.
    budget : float or None
        Seconds after which no batch is begun any more.
    """

    def __init__(
        self, campaign: Campaign, folder: Path, keep: Path, jobs: int, budget: float | None = None
    ) -> None:
        self.campaign = campaign
        self.folder = folder
        self.keep = keep
        self.jobs = jobs
        self.budget = budget
        self.found: list[Finding] = []
        self._started = time.monotonic()
        self._said = 0.0
        self._n_processes = 0
        self._processes: dict[int, _Process] = {}
        self._selector = selectors.DefaultSelector()

    def run(self, numbers: list[int]) -> list[Finding]:
        """Go through all of them, and return what each came to."""
        size = max(1, min(_BATCH, len(numbers) // self.jobs))
        batches = deque(numbers[at : at + size] for at in range(0, len(numbers), size))
        while batches or self._processes:
            if self._is_over():
                batches.clear()
            while batches and len(self._processes) < self.jobs:
                self._start(batches.popleft())
            for key, _ in self._selector.select(timeout=0.5):
                self._hear(key.data, batches)
            self._end_what_hangs()
            self._say(len(numbers))
        sys.stderr.write("\n")
        return self.found

    def _is_over(self) -> bool:
        return self.budget is not None and time.monotonic() - self._started > self.budget

    def _start(self, numbers: list[int]) -> None:
        self._n_processes += 1
        scratch = self.folder / f"process-{self._n_processes}"
        log = self.folder / f"process-{self._n_processes}.log"
        ours, theirs = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(ours)
            work(
                self.campaign,
                numbers,
                scratch,
                theirs,
                os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND),
            )
        os.close(theirs)
        process = _Process(pid, ours, log, deque(numbers))
        self._processes[pid] = process
        self._selector.register(ours, selectors.EVENT_READ, process)

    def _hear(self, process: _Process, batches: deque[list[int]]) -> None:
        content = os.read(process.out, 2**16)
        if not content:
            self._bury(process, batches)
            return
        *lines, process.unread = (process.unread + content).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "outcome" not in told:
                process.at, process.since = told, time.monotonic()
                process.began = process.worked = _seconds_of(process.pid)
                continue
            process.left.popleft()
            self._note(Finding(**(process.at or {}) | told))
            process.at = None

    def _bury(self, process: _Process, batches: deque[list[int]]) -> None:
        """A process has ended: what it was at is a failure, and what it had left is for another."""
        self._selector.unregister(process.out)
        os.close(process.out)
        _, status, usage = os.wait4(process.pid, 0)
        del self._processes[process.pid]
        log = (
            process.log.read_text(encoding="utf-8", errors="replace")
            if process.log.exists()
            else ""
        )
        if process.at is not None:
            process.left.popleft()
            self._note(_death(process, status, usage, log))
        elif status:
            raise SystemExit(f"A worker ended by itself, with {status}:\n{log}")
        if process.left:
            batches.appendleft(list(process.left))
        shutil.rmtree(self.folder / process.log.stem, ignore_errors=True)
        process.log.unlink(missing_ok=True)

    def _end_what_hangs(self) -> None:
        """End the processes whose own alarms do not reach them."""
        limits = self.campaign.limits
        for process in self._processes.values():
            worked, now = _seconds_of(process.pid), time.monotonic()
            if process.at is None:
                continue
            if worked - process.worked > LEAST_WORK:
                process.worked, process.since = worked, now
            over = max(
                now - process.since - limits.waiting, worked - process.began - limits.seconds
            )
            if over > limits.grace:
                # faulthandler writes where every thread is, if the process still can.
                last = over > limits.grace + _LAST_WORDS
                os.kill(process.pid, signal.SIGKILL if last else signal.SIGABRT)
                process.is_hung = True

    def _note(self, finding: Finding) -> None:
        self.found.append(finding)
        if finding.is_failure:
            self._keep(finding)

    def _keep(self, finding: Finding) -> None:
        """Write the input again, from its seed and number, and beside it what was wrong."""
        place = self.keep / f"{self.campaign.seed}-{finding.number}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        child = os.fork()
        if not child:
            signal.alarm(_MOST_TO_WRITE)
            try:
                self.campaign.make(finding.number, place / "input")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        text = finding.text(self.campaign.seed)
        (place / "failure.txt").write_text(text, encoding="utf-8", errors="backslashreplace")

    def _say(self, n: int) -> None:
        now = time.monotonic()
        if now - self._said < (1 if sys.stderr.isatty() else 20):
            return
        self._said = now
        done = len(self.found)
        failures = sum(finding.is_failure for finding in self.found)
        left = (now - self._started) / done * (n - done) if done else 0
        sys.stderr.write(
            f"\r{done:,} of {n:,} inputs, {failures:,} failures, {left / 60:.1f} minutes left  "
        )
        sys.stderr.flush()


def _seconds_of(pid: int) -> float:
    """How long a process has had the processor."""
    try:
        figures = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # it has just ended
        return 0.0
    user, system = figures.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _death(process: _Process, status: int, usage: "resource.struct_rusage", log: str) -> Finding:
    """What is known of an input that ended its process."""
    at = process.at or {}
    is_signal = os.WIFSIGNALED(status)
    name = signal.Signals(os.WTERMSIG(status)).name if is_signal else f"exit {status >> 8}"
    log = log.partition("Extension modules:")[0]
    main_thread = log.partition("Current thread")[2].partition("\n\n")[0]
    frames = [(file, int(line)) for file, line in _FRAME.findall(main_thread)]
    return Finding(
        **at,
        outcome="hung" if process.is_hung else "died",
        error="" if process.is_hung else name,
        place=deepest_place(frames[::-1]),
        seconds=usage.ru_utime + usage.ru_stime - process.began,
        memory=usage.ru_maxrss * 1024,
        message=log.strip().splitlines()[0][:300] if log.strip() else "",
        traceback=log[-6000:],
    )
