"""Kill a command at its file operations, one after the other, and see what comes of it.

    python tests/reliability/killing.py run                  # at every operation
    python tests/reliability/killing.py denoise --points 20  # at 20 of them

One process imports everything once and forks a child for each kill. In the child an audit hook counts what
Python does to files below the working folder, and at the chosen operation the child kills itself: either
before the operation or, of a file opened for writing, with half a file written. Then the command that
a person would type next is carried out in another child, and what lies in the folder is compared with what
the command leaves undisturbed: the same names, and the same bytes wherever no time is written down.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "200"}

import argparse
import csv
import gc
import hashlib
import importlib
import json
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

# umap-learn compiles for half a minute; a run is the same without it.
sys.modules["umap"] = None  # type: ignore[assignment]

SECONDS = 120
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.link"}
CHANGES |= {"os.symlink", "fcntl.flock"}
# What differs from one undisturbed run to the next.
OF_TIME = {"seconds", "started", "finished", "command"}
OF_PEOPLE = {"report.html", "report.json"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("--points", type=int, help="how many operations; default: all of them")
    asked = parser.parse_args()
    outcome = Trial(JOBS[asked.job]).carry_out(asked.points)
    print(json.dumps(outcome, indent=2))
    sys.exit(bool(outcome["failures"]))


@dataclass(frozen=True)
class Job:
    """A command to kill.

    Attributes
    ----------
    command : list of str
        Carried out by `latens`, in a folder with the data.
    again : callable
        From the folder after the kill to what a person types then.
    before : list of list of str
        Commands that make what the command needs.
    """

    command: list[str]
    again: Callable[[Path], list[str]] = field(default=lambda folder: [])
    before: list[list[str]] = field(default_factory=list)


def resumed(command: list[str]) -> Callable[[Path], list[str]]:
    """Go on with the run if there is one."""

    def again(folder: Path) -> list[str]:
        return ["run", "--resume", "r"] if (folder / "r" / "run.json").is_file() else command

    return again


def replaced(command: list[str]) -> Callable[[Path], list[str]]:
    return lambda folder: [*command, "--overwrite"]


def same(command: list[str]) -> Callable[[Path], list[str]]:
    """The same command, which has nothing left to do if what it makes is there."""
    return lambda folder: command


RUN = ["run", "study.toml", "--out", "r"]
MADE = [*RUN]
NOISY = ["run", "noisy.toml", "--out", "r"]
ANOMALIES = ["anomalies", "table.npy", "--out", "a.csv", "--save", "det", "--epochs", "1"]
DENOISE = ["denoise", "photos", "--out", "clean", "--save", "den", "--epochs", "1"]
RECOMMEND = ["recommend", "events.csv", "--out", "r", "--model", "EASE"]
CLASSIFY = ["classify", "r", "--labels", "labels.csv", "--out", "c.csv", "--method", "probe"]
EMBED = ["embed", "r", "--out", "codes.npy"]
EXPORT = ["export", "old", "--to", "projector", "--out", "p"]


def resumed_in_python(folder: Path) -> list[str]:
    return ["python", "resume" if (folder / "r" / "run.json").is_file() else "run"]


JOBS = {
    "study": Job(["python", "run"], resumed_in_python),
    "run": Job(RUN, resumed(RUN)),
    "overwrite": Job([*RUN, "--overwrite"], same([*RUN, "--overwrite"]), [NOISY]),
    "denoise-run": Job(["denoise", "r"], same(["denoise", "r"]), [NOISY]),
    "denoise": Job(DENOISE, replaced(DENOISE)),
    "anomalies": Job(ANOMALIES, replaced(ANOMALIES)),
    "anomalies-overwrite": Job(
        [*ANOMALIES, "--overwrite"], replaced(ANOMALIES), [[*ANOMALIES, "--seed", "1"]]
    ),
    "recommend": Job(RECOMMEND, replaced(RECOMMEND)),
    "classify": Job(CLASSIFY, replaced(CLASSIFY), [MADE]),
    "embed": Job(EMBED, replaced(EMBED), [MADE]),
    "export": Job(EXPORT, same(EXPORT)),
    "search": Job(["search", "r", "3"], same(["search", "r", "3"]), [MADE]),
    "generate": Job(
        ["generate", "r", "--out", "g.csv"], replaced(["generate", "r", "--out", "g.csv"]), [MADE]
    ),
    "report": Job(["report", "r"], same(["report", "r"]), [MADE]),
}


class Trial:
    """A job, what it leaves undisturbed, and what it leaves after each kill."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.place = Path(tempfile.mkdtemp(prefix="killing-"))
        self.start = self.place / "start"

    def carry_out(self, points: int | None) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            return self._carry_out(points) | {"seconds": round(time.monotonic() - begun, 1)}
        finally:
            shutil.rmtree(self.place)

    def _carry_out(self, points: int | None) -> dict[str, Any]:
        self.start.mkdir()
        write_data(self.start)
        for command in self.job.before:
            self._done(self.start, command)
        whole = self._fresh()
        seen = self._done(whole, self.job.command)
        for name in seen.modules:
            # So that no child has to: imports are most of what a small run costs.
            with suppress(Exception):
                importlib.import_module(name)
        expected = content(whole)
        warm_up(whole / "r")
        kills = [kill for kill in seen.kills() if kill.at >= 0]
        if points is not None:
            places = np.linspace(0, len(kills) - 1, min(points, len(kills))).round().astype(int)
            kills = [kills[place] for place in places]
        failures = []
        for number, kill in enumerate(kills, 1):
            failures += self._killed(kill, expected)
            print(f"\r{number} of {len(kills)}, {len(failures)} failures", end="", file=sys.stderr)
        return {
            "operations": len(seen.operations),
            "kills": len(kills),
            "failures": failures,
        }

    def _killed(self, kill: "Kill", expected: dict[str, str]) -> Iterator[str]:
        """Kill, go on, compare."""
        folder = self._fresh()
        first = child(folder, self.job.command, kill)
        where = f"killed {kill}"
        if first.code != -signal.SIGKILL:
            yield f"{where}: was not killed, but ended with {first.code}: {first.said}"
            return
        again = self.job.again(folder)
        second = child(folder, again)
        if second.code != 0 and not is_done_already(second.said):
            yield f"{where}: then latens {' '.join(again)} ended with {second.code}: {second.said}"
            return
        found = content(folder)
        for name in sorted(expected.keys() | found.keys()):
            if name not in found:
                yield f"{where}: {name} is missing"
            elif name not in expected:
                yield f"{where}: {name} is left"
            elif found[name] != expected[name]:
                yield f"{where}: {name} is another"
        shutil.rmtree(folder)

    def _fresh(self) -> Path:
        """A copy of the folder, always of the same name, as the name is written down in places."""
        folder = self.place / "work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.start, folder)
        return folder

    def _done(self, folder: Path, command: list[str]) -> "Seen":
        seen = child(folder, command)
        if seen.code != 0:
            sys.exit(f"latens {' '.join(command)} ended with {seen.code}: {seen.said}")
        return seen


def warm_up(run: Path) -> None:
    """Do once what every report begins with, such as looking for fonts; nothing here starts a thread."""
    if (run / "report.html").is_file():
        from latens.reports import write_report

        write_report(run)
    gc.freeze()  # or the first sweep of every child would copy all of it


def is_done_already(said: str) -> bool:
    return "nothing to resume" in said or "exists already and is not replaced" in said


@dataclass(frozen=True)
class Kill:
    """An instant: before an operation, or in the middle of it."""

    at: int
    name: str
    is_torn: bool = False

    def __str__(self) -> str:
        return f"{'in' if self.is_torn else 'before'} {self.at} ({self.name})"


@dataclass
class Seen:
    """What a child did, and how it ended."""

    code: int
    said: str
    operations: list[tuple[str, bool]]
    modules: list[str]

    def kills(self) -> Iterator[Kill]:
        for at, (name, opens) in enumerate(self.operations):
            yield Kill(at, name)
            if opens:
                yield Kill(at, name, is_torn=True)


def child(folder: Path, command: list[str], kill: Kill | None = None) -> Seen:
    """Carry out a command in a fork of this process, with everything imported already."""
    log, report = folder.parent / "said.txt", folder.parent / "seen.pickle"
    report.unlink(missing_ok=True)
    number = os.fork()
    if number == 0:
        code = 70
        try:
            code = carry_out(folder, command, kill, log, report)
        finally:
            os._exit(code)
    status = waited(number)
    operations, modules = [], []
    if report.is_file():
        operations, modules = pickle.loads(report.read_bytes())
    said = log.read_text(errors="replace")[-300:]
    return Seen(os.waitstatus_to_exitcode(status), said, operations, modules)


def waited(number: int) -> int:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found, status = os.waitpid(number, os.WNOHANG)
        if found:
            return status
        time.sleep(0.005)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return 124 << 8


def carry_out(folder: Path, command: list[str], kill: Kill | None, log: Path, report: Path) -> int:
    """Be the child."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.chdir(folder)
    sys.argv = ["latens", *command]
    watch = Watch(folder, kill)
    sys.addaudithook(watch)
    code = 0
    try:
        in_python(command) if command[0] == "python" else in_shell()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
        print(end.code, file=sys.stderr)
    watch.is_on = False
    report.write_bytes(pickle.dumps((watch.operations, sorted(sys.modules))))
    return code


def in_shell() -> None:
    from latens.cli import main as latens

    latens()


def in_python(command: list[str]) -> None:
    """Carry out a study, or go on with it, without a report, which is most of what a small run costs."""
    from latens.exceptions import RunError
    from latens.studies import read_study, resume_study, run_study

    try:
        resume_study("r") if command[1] == "resume" else run_study(read_study("study.toml"), "r")
    except RunError as error:
        sys.exit(str(error))


class Watch:
    """Counts what is done to files below a folder, and kills at one of the operations."""

    def __init__(self, folder: Path, kill: Kill | None) -> None:
        self.folder = str(folder)
        self.kill = kill
        self.operations: list[tuple[str, bool]] = []
        self.is_on = True

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on or not (event == "open" or event in CHANGES):
            return
        opens = event == "open"
        if opens and not self._writes(*arguments):
            return
        path = arguments[0]
        # Removing a tree names files within folders that are open; the last argument says so.
        in_tree = not opens and isinstance(arguments[-1], int) and arguments[-1] >= 0
        if event != "fcntl.flock" and not self._is_inside(path, in_tree):
            return
        at = len(self.operations)
        if self.kill is not None and at == self.kill.at:
            self.is_on = False
            if self.kill.is_torn:
                Path(os.fsdecode(path)).write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
        name = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        self.operations.append((f"{event} {name.replace(self.folder, '.')}", opens))

    def _is_inside(self, path: Any, in_tree: bool) -> bool:
        if isinstance(path, int):
            return False
        return in_tree or Path(self.folder, os.fsdecode(path)).is_relative_to(self.folder)

    @staticmethod
    def _writes(path: Any, mode: str | None, flags: int) -> bool:
        if isinstance(path, int):
            return False
        return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))


def content(folder: Path) -> dict[str, str]:
    """All that lies in a folder, by name: the same text for what means the same."""
    return {str(path.relative_to(folder)): meaning(path) for path in sorted(folder.rglob("*"))}


def meaning(path: Path) -> str:
    if path.is_dir():
        return "folder"
    if path.name in OF_PEOPLE:
        return "full" if path.stat().st_size > 1_000 else "empty"
    data = path.read_bytes()
    if path.suffix == ".json":
        data = json.dumps(timeless(json.loads(data))).encode()
    return hashlib.sha256(data).hexdigest()


def timeless(value: Any) -> Any:
    """Without what depends on the clock, or on how often it was begun."""
    if isinstance(value, dict):
        kept = {key: timeless(one) for key, one in value.items() if key not in OF_TIME}
        if "columns" in kept and "rows" in kept:
            at = [place for place, name in enumerate(kept["columns"]) if name not in OF_TIME]
            kept["rows"] = [[row[place] for place in at] for row in kept["rows"]]
        return kept
    if isinstance(value, list):
        return [timeless(one) for one in value]
    return value


def write_data(folder: Path) -> None:
    """Small data of every kind."""
    from PIL import Image

    rng = np.random.default_rng(0)
    np.save(folder / "table.npy", rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4)))
    for name, kind in (("study", "Autoencoder"), ("noisy", "DenoisingAutoencoder")):
        (folder / f"{name}.toml").write_text(
            '[data]\nsource = "table.npy"\n[[models]]\nname = "autoencoder"\nlatent_dim = 2\n'
            f'kind = "{kind}"\nnetwork = "mlp"\nnetwork_parameters = {{hidden = [4]}}\n'
            "trainer = {max_epochs = 2}\n"
        )
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([(row, "ab"[row % 2]) for row in range(12)])
    with (folder / "events.csv").open("w", newline="") as file:
        events = [(user, item) for user in range(40) for item in rng.choice(12, 7, replace=False)]
        csv.writer(file).writerows([("user", "item"), *events])
    (folder / "photos").mkdir()
    for number in range(2):
        image = rng.integers(0, 256, (32, 32), dtype=np.uint8)
        Image.fromarray(image).save(folder / "photos" / f"{number}.png")
    old = Path(__file__).parents[1] / "fixtures" / "v0_1" / "runs" / "table"
    shutil.copytree(old, folder / "old")


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    main()
