"""From a saved model to a decoder that travels, or to the reason why it cannot."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from latens.exceptions import LatensError
from latens.explorer.exploration import Decoder
from latens.explorer.layers import UnknownLayer, describe
from latens.explorer.weights import PRECISIONS, Precision, pack, unpack
from latens.models.base import BaseAutoencoder
from latens.models.persistence import load_model

__all__ = ["Reading", "decoder_of", "read_decoder"]

# Half a step of an 8-bit display, on average: nobody sees it, and the promise of a whole step has room.
_ALLOWED = 0.5 / 255
_TRIED_CODES = 64


@dataclass(frozen=True, eq=False)
class Reading:
    """A decoder, or the reason why there is none; and the numbers that it takes."""

    decoder: Decoder | None
    why_not: str
    numbers: int = 0


def read_decoder(path: Path, codes: np.ndarray, *, most_numbers: int) -> Reading:
    """Read the decoder of a saved model.

    Parameters
    ----------
    path : Path
        The folder of the model.
    codes : ndarray of shape (n, latent_dim)
        Codes that it should decode well.
    most_numbers : int
        How many weights it may have.
    """
    try:
        model = load_model(path, device="cpu")
        return decoder_of(model, codes, most_numbers=most_numbers)
    except UnknownLayer as reason:
        return _refused(f"its decoder cannot run in the page: {reason}.")
    except LatensError as error:
        return _refused(f"its model cannot be read. {error}")


def decoder_of(model: BaseAutoencoder, codes: np.ndarray, *, most_numbers: int) -> Reading:
    """Return the decoder of a fitted model, in as few bits as its output allows.

    Raises
    ------
    UnknownLayer
        If the page has no counterpart of one of its layers.
    """
    network = model.network_.eval()
    modules = nn.Sequential(network.decoder, network.output)
    numbers = sum(parameter.numel() for parameter in modules.parameters())
    if numbers > most_numbers:
        return _refused(
            f"its decoder has {numbers:,} weights, more than there is room for in this page. "
            "`latens explore RUN` has more room."
        )
    layers = describe(modules)
    tried = _some(codes)
    if not np.isfinite(tried).all():
        return _refused("some of its codes are not finite.")
    if not _decodes_alone(model, modules, tried):
        return _refused("it decodes with more than the dimensions of the code.")
    precision, error = _best_precision(modules, tried)
    if not np.isfinite(error):
        return _refused("what it decodes are no numbers.")
    scaling = model.scaling_
    offset, scale = scaling.offset, scaling.scale
    # Of series there is one for each channel; the page wants one for each value.
    if scaling.bounded and offset.ndim:
        offset = np.broadcast_to(offset, model.input_shape_).ravel()
        scale = np.broadcast_to(scale, model.input_shape_).ravel()
    decoder = Decoder(
        layers, precision, error, offset, scale, bounded=scaling.bounded, tail=scaling.tail
    )
    return Reading(decoder, "", numbers)


def _refused(reason: str) -> Reading:
    return Reading(None, f"No live decoding here, as {reason}")


def _some(codes: np.ndarray) -> np.ndarray:
    places = np.linspace(0, len(codes) - 1, min(_TRIED_CODES, len(codes))).astype(int)
    return np.asarray(codes[places])


def _decodes_alone(model: BaseAutoencoder, modules: nn.Module, codes: np.ndarray) -> bool:
    """Whether the two modules are all there is to `inverse_transform`."""
    try:
        decoded = model.unscaled(_run(modules, codes))
    except RuntimeError:  # the decoder wants a code of another size
        return False
    return bool(np.allclose(decoded, model.inverse_transform(codes), rtol=1e-3, atol=1e-4))


def _best_precision(modules: nn.Module, codes: np.ndarray) -> tuple[Precision, float]:
    """The fewest bits whose effect on the output is small enough, and how large it is."""
    exact = _run(modules, codes)
    for precision in PRECISIONS:
        error = float(np.abs(_run(_rounded(modules, precision), codes) - exact).mean())
        if error <= _ALLOWED:
            break
    return precision, error


def _rounded(modules: nn.Module, precision: Precision) -> nn.Module:
    """The same modules with the weights that the page will have."""
    rounded = deepcopy(modules)
    for part in rounded.modules():
        if isinstance(part, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            weight = unpack(pack(part.weight.detach().float().numpy(), precision))
            part.weight.data = torch.from_numpy(weight).to(part.weight.dtype)
    return rounded


@torch.no_grad()
def _run(modules: nn.Module, codes: np.ndarray) -> np.ndarray:
    weight: Tensor = next(modules.parameters(), torch.zeros(1))
    decoded: np.ndarray = modules(torch.tensor(codes, dtype=weight.dtype)).numpy()
    return decoded
