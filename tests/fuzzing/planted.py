"""The fuzzing tool on targets with known faults, each of which it must report."""

import ctypes
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from campaign import Limits
from kind import Kind
from run import main

from latens.exceptions import DataError

_MEMORY = 100 * 2**20


def _uncaught(path: Path, rng: Random) -> None:
    raise KeyError("shape")


def _wrong_type_of_exit(path: Path, rng: Random) -> None:
    sys.exit(0)


def _segfault(path: Path, rng: Random) -> None:
    ctypes.string_at(0)


def _leave(path: Path, rng: Random) -> None:
    os._exit(0)


def _spin(path: Path, rng: Random) -> None:
    while True:
        pass


def _spin_and_swallow(path: Path, rng: Random) -> None:
    try:
        _spin(path, rng)
    except Exception:  # noqa: BLE001
        return


def _wait(path: Path, rng: Random) -> None:
    time.sleep(1000)


def _hang(path: Path, rng: Random) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF})
    time.sleep(1000)


def _take_memory(path: Path, rng: Random) -> None:
    assert b"x" * _MEMORY * 2
    raise DataError("too large")


def _take_all_memory(path: Path, rng: Random) -> None:
    bytearray(2**36)


def _import_what_is_named(path: Path, rng: Random) -> None:
    importlib.import_module("fuzz_trap")


def _look_for_what_is_named(path: Path, rng: Random) -> None:
    try:
        importlib.import_module("fuzz_missing.module")
    except ImportError as error:
        raise DataError("no such module") from error


def _write_elsewhere(path: Path, rng: Random) -> None:
    (Path(__file__).parent.parent.parent / ".fuzz-planted").open("w").close()
    (Path(__file__).parent.parent.parent / ".fuzz-planted").unlink()


def _connect(path: Path, rng: Random) -> None:
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=0.1)
    except OSError:
        raise DataError("no connection") from None


def _start_a_program(path: Path, rng: Random) -> None:
    subprocess.run(["true"], check=True)


def _refuse(path: Path, rng: Random) -> None:
    path.with_name("inside").write_text("may be written")
    raise DataError("no")


_TARGETS = (
    *(_uncaught, _wrong_type_of_exit, _segfault, _leave, _spin, _spin_and_swallow, _wait, _hang),
    *(_take_memory, _take_all_memory, _import_what_is_named, _look_for_what_is_named),
    *(_write_elsewhere, _connect, _start_a_program, _refuse),
)

if __name__ == "__main__":
    # A part of the corpus with one thing in it: with --seed valid every target has one input.
    kinds = [Kind(target.__name__.strip("_"), "cifar", target, 1) for target in _TARGETS]
    sys.exit(main(kinds, Limits(seconds=0.5, waiting=2, grace=1, memory=_MEMORY)))
