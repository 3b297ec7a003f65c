"""Which device computes: a name from the user to a torch device that is really there."""

from typing import TYPE_CHECKING

from latens.exceptions import ParameterError

if TYPE_CHECKING:
    import torch

__all__ = ["resolve_device", "resolve_exact_device"]


def resolve_device(name: str = "auto") -> "torch.device":
    """Return the torch device for a name.

    Parameters
    ----------
    name : str, default="auto"
        "auto" takes the first CUDA device, else Apple's MPS, else the CPU; otherwise a torch device
        name such as "cpu", "cuda", "cuda:1" or "mps".

    Raises
    ------
    ParameterError
        If the name is no device, or its hardware is not on this machine.

    Examples
    --------
    >>> resolve_device("cpu")
    device(type='cpu')
    """
    import torch

    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if present[kind]))
    kind, _, number = name.partition(":")
    if kind not in present or (number and not number.isdecimal()):
        raise ParameterError(
            f"The device must be 'auto', 'cpu', 'cuda', 'cuda:N' or 'mps'. Got {name!r} instead."
        )
    if not present[kind]:
        here = ", ".join(repr(kind) for kind, is_here in present.items() if is_here)
        raise ParameterError(
            f"The device {name!r} is not on this machine. Use one of: 'auto', {here}."
        )
    if number and kind == "cuda" and int(number) >= torch.cuda.device_count():
        raise ParameterError(
            f"The device {name!r} is not on this machine, "
            f"which has {torch.cuda.device_count()} CUDA device(s)."
        )
    return torch.device(name)


def resolve_exact_device(name: str, owner: str) -> "torch.device":
    """Return the torch device for a name, of those that have float64; Apple's MPS has not.

    Parameters
    ----------
    name : str
        As in `resolve_device`; "auto" is the CPU on a machine whose only other device is MPS.
    owner : str
        What has the parameter 'device', for errors.

    Raises
    ------
    ParameterError
        If the name is no device, its hardware is not on this machine, or it lacks float64.

    Examples
    --------
    >>> resolve_exact_device("cpu", "KMeans")
    device(type='cpu')
    """
    device = resolve_device(name)
    if device.type != "mps":
        return device
    if name != "auto":
        raise ParameterError(
            f"The 'device' parameter of {owner} must be 'auto', 'cpu', 'cuda' or 'cuda:N', "
            f"which have float64. Got {name!r} instead."
        )
    return resolve_device("cpu")
