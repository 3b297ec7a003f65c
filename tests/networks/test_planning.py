"""Weights are held against a description before it is carried out."""

from threading import Thread

import numpy as np
import pytest
import torch
from torch import nn

from latens import networks
from latens.networks import MLP, ConvNet, ResNet, ViT
from latens.networks.denoising import DenoisingUNet
from latens.networks.planning import check_plan, load_weights

IMAGE = (1, 28, 28)
FACTORIES = {
    "MLP": (MLP((8, 4)), IMAGE, 3),
    "ConvNet": (ConvNet((4, 4)), IMAGE, 3),
    "ConvNet of odd sides": (ConvNet((4, 4)), (3, 27, 21), 3),
    "transposed": (ConvNet((4, 4), upsampling="transposed"), IMAGE, 3),
    "unpool": (ConvNet((4, 4), downsampling="maxpool", upsampling="unpool"), IMAGE, 3),
    "ResNet": (ResNet((4, 8), blocks=2), IMAGE, 3),
    "ViT": (ViT(dim=8), IMAGE, 3),
    "CifarSparseNet": (networks.CifarSparseNet(), (1, 32, 32), 64),
    "FashionFeaturesNet": (networks.FashionFeaturesNet(), IMAGE, 10),
    "LatentClustersNet": (networks.LatentClustersNet(), IMAGE, 6),
    "MnistReductionNet": (networks.MnistReductionNet(), IMAGE, 49),
}


def weights_of(module):
    return {name: value.numpy().copy() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("name", FACTORIES)
def test_every_network_is_planned_as_it_is_made(name):
    factory, shape, code = FACTORIES[name]

    def make():
        parts = factory.build(shape, code)
        return nn.ModuleList([parts.encoder, parts.decoder, parts.head or nn.Identity()])

    module = make()
    check_plan(make, weights_of(module))
    assert not any(value.is_meta for value in module.buffers())
    load_weights(module, {name: value + 1 for name, value in weights_of(make()).items()})
    assert not module.training


def test_the_network_of_denoisers_is_planned_as_it_is_made():
    def make():
        return DenoisingUNet((4, 8)).build(2, 1)

    check_plan(make, weights_of(make()))


def test_other_weights_are_refused():
    whole = weights_of(nn.Linear(3, 2))
    for change, words in (
        ({"weight": whole["weight"]}, "'bias' is missing"),
        (whole | {"more": np.zeros(1)}, "'more' belongs to no layer"),
        (whole | {"weight": np.zeros((3, 2))}, r"has shape \(3, 2\), not \(2, 3\)"),
        (whole | {"bias": np.zeros(2, np.int64)}, "is of int64, not float32"),
        (whole | {"bias": np.zeros(2, np.float16)}, "is of float16, not float32"),
    ):
        with pytest.raises(ValueError, match=words):
            check_plan(lambda: nn.Linear(3, 2), change)
    check_plan(lambda: nn.Linear(3, 2), {name: part.astype(float) for name, part in whole.items()})


def test_a_plan_goes_no_further_than_the_weights():
    made = []

    def endless():
        while True:
            made.append(nn.Linear(10**6, 10**6))

    with pytest.raises(ValueError, match="more layers than there are weights"):
        check_plan(endless, {})
    assert len(made) < 100


def test_other_threads_make_what_they_like():
    def make():
        other = Thread(
            target=lambda: made.append(nn.Sequential(*map(nn.Linear, [2] * 99, [2] * 99)))
        )
        other.start()
        other.join()
        return nn.Linear(2, 2)

    made = []
    check_plan(make, weights_of(nn.Linear(2, 2)))
    assert len(made[0]) == 99
    assert not made[0][0].weight.is_meta
    nn.Sequential(*[nn.Linear(2, 2) for _ in range(200)])  # the bound has gone
    assert torch.empty(1).device.type == "cpu"
