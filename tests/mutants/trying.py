"""Run the tests of a file in a copy of the tree, in a process that has torch and the like already."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from drawing import Mutant
from places import tests_of

__all__ = ["Outcome", "Tree", "import_the_slow"]

_COPIED = (
    "src",
    "tests",
    "benchmarks",
    "docs",
    "studies",
    "pyproject.toml",
    "README.md",
    "Makefile",
)
_MEMORY = 8 << 30
_ALL_WELL, _NO_TESTS, _WRONG_TREE = 0, 5, 71


@dataclass(frozen=True)
class Outcome:
    """What the tests said.

    Attributes
    ----------
    is_caught : bool
        Whether a test failed, or the tests took longer than they may.
    is_late : bool
        The latter.
    seconds : float
    output : str
        Of pytest.
    """

    is_caught: bool
    is_late: bool
    seconds: float
    output: str

    @property
    def witnesses(self) -> list[str]:
        """The tests that failed, as pytest takes them; none where pytest had no time to say."""
        return re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", self.output, re.MULTILINE)


def import_the_slow() -> None:
    """Import what tests need and what latens has no part in, once for all processes to come."""
    import hypothesis
    import pandas
    import pytest
    import scipy.optimize
    import scipy.spatial
    import scipy.stats
    import sklearn.cluster
    import sklearn.datasets
    import sklearn.linear_model
    import sklearn.metrics
    import sklearn.neighbors
    import sklearn.utils.estimator_checks
    import torch

    loaded = (hypothesis, pandas, pytest, scipy, sklearn, torch)
    assert all(loaded)
    assert "latens" not in sys.modules, "latens must come from the copy"


class Tree:
    """A copy of the repository that takes one error at a time.

    Parameters
    ----------
    root : Path
        The repository.
    folder : Path
        Where the copy goes; must not exist.
    seconds : float
        For the tests of one file.
    """

    def __init__(self, root: Path, folder: Path, seconds: float) -> None:
        self.folder, self.seconds = folder, seconds
        folder.mkdir()
        for name in _COPIED:
            if (root / name).is_dir():
                unwanted = shutil.ignore_patterns("__pycache__", ".environments")
                shutil.copytree(root / name, folder / name, ignore=unwanted)
            elif (root / name).exists():
                shutil.copy2(root / name, folder / name)
        # By content: a time stamp cannot tell an edit from what stood there a moment before.
        command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash"]
        subprocess.run([*command, str(folder / "src")], check=True)

    def try_mutant(self, mutant: Mutant) -> Outcome:
        """Put the error in, run the tests of the file, and take it out."""
        place = self.folder / mutant.file
        place.write_text(mutant.edit.applied(mutant.source), encoding="utf-8")
        try:
            return self.run(tests_of(mutant.file, self.folder), self.seconds)
        finally:
            place.write_text(mutant.source, encoding="utf-8")

    def run(self, tests: list[str], seconds: float) -> Outcome:
        """Run tests in a process of its own, until the first failure.

        Parameters
        ----------
        tests : list of str
            Files below the root.
        seconds : float
            After them the process and its children are killed.
        """
        log = self.folder / "output"
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _run_tests(self.folder, tests, log)
        status = _waited(child, started + seconds)
        taken = time.monotonic() - started
        code = None if status is None else os.waitstatus_to_exitcode(status)
        output = log.read_text(encoding="utf-8", errors="replace")
        if code == _WRONG_TREE:
            raise RuntimeError(f"The tests did not import the copy in {self.folder}.\n{output}")
        return Outcome(code not in (_ALL_WELL, _NO_TESTS), code is None, taken, output)


def _run_tests(folder: Path, tests: list[str], log: Path) -> None:
    """Become pytest; does not return."""
    code = 1
    try:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.chdir(folder)
        source = str(folder / "src")
        sys.path.insert(0, source)
        sys.dont_write_bytecode = True
        os.environ.update(PYTHONPATH=source, PYTHONDONTWRITEBYTECODE="1")
        import pytest

        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short"]
        # What this process has imported already can be rewritten no more, which is well.
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning", "--rootdir", str(folder)]
        code = int(pytest.main([*options, *tests]))
        import latens

        if Path(latens.__file__ or "").parent != folder / "src" / "latens":
            code = _WRONG_TREE
        sys.stdout.flush()
    except SystemExit as end:
        code = int(end.code or 0) if isinstance(end.code, int | None) else 1
    except BaseException as error:  # noqa: BLE001 - a failure like any other, and no way back
        sys.stderr.write(f"{error!r}\n")
        code = 1
    finally:
        os._exit(code)


def _waited(child: int, end: float) -> int | None:
    """The status of a child when it ends; None where it had to be killed."""
    pause = 0.01
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _kill(child)
            return status
        time.sleep(pause)
        pause = min(2 * pause, 0.2)
    _kill(child)
    os.waitpid(child, 0)
    return None


def _kill(group: int) -> None:
    """What a test has started ends with it."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
