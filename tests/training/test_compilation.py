"""A compiled forward pass, and going on without it where compiling fails."""

import os
import subprocess
import sys

import pytest
import torch

from latens.networks import MLP, Deterministic, Network
from latens.training.compilation import compiled

_PROGRAM = """
import torch
from latens.networks import MLP, Deterministic, Network
from latens.training.compilation import compiled

parts = MLP((8,)).build((5,), 2)
network = Network(parts, Deterministic(parts, 2), bounded=False)
x = torch.ones(4, 5)
before = network(x).x_hat
with compiled(network, lambda: network(x).x_hat.square().mean(), wanted=True) as problem:
    print(problem)
    print("same" if torch.equal(network(x).x_hat, before) else "changed")
"""


def _network():
    torch.manual_seed(0)
    parts = MLP((8,)).build((5,), 2)
    return Network(parts, Deterministic(parts, 2), bounded=False)


def _trial(network):
    return lambda: network(torch.ones(4, 5)).x_hat.square().mean()


@pytest.mark.slow
def test_without_a_compiler_the_network_works_as_before_and_the_reason_is_told(tmp_path):
    machine = {"CXX": "/no/such/compiler", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, env=os.environ | machine
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("torch.compile failed, so the network was not compiled: ")
    assert done.stdout.endswith("same\n")


def test_nothing_is_compiled_unless_it_is_wanted():
    network = _network()
    with compiled(network, _trial(network), wanted=False) as problem:
        assert problem is None
        assert network._compiled_call_impl is None


@pytest.mark.slow
def test_a_compiled_network_gives_the_same_and_is_itself_again_afterwards():
    network = _network()
    expected = network(torch.ones(4, 5)).x_hat
    with compiled(network, _trial(network), wanted=True) as problem:
        if problem is not None:
            pytest.skip(problem)
        torch.testing.assert_close(network(torch.ones(4, 5)).x_hat, expected)
    assert network._compiled_call_impl is None
