"""Trainings go on side by side where all that they draw can be told where from."""

from functools import partial

import pytest
import torch

from latens._draws import drawing, uniform_like
from latens.networks import MLP, Deterministic, Network, Parts
from latens.objectives import Objective, Term, code_size, squared_error
from latens.training.draws import training_draws

CPU = torch.device("cpu")


def made(*layers):
    """A network of latens and torch, with some more layers before it."""
    parts = MLP((8,)).build((4,), 2)
    parts = Parts(torch.nn.Sequential(*layers, parts.encoder), parts.decoder, parts.width)
    return Network(parts, Deterministic(parts, 2), bounded=False)


class Own(torch.nn.Identity):
    """A layer of a user, of which nobody knows what it draws."""


def own_penalty(step, weight=1.0):
    return weight * step.output.code.z.abs().mean(1)


PLAIN = Objective(squared_error, {"size": Term(code_size, 0.1)})


@pytest.mark.parametrize(
    ("network", "objective", "device", "is_alone"),
    [
        (made(), PLAIN, CPU, False),
        (made(torch.nn.ReLU()), PLAIN, CPU, False),
        (made(torch.nn.Dropout()), PLAIN, CPU, True),
        (made(torch.nn.RReLU()), PLAIN, CPU, True),
        (made(Own()), PLAIN, CPU, True),
        (made(), Objective(squared_error, {"own": Term(own_penalty, 0.1)}), CPU, True),
        (made(), Objective(squared_error, {"own": Term(partial(own_penalty), 1.0)}), CPU, True),
        (made(), Objective(squared_error, {"size": Term(partial(code_size), 1.0)}), CPU, False),
        (made(), PLAIN, torch.device("mps"), True),
    ],
)
def test_what_may_draw_from_torch_has_its_generators_for_itself(
    network, objective, device, is_alone
):
    before = torch.get_rng_state()
    with training_draws(3, network, objective, device):
        assert (drawing() is None) is is_alone
        drawn = uniform_like(torch.empty(5))
    assert drawing() is None
    assert torch.equal(torch.get_rng_state(), before)
    # The numbers are the same ones in both cases.
    assert torch.equal(drawn, torch.rand(5, generator=torch.Generator().manual_seed(3)))


def test_a_compiled_network_has_the_generators_of_torch_for_itself():
    network = made()
    network._compiled_call_impl = network._call_impl
    with training_draws(3, network, PLAIN, CPU):
        assert drawing() is None
