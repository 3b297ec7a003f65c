from dataclasses import replace

import torch
from torch.distributions import Normal

from latens.networks import MLP, Bottleneck, Code, ConvNet, Deterministic, Network, default_network


class Noisy(Bottleneck):
    """A bottleneck whose draw differs from its mean."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(width, 2)

    def forward(self, h):
        return replace(self.settled(h), z=self.settled(h).posterior.rsample())

    def settled(self, h):
        mean = self.linear(h)
        return Code(mean, mean, Normal(mean, torch.ones_like(mean)))


def test_reconstruct_uses_the_mean_and_never_a_draw():
    parts = MLP((8,)).build((4,), code_dim=2)
    network = Network(parts, Noisy(parts.width), bounded=False)
    x = torch.rand(3, 4)
    torch.testing.assert_close(network.reconstruct(x).x_hat, network.decode(network.encode(x).mean))
    assert not torch.allclose(network(x).x_hat, network.reconstruct(x).x_hat)


def test_bounded_output_lies_between_0_and_1_and_raw_is_its_logit():
    parts = MLP((8,)).build((4,), code_dim=2)
    network = Network(parts, Deterministic(parts, 2), bounded=True)
    output = network(100 * torch.randn(50, 4))
    assert output.x_hat.min() >= 0
    assert output.x_hat.max() <= 1
    torch.testing.assert_close(output.x_hat, torch.sigmoid(output.raw))


def test_the_rule_takes_dense_layers_for_tables_and_small_images():
    assert isinstance(default_network((30,)), MLP)
    assert default_network((1, 28, 28)).hidden == (1024, 512)
    assert isinstance(default_network((3, 96, 96)), ConvNet)
    assert default_network((2,)).hidden == (64, 32)
