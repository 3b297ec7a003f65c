"""What modules would be, before memory is taken for them: whether they fit, and fit the weights in a file."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import get_ident

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks

from latens._memory import check_memory
from latens.exceptions import LatensError, ParameterError

__all__ = ["check_plan", "check_room", "load_weights", "weights_of"]

Weights = Mapping[str, np.ndarray]

# Parameters and buffers that may be made beside those in the file: some layers are made and left out.
_UNWRITTEN = 100
# Of a network that is to be trained; the deepest that are published have a tenth.
_MOST_WEIGHTS = 10_000
# Float32 weights, their gradients, two moments of Adam, and the best weights so far.
_BYTES = 5 * 4


def check_room(make: Callable[[], nn.Module], owner: str) -> None:
    """Refuse modules that could not be trained in the memory that is available, without making these.

    Parameters
    ----------
    make : callable
        Makes the modules. Where it cannot do so without memory, as code of a user's own may not, nothing is
        refused.
    owner : str
        What they are of, for the error.

    Raises
    ------
    ParameterError
        If they are too many or too large.
    """
    try:
        with torch.device("meta"), _at_most(_MOST_WEIGHTS):
            modules = make()
    except LatensError:
        raise
    except TooManyWeights as error:
        raise ParameterError(
            f"The network of {owner} would have more than {_MOST_WEIGHTS:,} layers. Make it less deep."
        ) from error
    except Exception:  # noqa: BLE001 (whatever the code of a user's own raises)
        return
    numbers = sum(weight.numel() for weight in modules.parameters())
    where = f"The training of {owner}, with {numbers:,} parameters,"
    check_memory(_BYTES * numbers, where, failure=ParameterError)


def check_plan(make: Callable[[], nn.Module], weights: Weights) -> None:
    """Refuse weights that are not those of the modules, without making these.

    A description of a few bytes can ask for any number of layers of any size. So it is carried out without
    memory, and no further than the weights go.

    Parameters
    ----------
    make : callable
        Makes the modules.
    weights : mapping of str to ndarray
        What their `state_dict` should hold.

    Raises
    ------
    ValueError
        If a name, shape or type differs.
    """
    # At most one buffer that is not written goes with two weights.
    with torch.device("meta"), _at_most(len(weights) + len(weights) // 2 + _UNWRITTEN):
        planned: dict[str, Tensor] = make().state_dict()
    different = planned.keys() ^ weights.keys()
    if different:
        name = min(different)
        where = "is missing" if name in planned else "belongs to no layer"
        raise ValueError(f"the tensor '{name}' {where}")
    for name, plan in planned.items():
        _check_alike(name, plan, weights[name])


def weights_of(modules: nn.Module) -> dict[str, np.ndarray]:
    """Return the weights of modules as arrays, which `load_weights` takes back."""
    state = modules.state_dict()
    return {name: values.detach().cpu().numpy().copy() for name, values in state.items()}


def load_weights(modules: nn.Module, weights: Weights) -> None:
    """Copy weights into modules, and let these be used.

    Raises
    ------
    RuntimeError
        If a name or shape differs.
    """
    # In memory of its own: what was read may lie anywhere in it, and torch warns of what it must not write.
    modules.load_state_dict({name: torch.tensor(values) for name, values in weights.items()})
    modules.eval()


def _check_alike(name: str, plan: Tensor, values: np.ndarray) -> None:
    if tuple(plan.shape) != values.shape:
        raise ValueError(f"the tensor '{name}' has shape {values.shape}, not {tuple(plan.shape)}")
    # A training in float64 leaves weights of that type, and networks are made in float32.
    kinds = ("float32", "float64") if plan.is_floating_point() else (str(plan.dtype)[6:],)
    if values.dtype.name not in kinds:
        raise ValueError(f"the tensor '{name}' is of {values.dtype}, not {kinds[0]}")


class TooManyWeights(ValueError):
    """More parameters and buffers than were expected."""


@contextmanager
def _at_most(number: int) -> Iterator[None]:
    """Let no more than this many parameters and buffers be made by this thread."""
    thread, made = get_ident(), 0

    def count(*_: object) -> None:
        nonlocal made
        made += get_ident() == thread
        if made > number:
            raise TooManyWeights("its description has more layers than there are weights")

    handles = [
        hooks.register_module_parameter_registration_hook(count),
        hooks.register_module_buffer_registration_hook(count),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
