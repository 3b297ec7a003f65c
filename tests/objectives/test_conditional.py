"""What a decoder that is told the class costs, and what it costs without."""

import pytest
import torch

from latens.networks import Deterministic, Network, Parts
from latens.objectives import Batch, squared_error
from latens.objectives.conditional import ConditionalObjective


class Told(torch.nn.Module):
    """Adds up the code and what stands beside it, if anything does."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(5, 3, bias=False)

    def forward(self, z):
        missing = z.new_zeros(len(z), 5 - z.shape[1])
        return self.layer(torch.cat([z, missing], 1))


def made():
    torch.manual_seed(0)
    parts = Parts(torch.nn.Linear(3, 2), Told(), width=2)
    network = Network(parts, Deterministic(parts, 2), bounded=False).double()
    terms = {}
    shares, known = torch.ones(3) / 3, torch.zeros(1, dtype=torch.int64)
    return network, ConditionalObjective(squared_error, squared_error, terms, shares, known)


def test_the_class_stands_beside_the_code_as_a_one_and_none_as_zeros(x):
    network, objective = made()
    y = torch.tensor([0, 2, -1, 1, 0, -1, 2])
    losses = objective(network, Batch(x, torch.arange(7), y))
    places = torch.zeros(7, 3, dtype=torch.float64)
    for row, label in enumerate(y.tolist()):
        if label >= 0:
            places[row, label] = 1
    z = network.encode(x).z
    told = (network.decode(torch.cat([z, places], 1)) - x).square().mean(1)
    torch.testing.assert_close(losses.terms["reconstruction"], told.detach())
    # A quarter of the batch, 2 of 7, is decoded blindly too, and counts by that share.
    blind = (network.decode(z) - x).square().mean(1)
    torch.testing.assert_close(losses.total, told.mean() + 0.25 * blind[:2].mean())
    torch.testing.assert_close(objective.sample_errors(network, x), blind)


def test_the_encoder_learns_nothing_from_what_is_decoded_blindly(x):
    network, objective = made()
    batch = Batch(x, torch.arange(7), torch.zeros(7, dtype=torch.int64))
    objective.blind = lambda output, target: 1000 * squared_error(output, target)
    objective(network, batch).total.backward()
    dear = network.encoder.weight.grad.clone()
    network.zero_grad()
    objective.blind = squared_error
    objective(network, batch).total.backward()
    torch.testing.assert_close(network.encoder.weight.grad, dear)


def test_without_labels_no_class_is_told(x):
    network, objective = made()
    none = objective(network, Batch(x, torch.arange(7)))
    unknown = objective(network, Batch(x, torch.arange(7), torch.full((7,), -1)))
    torch.testing.assert_close(none.total, unknown.total)
    torch.testing.assert_close(
        none.terms["reconstruction"], objective.sample_errors(network, x).detach()
    )


@pytest.mark.parametrize(("n", "n_blind"), [(1, 1), (2, 1), (4, 1), (5, 1), (7, 2), (12, 3)])
def test_a_quarter_of_a_batch_is_decoded_blindly_and_one_sample_at_least(n, n_blind):
    network, objective = made()
    x = torch.randn(n, 3, dtype=torch.float64)
    losses = objective(network, Batch(x, torch.arange(n)))
    blind = objective.sample_errors(network, x)
    torch.testing.assert_close(losses.total, blind.mean() + 0.25 * blind[:n_blind].mean())
