"""One process at a time; a killed one holds nothing."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from latens import _locks
from latens._locks import Lock

HOLD = """
import sys, time
from pathlib import Path
from latens._locks import Lock
lock = Lock(Path(sys.argv[1]))
assert lock.take()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds a lock on tmp_path/lock."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_what_another_process_holds_is_free_once_it_is_killed(tmp_path, holder):
    lock = Lock(tmp_path / "lock")
    assert not lock.take()
    assert lock.holder() == f"process {holder.pid}"
    begun = time.monotonic()
    assert not lock.take(patience=0.2)
    assert time.monotonic() - begun >= 0.2
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "lock").exists()
    assert lock.take()
    lock.give_back()
    assert not (tmp_path / "lock").exists()


def test_many_at_once_hold_it_one_after_the_other(tmp_path):
    inside = []

    def work(number):
        lock = Lock(tmp_path / "lock")
        assert lock.take(patience=60)
        inside.append(number)
        alone = inside == [number]
        inside.remove(number)
        lock.give_back()
        return alone

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(200)))
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="flock is of POSIX")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP])
def test_a_file_system_without_locks_lets_everybody_write(tmp_path, monkeypatch, code):
    def none_here(file, how):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(_locks.fcntl, "flock", none_here)
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    assert second.take()
    assert not first.is_safe
    first.give_back()
    second.give_back()
    assert not list(tmp_path.iterdir())
