"""What the optimizers are made with."""

import pytest
import torch
from torch import nn

from latens.training.optimizers import Optimization


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd"])
@pytest.mark.parametrize(
    ("devices", "is_fused"), [(["cpu"], True), (["meta"], False), (["cpu", "meta"], False)]
)
def test_one_kernel_updates_all_parameters_where_their_devices_have_it(name, devices, is_fused):
    parameters = [nn.Parameter(torch.zeros(2, device=device)) for device in devices]
    optimizer = Optimization(name, weight_decay=0.0, epsilon=1e-8).optimizer(parameters, 0.1)
    assert optimizer.param_groups[0]["fused"] is is_fused
