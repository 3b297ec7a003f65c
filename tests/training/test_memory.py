"""Memory that stays with the process during a training and goes back afterwards."""

import subprocess
import sys

import pytest

# In a process of its own: what malloc gives back depends on everything that ran before.
_PROGRAM = """
import resource
import torch
from latens.training.memory import _malloc, kept_memory

def faults(n):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(n):
        torch.ones(20_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

if _malloc() is None:
    print("no GNU C library")
else:
    faults(1)
    ordinary = faults(10)
    with kept_memory():
        faults(5)  # small blocks may be carved from the first ones that come back
        kept = faults(10)
    faults(1)
    again = faults(10)
    print(ordinary, kept, again)
"""


def test_a_block_that_is_freed_is_taken_again_without_the_system():
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    if "no GNU" in done.stdout:
        pytest.skip("this C library is not GNU's, whose settings these are")
    ordinary, kept, again = map(int, done.stdout.split())
    assert kept < ordinary / 5
    assert again > ordinary / 2
