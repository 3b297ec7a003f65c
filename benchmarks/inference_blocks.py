"""Images and rows through networks, per second, by how many go at once and who keeps the memory.

    python benchmarks/inference_blocks.py

Decides the sizes of blocks in `training/inference.py`; the table is in docs/developers/decisions.md.
"""

import time
from contextlib import nullcontext
from math import prod

import torch

from latens.networks import (
    MLP,
    ConvNet,
    Deterministic,
    LatentClustersNet,
    MnistReductionNet,
    Network,
)
from latens.training.memory import malloc_tuning

CASES = (
    ("network C", MnistReductionNet(), (1, 28, 28), 49, 2_000),
    ("network E", LatentClustersNet(), (1, 28, 28), 6, 4_000),
    ("ConvNet", ConvNet(), (1, 28, 28), 10, 4_000),
    ("MLP, images", MLP((1024, 512)), (1, 28, 28), 10, 20_000),
    ("MLP, table", MLP((1024, 512)), (784,), 10, 20_000),
)
EXPONENTS = (22, 20, 19, 18, 17)


def main() -> None:
    print("| network | memory |", *(f"2^{e} |" for e in EXPONENTS))
    print("|---|---|" + "---|" * len(EXPONENTS))
    for name, factory, shape, code_dim, n in CASES:
        parts = factory.build(shape, code_dim)
        network = Network(parts, Deterministic(parts, code_dim), bounded=True).eval()
        network.to(memory_format=torch.channels_last)
        x = torch.rand(n, *shape)
        for words, memory in (("as it is", nullcontext), ("kept", malloc_tuning)):
            with torch.inference_mode(), memory():
                rates = [rate(network, x, max(16, 2**e // prod(shape))) for e in EXPONENTS]
            print(f"| {name} | {words} |", *(f"{value:,.0f} |" for value in rates), flush=True)


def rate(network: Network, x: torch.Tensor, block: int) -> float:
    """Samples per second, the better of two times."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        for some in x.split(block):
            network.reconstruct(some)
        seconds.append(time.perf_counter() - start)
    return len(x) / min(seconds)


if __name__ == "__main__":
    main()
