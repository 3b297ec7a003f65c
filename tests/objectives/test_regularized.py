"""The terms of a regularised autoencoder on a linear decoder, whose Jacobian is its weight."""

import pytest
import torch

from latens.objectives import Batch, squared_error
from latens.objectives.contractive import ContractiveObjective
from latens.objectives.regularized import RegularizedObjective


@pytest.mark.parametrize("penalty", ["gradient", "weights"])
def test_code_and_decoder_have_their_weights(linear, x, penalty):
    net = linear()
    weight = net.decoder.weight
    with torch.no_grad():
        # Orthogonal rows: then one random projection gives the norm exactly.
        weight.copy_(torch.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]]))
    objective = RegularizedObjective(squared_error, 0.2, 0.7, penalty)
    with torch.no_grad():
        losses = objective(net, Batch(x, torch.arange(7)))
    z = net.encode(x).z
    size = z.square().mean(1) / 2
    smoothness = torch.full((7,), 25.0 / 3, dtype=torch.float64)
    torch.testing.assert_close(losses.terms["code"], size.detach())
    torch.testing.assert_close(losses.terms["smoothness"], smoothness)
    error = (net.reconstruct(x).x_hat - x).square().mean()
    torch.testing.assert_close(losses.total, error + 0.2 * size.mean() + 0.7 * 25 / 3)


def test_a_contraction_has_its_weight(linear, x):
    net = linear()
    with torch.no_grad():
        net.encoder.weight.copy_(torch.tensor([[1.0, 2.0, 0.0], [2.0, -1.0, 0.0]]))
        net.bottleneck.head.weight.copy_(torch.eye(2))
        losses = ContractiveObjective(squared_error, 0.5)(net, Batch(x, torch.arange(7)))
    error = (net.reconstruct(x).x_hat - x).square().mean()
    # The rows are orthogonal, so that one projection gives 1 + 4 + 4 + 1 exactly.
    torch.testing.assert_close(
        losses.terms["contraction"], torch.full((7,), 10.0, dtype=torch.float64)
    )
    torch.testing.assert_close(losses.total, error + 0.5 * 10)
