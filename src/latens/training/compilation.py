"""Compiling the forward pass of a network, where a training is long enough to repay it."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from latens._draws import seeded_alone
from latens.networks import Network

__all__ = ["compiled"]


@contextmanager
def compiled(
    network: Network, trial: Callable[[], torch.Tensor], *, wanted: bool
) -> Iterator[str | None]:
    """Use a compiled forward pass inside, or the ordinary one where it cannot be compiled.

    Compilers fail in many ways, some of them in the backward pass alone: there may be no C++ compiler,
    no Triton, or a fault in a kernel. So one step is tried first; network and random numbers are then as
    before.

    Parameters
    ----------
    network : Network
    trial : callable
        Computes the loss of one batch.
    wanted : bool
        Whether to try at all.

    Yields
    ------
    str or None
        Why the network is not compiled although it was wanted.
    """
    try:
        yield _compile(network, trial) if wanted else None
    finally:
        network._compiled_call_impl = None  # torch has no public way back


def _compile(network: Network, trial: Callable[[], torch.Tensor]) -> str | None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    try:
        with seeded_alone(None), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a compiler says is for its authors
            network.compile()
            trial().backward()
    except Exception as error:  # noqa: BLE001 (whatever a compiler raises, it is not needed)
        network._compiled_call_impl = None
        reason = (str(error).strip().splitlines() or [""])[0]
        return f"torch.compile failed, so the network was not compiled: {type(error).__name__}: {reason}"
    finally:
        network.zero_grad(set_to_none=True)
        network.load_state_dict(before)
    return None
