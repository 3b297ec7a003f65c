"""Memory that stays with the process during a training and goes back afterwards."""

import subprocess
import sys

import pytest

from latens.training import memory

# In a process of its own: what malloc gives back depends on everything that ran before.
_PROGRAM = """
import resource
import torch
from latens.training.memory import _malloc, malloc_tuning

def faults(n, size=20_000_000):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(n):
        torch.ones(size)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

if _malloc() is None:
    print("no GNU C library")
else:
    faults(1)
    ordinary = faults(10)
    before = resident()
    with malloc_tuning():
        with malloc_tuning():
            pass  # whoever comes and goes within changes nothing
        faults(5)  # small blocks may be carved from the first ones that come back
        kept = faults(10)
        within = resident() - before
    after = resident() - before
    faults(5, 2_000_000)
    print(ordinary, kept, within, after, min(faults(10, 2_000_000) for _ in range(3)))
"""


def test_a_block_that_is_freed_is_taken_again_and_goes_back_at_the_end():
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    if "no GNU" in done.stdout:
        pytest.skip("this C library is not GNU's, whose settings these are")
    ordinary, kept, within, after, smaller = map(int, done.stdout.split())
    assert kept < ordinary / 5
    assert within > 70e6  # the block of 80 MB is kept while nothing holds it
    # Later faults do not tell: a small block above a hole of the heap keeps the hole, not its pages.
    assert after < 10e6
    # As ever, blocks of a few MB are not asked of the system again. The least of three: a small block can
    # take the place of one of them once, and that alone is a hundredth of `ordinary`.
    assert smaller < ordinary / 100


def test_the_settings_are_those_of_the_c_library_by_their_numbers():
    """As malloc.h of GNU's C library has them: M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_MMAP_MAX."""
    trim, mapped, maps = -1, -3, -4
    assert {trim: 64 << 20, mapped: 32 << 20, maps: 65_536} == memory._ORDINARY
    # No block is mapped apart, and up to a gibibyte stays.
    assert {trim: 1 << 30, maps: 0} == memory._KEEPING


def test_only_the_last_of_several_lets_go(monkeypatch):
    told = []
    monkeypatch.setattr(memory, "_set", lambda malloc, settings: told.append(settings))
    if memory._malloc() is None:
        pytest.skip("this C library is not GNU's, whose settings these are")
    with memory.malloc_tuning():
        with memory.malloc_tuning():
            assert told == [memory._KEEPING]
        assert told == [memory._KEEPING]
    assert told == [memory._KEEPING, memory._ORDINARY]
    with pytest.raises(ValueError, match="inside"), memory.malloc_tuning():
        raise ValueError("inside")
    assert told == 2 * [memory._KEEPING, memory._ORDINARY]
