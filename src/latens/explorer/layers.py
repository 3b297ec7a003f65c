"""A decoder as a list of layers: numbers and names instead of modules.

The page has a function of the same name for each operation (`page/decode/operations.js`). A module that
has none here is refused with the reason, never approximated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from latens.networks.bottlenecks.dense import Rectifier
from latens.networks.layers.bilinear import BilinearConvolution, BilinearUpsample
from latens.networks.layers.column_output import ColumnOutput
from latens.networks.layers.conditioned import Conditioned
from latens.networks.layers.output_convolution import OutputConvolution
from latens.networks.layers.patches import JoinPatches
from latens.networks.layers.standardize import AddMean
from latens.networks.layers.unpooling import Unpool
from latens.networks.layers.upsampling import Resize, UpsampleConvolution
from latens.networks.published.keras_layers import SamePadding
from latens.networks.resnet import ResidualBlock
from latens.networks.vit import TransformerBlock

__all__ = ["Layer", "UnknownLayer", "describe"]

Layers = tuple["Layer", ...]


class UnknownLayer(Exception):
    """A module that the page has no operation for; the message ends the sentence "because ..."."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One operation.

    Attributes
    ----------
    op : str
    settings : mapping of str to number, str or list of numbers
    tensors : mapping of str to ndarray, float32
        "weight" is the one that is quantized.
    branches : tuple of tuple of Layer
        Of an operation that joins what several lists of layers make of its input.
    """

    op: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict)
    branches: tuple[Layers, ...] = ()


def describe(module: nn.Module) -> Layers:
    """Return the layers of a module, as it computes when it does not train.

    Parameters
    ----------
    module : Module

    Raises
    ------
    UnknownLayer
        If a part of it has no counterpart. Parts are known by their exact class, as a subclass may
        compute something else.

    Examples
    --------
    >>> [layer.op for layer in describe(nn.Sequential(nn.Linear(2, 3), nn.Dropout(), nn.Tanh()))]
    ['linear', 'tanh']
    """
    known = _DESCRIPTIONS.get(type(module))
    if known is None:
        raise UnknownLayer(f"the page has no counterpart of its layer {type(module).__name__}")
    return known(module)


def _layer(op: str, *branches: Layers, **settings: Any) -> Layers:
    return (Layer(op, settings, branches=branches),)


def _plain(op: str) -> Callable[[Any], Layers]:
    """The description of a module that has neither settings nor weights."""
    return lambda module: _layer(op)


def _nothing(module: nn.Module) -> Layers:
    return ()


def _sequential(module: nn.Sequential) -> Layers:
    return tuple(layer for part in module for layer in describe(part))


def _array(tensor: torch.Tensor) -> np.ndarray:
    array: np.ndarray = tensor.detach().cpu().float().numpy()
    return array


def _weighted(module: Any, op: str, **settings: Any) -> Layers:
    tensors = {"weight": _array(module.weight)}
    if module.bias is not None:
        tensors["bias"] = _array(module.bias)
    return (Layer(op, settings, tensors),)


def _linear(module: nn.Linear) -> Layers:
    return _weighted(module, "linear")


def _pair(value: Any) -> list[int]:
    return [int(one) for one in value] if isinstance(value, tuple) else [int(value)] * 2


def _convolution_settings(module: Any) -> dict[str, Any]:
    if module.padding_mode != "zeros" or isinstance(module.padding, str):
        raise UnknownLayer(f"one of its convolutions pads in the way {module.padding_mode!r}")
    return {
        "kernel": _pair(module.kernel_size),
        "stride": _pair(module.stride),
        "padding": _pair(module.padding),
        "dilation": _pair(module.dilation),
        "groups": module.groups,
    }


def _conv2d(module: nn.Conv2d) -> Layers:
    return _weighted(module, "conv2d", **_convolution_settings(module))


def _conv_transpose2d(module: nn.ConvTranspose2d) -> Layers:
    more = _pair(module.output_padding)
    return _weighted(
        module, "conv_transpose2d", output_padding=more, **_convolution_settings(module)
    )


def _batch_norm(module: Any) -> Layers:
    """Outside of training, a multiplication and an addition for each channel."""
    if module.running_mean is None:
        raise UnknownLayer("one of its batch normalizations keeps no running statistics")
    scale = (module.running_var + module.eps).rsqrt()
    scale = scale if module.weight is None else scale * module.weight
    shift = -module.running_mean * scale
    shift = shift if module.bias is None else shift + module.bias
    return (Layer("affine", {}, {"scale": _array(scale), "shift": _array(shift)}),)


def _normalization(module: Any, op: str, **settings: Any) -> Layers:
    """A normalization with a scale and a shift for each channel."""
    tensors = {}
    if module.weight is not None:
        tensors["scale"] = _array(module.weight)
    if module.bias is not None:
        tensors["shift"] = _array(module.bias)
    return (Layer(op, {"eps": module.eps, **settings}, tensors),)


def _group_norm(module: nn.GroupNorm) -> Layers:
    return _normalization(module, "group_norm", groups=module.num_groups)


def _layer_norm(module: nn.LayerNorm) -> Layers:
    if len(module.normalized_shape) != 1:
        raise UnknownLayer("one of its layer normalizations spans more than one axis")
    return _normalization(module, "layer_norm")


def _upsample(module: nn.Upsample) -> Layers:
    if module.mode not in ("nearest", "bilinear"):
        raise UnknownLayer(f"it upsamples in the mode {module.mode!r}")
    if module.size is not None:
        return _layer(module.mode, size=_pair(module.size), corners=bool(module.align_corners))
    factor = module.scale_factor
    factors = list(factor) if isinstance(factor, tuple) else [factor] * 2
    return _layer(module.mode, factor=factors, corners=bool(module.align_corners))


def _unflatten(module: nn.Unflatten) -> Layers:
    if module.dim != 1:
        raise UnknownLayer("it unflattens another axis than the first")
    return _layer("reshape", sides=[int(side) for side in module.unflattened_size])


def _flatten(module: nn.Flatten) -> Layers:
    if (module.start_dim, module.end_dim) != (1, -1):
        raise UnknownLayer("it flattens some of its axes only")
    return _layer("reshape", sides=[-1])


def _add_mean(module: AddMean) -> Layers:
    return (Layer("add", {}, {"values": _array(module.mean).ravel()}),)


def _residual(module: ResidualBlock) -> Layers:
    return _layer("sum", describe(module.shortcut), describe(module.change))


def _conditioned(module: Conditioned) -> Layers:
    """Zeros stand for no class: a product with a matrix that copies the code and leaves the rest 0."""
    width = module.latent_dim + module.n_classes
    copies = np.eye(width, module.latent_dim, dtype=np.float32)
    return (Layer("linear", {}, {"weight": copies}), *describe(module.decoder))


def _transformer_block(module: TransformerBlock) -> Layers:
    attention = _layer("attention", heads=module.heads)
    change = (
        *describe(module.before_attention),
        *describe(module.asks),
        *attention,
        *describe(module.answers),
    )
    return (*_layer("sum", (), change), *_layer("sum", (), describe(module.dense)))


def _join_patches(module: JoinPatches) -> Layers:
    return _layer(
        "join_patches",
        shape=list(module.shape),
        side=module.side,
        rows=module.rows,
        columns=module.columns,
    )


def _column_output(module: ColumnOutput) -> Layers:
    groups = module.groups
    tensors = {name: _array(getattr(groups, name)) for name in ("base", "offset", "scale")}
    return (Layer("levels", {"groups": groups.lists}, tensors),) if len(groups.members) else ()


_DESCRIPTIONS: dict[type[nn.Module], Callable[[Any], Layers]] = {
    nn.Sequential: _sequential,
    nn.Identity: _nothing,
    nn.Dropout: _nothing,
    nn.Dropout2d: _nothing,
    nn.Linear: _linear,
    nn.Conv2d: _conv2d,
    nn.ConvTranspose2d: _conv_transpose2d,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.GroupNorm: _group_norm,
    nn.LayerNorm: _layer_norm,
    nn.ReLU: _plain("relu"),
    Rectifier: _plain("relu"),
    nn.LeakyReLU: lambda module: _layer("leaky_relu", slope=module.negative_slope),
    nn.ELU: lambda module: _layer("elu", alpha=module.alpha),
    nn.GELU: lambda module: _layer("gelu" if module.approximate == "none" else "gelu_tanh"),
    nn.SiLU: _plain("silu"),
    nn.Tanh: _plain("tanh"),
    nn.Sigmoid: _plain("sigmoid"),
    nn.Flatten: _flatten,
    nn.Unflatten: _unflatten,
    nn.Upsample: _upsample,
    nn.PixelShuffle: lambda module: _layer("pixel_shuffle", factor=module.upscale_factor),
    Resize: lambda module: _layer("nearest", size=list(module.size)),
    SamePadding: lambda module: _layer("same_padding", kernel=module.kernel, stride=module.stride),
    BilinearUpsample: _plain("keras_bilinear"),
    Unpool: lambda module: _layer("unpool", size=list(module.size)),
    # One layer for the work of two; the two give the same numbers.
    UpsampleConvolution: _sequential,
    BilinearConvolution: _sequential,
    OutputConvolution: _conv2d,
    ResidualBlock: _residual,
    Conditioned: _conditioned,
    TransformerBlock: _transformer_block,
    JoinPatches: _join_patches,
    AddMean: _add_mean,
    ColumnOutput: _column_output,
}
