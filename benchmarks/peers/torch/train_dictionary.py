"""A bare loop in plain torch: a dictionary with batch top-k, fused optimizer, rows from a mapped file."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peers.activations import mapped_activations
from torch import nn
from torch.nn import functional


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    torch.manual_seed(0)
    folder = tempfile.TemporaryDirectory()
    X = mapped_activations(Path(folder.name), settings["rows"], settings["features"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    some = torch.from_numpy(np.array(X[:5000]))
    mean, spread = some.mean(0).to(device), some.std().to(device)
    encoder = nn.Linear(settings["features"], settings["units"], device=device)
    decoder = nn.Linear(settings["units"], settings["features"], device=device)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3, fused=True)
    wanted = settings["active"] * settings["batch"]

    def epoch() -> None:
        order = torch.randperm(len(X))
        for rows in order.split(settings["batch"]):
            x = (torch.from_numpy(X[rows.numpy()]).to(device) - mean) / spread
            before = encoder(x)
            least = before.detach().flatten().topk(min(wanted, before.numel())).values[-1]
            z = torch.where(before >= least, before.clamp(min=0), 0.0)
            loss = functional.mse_loss(decoder(z), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                decoder.weight.div_(decoder.weight.norm(dim=0, keepdim=True))
        loss.item()

    def run(_: tempfile.TemporaryDirectory[str] = folder) -> dict[str, float]:
        start = time.perf_counter()
        epoch()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "rows/s": len(X) / seconds}

    return run
