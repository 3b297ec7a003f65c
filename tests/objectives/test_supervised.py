"""The label head beside the reconstruction."""

import torch

from latens.objectives import Batch, SupervisedObjective, squared_error


def test_few_labels_weigh_as_much_as_many(linear, x):
    net = linear()
    objective = SupervisedObjective(squared_error, 2, 3, weight=0.4).double()
    error = (net.reconstruct(x).x_hat - x).square().mean()
    for y in (torch.arange(7) % 3, torch.tensor([-1, -1, 2, -1, -1, -1, -1])):
        losses = objective(net, Batch(x, torch.arange(7), y))
        known = y >= 0
        logits = objective.head(net.encode(x).z)[known]
        expected = torch.nn.functional.cross_entropy(logits, y[known])
        torch.testing.assert_close(losses.total, error + 0.4 * expected)


def test_without_labels_it_is_the_reconstruction(linear, x):
    net = linear()
    losses = SupervisedObjective(squared_error, 2, 3, weight=0.4).double()(
        net, Batch(x, torch.arange(7))
    )
    torch.testing.assert_close(losses.total, (net.reconstruct(x).x_hat - x).square().mean())
    assert (losses.terms["label"] == 0).all()
