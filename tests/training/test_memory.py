"""Memory that stays with the process during a training and goes back afterwards."""

import subprocess
import sys

import pytest

# In a process of its own: what malloc gives back depends on everything that ran before.
_PROGRAM = """
import resource
import torch
from latens.training.memory import _malloc, kept_memory

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
    with kept_memory():
        with kept_memory():
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
