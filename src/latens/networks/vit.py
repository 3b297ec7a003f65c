"""Small vision transformers for images of any height and width."""

from typing import ClassVar

import torch
from sklearn.base import BaseEstimator
from torch import Tensor, nn

from latens._validation import Constraints, Integer, Nothing, check_parameters
from latens.exceptions import ParameterError
from latens.networks.factory import Parts
from latens.networks.layers.patches import JoinPatches, SplitPatches, patch_side
from latens.networks.layers.standardize import AddMean, Standardize

__all__ = ["AddPositions", "TransformerBlock", "ViT"]

_WIDENING = 2  # of the dense part of a block


class AddPositions(nn.Module):
    """Adds a learned vector for each place, so that equal patches at different places differ."""

    def __init__(self, number: int, dim: int) -> None:
        super().__init__()
        self.places = nn.Parameter(0.02 * torch.randn(number, dim))

    def forward(self, tokens: Tensor) -> Tensor:
        return tokens + self.places


class TransformerBlock(nn.Module):
    """Attention between tokens and a dense layer for each, both as changes to their input.

    Parameters
    ----------
    dim, heads : int
        Numbers per token, and the parts that attend on their own.
    """

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(dim)
        self.asks = nn.Linear(dim, 3 * dim)
        self.answers = nn.Linear(dim, dim)
        self.dense = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, _WIDENING * dim),
            nn.GELU(),
            nn.Linear(_WIDENING * dim, dim),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.answers(self._attended(self.before_attention(tokens)))
        return tokens + self.dense(tokens)

    def _attended(self, tokens: Tensor) -> Tensor:
        batch, number, dim = tokens.shape
        parts = self.asks(tokens).view(batch, number, 3, self.heads, dim // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        # Written out: torch's fused attention has no second derivative on a CPU, which penalties on
        # Jacobians need.
        scores = query @ key.transpose(2, 3) / (dim // self.heads) ** 0.5
        return (scores.softmax(3) @ value).transpose(1, 2).reshape(batch, number, dim)


class ViT(BaseEstimator):
    """A transformer on the patches of a picture, and a smaller one back to them.

    The encoder hands all its tokens to the bottleneck, the decoder makes all of them from the code. The
    default sizes are for a CPU.

    Parameters
    ----------
    patch : int in [1, inf) or None, default=None
        The side of a patch in pixels. None: an eighth of the longer side, rounded up.
    dim : int in [1, inf), default=64
        Numbers per token, a multiple of `heads`.
    depth : int in [1, inf), default=3
        Blocks of the encoder.
    decoder_depth : int in [0, inf), default=1
        Blocks of the decoder.
    heads : int in [1, inf), default=4
        Parts of a token that attend on their own.

    References
    ----------
    Dosovitskiy et al. (2021), An image is worth 16x16 words. arXiv:2010.11929.

    Examples
    --------
    >>> ViT(dim=32).build((1, 28, 28), code_dim=5).width  # 7 x 7 patches
    1568
    """

    _constraints: ClassVar[Constraints] = {
        "patch": (Integer(1), Nothing()),
        "dim": (Integer(1),),
        "depth": (Integer(1),),
        "decoder_depth": (Integer(0),),
        "heads": (Integer(1),),
    }

    def __init__(
        self,
        patch: int | None = None,
        *,
        dim: int = 64,
        depth: int = 3,
        decoder_depth: int = 1,
        heads: int = 4,
    ) -> None:
        self.patch = patch
        self.dim = dim
        self.depth = depth
        self.decoder_depth = decoder_depth
        self.heads = heads

    def build(self, input_shape: tuple[int, ...], code_dim: int) -> Parts:
        """Build the two halves; see `NetworkFactory.build`.

        Raises
        ------
        ParameterError
            If a parameter is outside its range, or the input is not made of images.
        """
        check_parameters(self)
        if len(input_shape) != 3:
            raise ParameterError(
                "ViT needs images of shape (n, height, width) or (n, height, width, channels). "
                f"Got samples of shape {input_shape}; reshape them, or use MLP."
            )
        if self.dim % self.heads:
            raise ParameterError(
                f"The 'dim' parameter of ViT must be a multiple of heads={self.heads}. "
                f"Got {self.dim} instead."
            )
        split = SplitPatches(input_shape, self.patch or patch_side(input_shape))
        width = split.number * self.dim
        encoder = nn.Sequential(
            Standardize(input_shape),
            split,
            nn.Linear(split.values, self.dim),
            AddPositions(split.number, self.dim),
            *self._blocks(self.depth),
            nn.LayerNorm(self.dim),
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            nn.Linear(code_dim, width),
            nn.Unflatten(1, (split.number, self.dim)),
            *self._blocks(self.decoder_depth),
            nn.LayerNorm(self.dim),
            nn.Linear(self.dim, split.values),
            JoinPatches(split),
            AddMean(input_shape),
        )
        return Parts(encoder, decoder, width)

    def _blocks(self, number: int) -> list[nn.Module]:
        return [TransformerBlock(self.dim, self.heads) for _ in range(number)]
