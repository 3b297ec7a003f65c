"""The networks of the training rows in plain torch, as one would write them from the studies' tables.

Latens is not imported: the environments of the peers do not have it.
"""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional


class SamePadded(nn.Conv2d):
    """A convolution that pads on the right and at the bottom, as Keras does for even kernels and stride 2."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        size, kernel, stride = x.shape[-1], self.kernel_size[0], self.stride[0]
        total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        before, after = total // 2, total - total // 2
        return super().forward(functional.pad(x, (before, after, before, after)))


def latent_clusters() -> tuple[nn.Sequential, nn.Sequential]:
    """Network E: encoder to 6 numbers and decoder to logits, 77,298 trained parameters."""
    encoder = nn.Sequential(
        *_convolutions(3, 1, 32, 32),
        nn.MaxPool2d(2),
        _norm(32),
        *_convolutions(3, 32, 32, 32),
        *_convolutions(2, 32, 32),
        nn.MaxPool2d(2),
        _norm(32),
        *_convolutions(2, 32, 16, 4, 1),
        nn.Flatten(),
        nn.Linear(49, 6),
        nn.ReLU(),
    )
    decoder = nn.Sequential(
        nn.Linear(6, 4),
        nn.ReLU(),
        nn.Unflatten(1, (1, 2, 2)),
        *_convolutions(2, 1, 4, 16),
        _norm(16),
        nn.Upsample(scale_factor=7),
        *_convolutions(3, 16, 32, 32, 32),
        _norm(32),
        nn.Upsample(scale_factor=2),
        *_convolutions(3, 32, 32, 32),
        nn.Conv2d(32, 1, 3, padding=1),
    )
    return encoder, decoder


def fashion_features() -> tuple[nn.Sequential, nn.Sequential]:
    """Network A: encoder to 10 numbers and decoder to logits, 22,475 trained parameters."""
    encoder = nn.Sequential(
        *_stage(SamePadded(1, 32, 3, stride=2)),
        *_stage(SamePadded(32, 16, 3, stride=2)),
        *_stage(SamePadded(16, 16, 3, stride=2)),
        nn.Flatten(),
        nn.Linear(256, 10),
        nn.ReLU(),
    )
    decoder = nn.Sequential(
        nn.Linear(10, 256),
        nn.ReLU(),
        nn.Unflatten(1, (16, 4, 4)),
        *_stage(nn.Conv2d(16, 16, 3, padding=1)),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        *_stage(nn.Conv2d(16, 16, 3, padding=1)),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        *_stage(nn.Conv2d(16, 32, 3)),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Conv2d(32, 1, 3, padding=1),
    )
    return encoder, decoder


class Residual(nn.Module):
    """The input plus a change to it: twice norm, ReLU and a convolution."""

    def __init__(self, n_in: int, n_out: int, stride: int = 1) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.GroupNorm(8, n_in),
            nn.ReLU(),
            nn.Conv2d(n_in, n_out, 3, stride, padding=1),
            nn.GroupNorm(8, n_out),
            nn.ReLU(),
            nn.Conv2d(n_out, n_out, 3, padding=1),
        )
        self.shortcut = nn.Conv2d(n_in, n_out, 1, stride)
        if n_in == n_out and stride == 1:
            self.shortcut = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.shortcut(x) + self.change(x)


def resnet(code: int) -> tuple[nn.Sequential, nn.Sequential]:
    """A residual network for 32x32 pictures in color: three stages of 32, 64 and 128 channels, and back."""
    down = [(32, 32), (32, 64), (64, 128)]
    encoder = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        *(Residual(n_in, n_out, stride=2) for n_in, n_out in down),
        nn.GroupNorm(8, 128),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(2048, code),
    )
    up = [
        layer
        for n_out, n_in in reversed(down)
        for layer in (nn.Upsample(scale_factor=2), Residual(n_in, n_out))
    ]
    decoder = nn.Sequential(
        nn.Linear(code, 2048),
        nn.Unflatten(1, (128, 4, 4)),
        *up,
        nn.GroupNorm(8, 32),
        nn.ReLU(),
        nn.Conv2d(32, 3, 3, padding=1),
    )
    return encoder, decoder


def dense(hidden: list[int], code: int) -> tuple[nn.Sequential, nn.Sequential]:
    """A fully connected network for 784 values."""
    up, down = [784, *hidden, code], [code, *reversed(hidden), 784]
    return nn.Sequential(nn.Flatten(), *_dense(up)), nn.Sequential(
        *_dense(down), nn.Unflatten(1, (1, 28, 28))
    )


def network(settings: dict) -> tuple[nn.Sequential, nn.Sequential]:
    """The network that a row names."""
    if settings["network"] == "dense":
        return dense(settings["hidden"], settings["code"])
    if settings["network"] == "resnet":
        return resnet(settings["code"])
    return {"latent_clusters": latent_clusters, "fashion_features": fashion_features}[
        settings["network"]
    ]()


def operations(settings: dict) -> float:
    """Multiplications and additions that a row's network takes for an image as it is written, there and back.

    The way back takes twice those of the way there; rewriting layers lowers what is done, not this number.
    """
    counted: list[int] = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        assert isinstance(layer, nn.Conv2d | nn.Linear)
        places = output[0, 0].numel() if isinstance(layer, nn.Conv2d) else 1
        counted.append(2 * places * layer.weight.numel())

    together = nn.Sequential(*network(settings)).eval()
    for layer in together.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    with torch.no_grad():
        together(torch.rand(1, *shape(settings)))
    return 3.0 * sum(counted)


def shape(settings: dict) -> tuple[int, int, int]:
    """Channels, height and width of a row's images."""
    return (3, 32, 32) if settings["network"] == "resnet" else (1, 28, 28)


def images(settings: dict) -> torch.Tensor:
    """Random images; how long a step takes does not depend on what they show."""
    generator = torch.Generator().manual_seed(0)
    size = (settings["images"], *shape(settings))
    return torch.randint(0, 256, size, generator=generator, dtype=torch.uint8)


def _convolutions(kernel: int, *channels: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(channels):
        is_even = kernel % 2 == 0
        convolution = (
            SamePadded(n_in, n_out, kernel)
            if is_even
            else nn.Conv2d(n_in, n_out, kernel, padding=kernel // 2)
        )
        layers += [convolution, nn.ReLU()]
    return layers


def _stage(convolution: nn.Module) -> list[nn.Module]:
    return [convolution, nn.ReLU(), _norm(convolution.out_channels)]


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def _dense(sizes: list[int]) -> list[nn.Module]:
    layers = [
        layer for n_in, n_out in pairwise(sizes) for layer in (nn.Linear(n_in, n_out), nn.ReLU())
    ]
    return layers[:-1]
