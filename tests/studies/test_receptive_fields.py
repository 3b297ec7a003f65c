"""The part of a picture that reaches a unit is where its gradient is, if no weight is negative."""

import numpy as np
import pytest
import torch
from torch import nn

from latens.models import Autoencoder
from latens.networks import Parts
from latens.studies.receptive_fields import receptive_fields
from latens.training import Trainer


class Residual(nn.Module):
    """What no rule for chains of layers could follow."""

    def __init__(self) -> None:
        super().__init__()
        self.change = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2, padding=1), nn.AvgPool2d(2, 1, 1))
        self.shortcut = nn.Conv2d(1, 2, 2, stride=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = self.change(x)
        return change + nn.functional.pad(self.shortcut(x), (0, 1, 0, 1))


ENCODERS = {
    "strides": [nn.Conv2d(1, 2, (3, 5), stride=(2, 1), padding=(1, 2)), nn.Conv2d(2, 1, 3)],
    "dilation": [nn.Conv2d(1, 2, 3, dilation=2, padding="same"), nn.Conv2d(2, 1, 2)],
    "pools": [
        nn.Conv2d(1, 2, 3),
        nn.MaxPool2d(3, 2, padding=1, ceil_mode=True),
        nn.ReLU(),
        nn.Conv2d(2, 1, 2),
    ],
    "residual": [Residual(), nn.GELU(), nn.BatchNorm2d(2), nn.Conv2d(2, 1, 2)],
}


class Made:
    def __init__(self, layers: list[nn.Module]) -> None:
        self.encoder = nn.Sequential(*layers, nn.Flatten())

    def build(self, input_shape, code_dim):
        decoder = nn.Sequential(nn.Linear(code_dim, 18 * 20), nn.Unflatten(1, input_shape))
        width = self.encoder(torch.zeros(1, *input_shape)).shape[1]
        return Parts(self.encoder, decoder, width)


@pytest.mark.parametrize("name", ENCODERS)
def test_boxes_are_where_the_gradient_is(name):
    X = np.random.default_rng(0).integers(0, 256, (8, 18, 20)).astype(np.uint8)
    trainer = Trainer(max_epochs=1, callbacks=())
    model = Autoencoder(2, network=Made(ENCODERS[name]), trainer=trainer, random_state=0).fit(X)
    encoder = model.network_.encoder.eval()
    layer = encoder[-2]
    field = receptive_fields(model, [layer])[layer]
    trial = encoder[:-1]
    with torch.no_grad():
        for parameter in trial.parameters():
            parameter.abs_().add_(0.1)
    # A mean in place of a maximum has a gradient everywhere that the maximum could come from.
    chain = [
        nn.AvgPool2d(3, 2, padding=1, ceil_mode=True) if isinstance(one, nn.MaxPool2d) else one
        for one in trial
    ]
    x = torch.rand(1, 1, 18, 20, requires_grad=True)
    out = nn.Sequential(*chain)(x)
    for row in range(out.shape[2]):
        for column in range(out.shape[3]):
            (gradient,) = torch.autograd.grad(out[0, 0, row, column], x, retain_graph=True)
            reached = gradient[0, 0].abs() > 0
            rows = np.flatnonzero(reached.any(dim=1))
            columns = np.flatnonzero(reached.any(dim=0))
            (top, bottom), (left, right) = field.box(row, column)
            assert (max(top, 0), min(bottom, 18)) == (rows[0], rows[-1] + 1)
            assert (max(left, 0), min(right, 20)) == (columns[0], columns[-1] + 1)


def test_large_pictures_are_shown_whole(rng):
    X = rng.integers(0, 256, (4, 6, 140)).astype(np.uint8)

    class Wide(Made):
        def build(self, input_shape, code_dim):
            decoder = nn.Sequential(nn.Linear(code_dim, 6 * 140), nn.Unflatten(1, input_shape))
            return Parts(self.encoder, decoder, 4 * 138)

    trainer = Trainer(max_epochs=1, callbacks=())
    model = Autoencoder(2, network=Wide([nn.Conv2d(1, 1, 3)]), trainer=trainer).fit(X)
    assert receptive_fields(model, [model.network_.encoder[0]]) == {}
