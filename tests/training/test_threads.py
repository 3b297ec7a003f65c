"""One thread for small steps, and what there was for all others."""

import os
import subprocess
import sys

import pytest
import torch

from latens.training.callbacks import Plan
from latens.training.threads import limit_threads


def plan(parameters, batch_size=100, device="cpu"):
    return Plan(900, 100, batch_size, 1e-3, 10, None, None, device, parameters)


DENSE, CONVOLUTION = torch.nn.Linear(2, 2), torch.nn.Conv2d(1, 1, 3)


@pytest.fixture
def two():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("network", "plan", "threads"),
    [
        (DENSE, plan(1000), 1),
        (DENSE, plan(99_999), 1),
        (DENSE, plan(100_000), 2),  # ten million weights times samples
        (CONVOLUTION, plan(1000), 2),
        (DENSE, plan(1000, device="cuda"), 2),
    ],
)
@pytest.mark.usefixtures("two")
def test_a_step_that_is_small_and_dense_has_one_thread(network, plan, threads):
    with limit_threads(network, plan):
        assert torch.get_num_threads() == threads
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two")
def test_one_training_inside_another_gives_back_what_was_before_both():
    with limit_threads(DENSE, plan(10)):
        with limit_threads(DENSE, plan(10**6)):
            assert torch.get_num_threads() == 2
        with limit_threads(DENSE, plan(10)):
            assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    with limit_threads(DENSE, plan(10**6)):
        assert torch.get_num_threads() == 1
    torch.set_num_threads(2)
    with pytest.raises(ValueError, match="inside"), limit_threads(DENSE, plan(10)):
        raise ValueError("inside")
    assert torch.get_num_threads() == 2


_FORKED = """
import os, torch
from latens.training.callbacks import Plan
from latens.training.threads import limit_threads
torch.set_num_threads(2)
plan = Plan(900, 100, 100, 1e-3, 10, None, None, "cpu", 10**6)
child = os.fork()
if child == 0:
    with limit_threads(torch.nn.Linear(2, 2), plan):
        os._exit(torch.get_num_threads())
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_has_one_thread_as_those_of_its_parent_are_not_there():
    done = subprocess.run(
        [sys.executable, "-c", _FORKED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1"]
