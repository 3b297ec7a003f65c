"""Standard output and error that are closed, full or not read to their end, on real processes."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="no device that is always full"
)


def latens(words: str) -> tuple[int, str]:
    """Run a line of the shell in which $L is the program; gives the exit code and stderr."""
    line = f'L="{sys.executable} -m latens"; {words}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [("$L --version >&-", "it is closed"), ("$L --version >/dev/full", "No space left on device")],
)
def test_results_that_cannot_be_printed_are_an_error_of_one_line(words, reason):
    code, err = latens(words)
    assert code == 1
    assert err == f"latens: error: The standard output cannot be written: {reason}.\n"


def test_a_reader_that_has_enough_ends_the_program_in_silence():
    code, err = latens("(sleep 1; $L --help) | true; exit ${PIPESTATUS[0]}")
    assert (code, err) == (1, "")


@pytest.mark.parametrize("words", ["$L --version 2>&- >/dev/null", "$L --version 2>/dev/full"])
def test_remarks_that_nobody_hears_change_nothing(words):
    assert latens(words) == (0, "")


def test_an_error_that_cannot_be_told_is_still_one():
    assert latens("$L report nowhere 2>/dev/full") == (1, "")
