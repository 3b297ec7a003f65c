"""Progress goes to the user's callback, to a terminal, or nowhere."""

import os
import pty
import subprocess
import sys

from latens.data.progress import silent, watched

CODE = """
from latens.data.progress import watched
with watched(None) as report:
    for done in range(11):
        report("reading things", done, 10)
print("done")
"""


def test_a_callback_is_taken_as_it_is() -> None:
    seen = []
    with watched(lambda *step: seen.append(step)) as report:
        report("task", 1, 2)
    assert seen == [("task", 1, 2)]


def test_without_a_terminal_nothing_is_shown() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_without_any_stderr_nothing_breaks(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with watched(None) as report:
        assert report is silent


def test_on_a_terminal_a_bar_is_drawn_on_stderr_alone() -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", CODE],
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            check=True,
            env=environment,
        )
        os.close(theirs)
        shown = os.read(ours, 2**16).decode()
    finally:
        os.close(ours)
    assert done.stdout == "done\n"
    assert "reading things" in shown
    assert "100%" in shown
