"""A step of any kind stays on one device, and never asks for a number before it has to.

Tensors of the device "meta" have shapes and no values: whatever mixes devices, or makes the host wait for the
values of a batch, ends in an error. So this is seen where there is no GPU.
"""

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from latens import models
from latens.data.scaling import fit_scaling
from latens.networks import (
    MLP,
    ConvNet,
    FashionFeaturesNet,
    LatentClustersNet,
    NetworkFactory,
    ResNet,
    ViT,
)
from latens.objectives import Batch

SPARSE = {"topk": 4, "batch_topk": 4, "jumprelu": 4}
CASES = [
    *((name, {}) for name in models.__all__),
    *(("SparseAutoencoder", {"penalty": penalty, "k": k}) for penalty, k in SPARSE.items()),
    ("SparseAutoencoder", {"penalty": "kl"}),
    ("VAE", {"n_draws": 3}),
    ("Autoencoder", {"reconstruction": "ssim"}),
    *(("VAE", {"network": one}) for one in (ConvNet(), ResNet(), ViT(), LatentClustersNet())),
    ("Autoencoder", {"network": FashionFeaturesNet(), "latent_dim": 10}),
    ("MaskedAutoencoder", {"network": ViT()}),
]


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_a_step_mixes_no_devices_and_waits_for_no_value(name, parameters, digits, monkeypatch):
    usual: NetworkFactory = MLP((16,))
    model = getattr(models, name)(**{"latent_dim": 6, "network": usual, **parameters})
    X = np.pad(digits[:32], [(0, 0), (10, 10), (10, 10)])
    y = np.arange(32) % 3
    X, labels = model._validate(X, reset=True), model._labels(y, len(X))
    model.seed_, model.scaling_ = 0, fit_scaling(X)
    network, objective = model._network(model._parts()), model._objective()
    torch.nn.ModuleList([network, objective]).to("meta").train()
    whole = torch.autocast
    # The one thing that this device does not have.
    monkeypatch.setattr(
        torch,
        "autocast",
        lambda at, *more, **i: nullcontext() if at == "meta" else whole(at, *more, **i),
    )
    numbers = torch.arange(32, device="meta")
    batch = Batch(
        torch.empty(32, 1, 28, 28, device="meta"), numbers, None if labels is None else numbers, 0.5
    )
    phases = objective.phases(network)
    assert phases
    for phase in phases:
        losses = phase.loss(network, batch)
        losses.total.backward()
        if phase.after is not None:
            phase.after()
        assert losses.total.device.type == "meta"
