"""A network over all rows of data, a block at a time, in constant memory."""

from collections.abc import Callable
from contextlib import nullcontext
from math import prod

import numpy as np
import torch
from torch import Tensor

from latens._torch_state import plain_torch
from latens.networks import Network
from latens.training.memory import malloc_tuning
from latens.training.samples import DeviceSamples

__all__ = ["encode_rows", "map_rows"]

# Values per block: enough to keep matrix products busy, and of images so few that what a convolutional
# network makes of them, 30 to 100 times as much, stays small.
_TABLE_VALUES, _IMAGE_VALUES = 2**22, 2**19
_FEW_BLOCKS = 2  # take up no memory again that would be worth the search for what to give back


@plain_torch()
def map_rows(
    function: Callable[[Tensor], Tensor], samples: DeviceSamples, shape: tuple[int, ...]
) -> np.ndarray:
    """Apply a function to all rows in order.

    Parameters
    ----------
    function : callable
        From a tensor of scaled rows (batch, *input_shape) to a tensor (batch, ...).
    samples : DeviceSamples
    shape : tuple of int
        The shape of one sample as the network sees it; decides the size of a block.

    Returns
    -------
    ndarray of shape (n_samples, ...)
    """
    values = _IMAGE_VALUES if len(shape) > 1 else _TABLE_VALUES
    block = max(16, values // max(1, prod(shape)))
    result: np.ndarray | None = None
    # Same result either way: memory kept or not.
    memory = malloc_tuning() if len(samples) > _FEW_BLOCKS * block else nullcontext()
    with torch.inference_mode(), memory:
        for start in range(0, len(samples), block):
            part = function(samples.rows(start, start + block)).cpu().numpy()
            if result is None:
                result = np.empty((len(samples), *part.shape[1:]), dtype=part.dtype)
            result[start : start + len(part)] = part
    assert result is not None, "samples are never empty"
    return result


def encode_rows(network: Network, samples: DeviceSamples, shape: tuple[int, ...]) -> np.ndarray:
    """Return the codes of all rows, shape (n_samples, latent_dim): means, never draws."""
    network.eval()
    return map_rows(lambda x: network.encode(x).mean, samples, shape)
