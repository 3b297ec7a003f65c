"""A bare loop in plain torch: fused optimizer, data in memory, nothing else."""

import time
from collections.abc import Callable
from typing import Any

import torch
from peers import plain_networks
from torch import nn
from torch.nn import functional


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = nn.Sequential(*plain_networks.network(settings)).to(device)
    network = network.to(memory_format=torch.channels_last).train()
    x = plain_networks.images(settings).to(device) / 255
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    loss_of = (
        functional.binary_cross_entropy_with_logits
        if settings["loss"] == "bce"
        else lambda logits, target: functional.mse_loss(logits.sigmoid(), target)
    )
    operations = plain_networks.operations(settings)

    def epoch() -> None:
        order = torch.randperm(len(x), device=device)
        for rows in order.split(settings["batch"]):
            batch = x[rows]
            loss = loss_of(network(batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        loss.item()

    def run() -> dict[str, float]:
        start = time.perf_counter()
        epoch()
        seconds = time.perf_counter() - start
        rate = len(x) / seconds
        return {"seconds": seconds, "images/s": rate, "GFLOP/s": rate * operations / 1e9}

    run()  # memory and kernels
    return run
