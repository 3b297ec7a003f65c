"""One autoencoder: encoder, bottleneck and decoder, with the records that pass between them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from latens.networks.factory import Parts

__all__ = ["Bottleneck", "Code", "Network", "Output"]


@dataclass(frozen=True)
class Code:
    """What a bottleneck makes of a batch.

    Attributes
    ----------
    z : Tensor of shape (batch, code_dim)
        What the decoder gets; a random draw while a variational kind trains.
    mean : Tensor of shape (batch, latent_dim)
        What `transform` gives: never a draw.
    posterior : Distribution or None
        The distribution that `z` was drawn from, where there is one.
    before : Tensor of shape (batch, latent_dim), or None
        What the encoder gave, where the code is something else that stands for it.
    """

    z: Tensor
    mean: Tensor
    posterior: Distribution | None = None
    before: Tensor | None = None


@dataclass(frozen=True)
class Output:
    """What a network makes of a batch.

    Attributes
    ----------
    code : Code
    raw : Tensor of shape (batch, *input_shape)
        The decoder's output before the last activation: logits where `x_hat` is bounded.
    x_hat : Tensor of shape (batch, *input_shape)
        The reconstruction, in the scaled units of the data.
    """

    code: Code
    raw: Tensor
    x_hat: Tensor


class Bottleneck(nn.Module, ABC):
    """From features of shape (batch, width) to a `Code`. What a code costs is the objective's."""

    @abstractmethod
    def forward(self, h: Tensor) -> Code:
        """Return the code of the features, as training wants it."""

    def settled(self, h: Tensor) -> Code:
        """Return the code without any random draw; kinds that draw override it."""
        code: Code = self(h)
        return code


class Network(nn.Module):
    """Encoder, bottleneck and decoder as one module.

    Parameters
    ----------
    parts : Parts
        From a network factory.
    bottleneck : Bottleneck
    bounded : bool
        Whether the scaled data lie in [0, 1]: then the output is a sigmoid, else it is linear, so that
        what comes out can always be what went in.

    Attributes
    ----------
    reduced : bool
        Whether encoder and decoder multiply in bfloat16: set while training, where the machine gains
        from it. Weights, codes, outputs and losses stay as they are.
    """

    def __init__(self, parts: Parts, bottleneck: Bottleneck, *, bounded: bool) -> None:
        super().__init__()
        self.encoder = parts.encoder
        self.bottleneck = bottleneck
        self.decoder = parts.decoder
        self.positions = parts.positions
        self.output: nn.Module = nn.Sigmoid() if bounded else nn.Identity()
        self.reduced = False

    def encode(self, x: Tensor) -> Code:
        """Return the code of scaled samples of shape (batch, *input_shape), without any draw."""
        return self.bottleneck.settled(self._through(self.encoder, x))

    def decode(self, z: Tensor) -> Tensor:
        """Return the reconstruction of codes, in scaled units."""
        x_hat: Tensor = self.output(self._through(self.decoder, z))
        return x_hat

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Output:
        """Return code and reconstruction of scaled samples; the code may be a draw.

        Parameters
        ----------
        x : Tensor of shape (batch, *input_shape)
        beside : Tensor of shape (batch, code_dim - latent_dim) or None
            What the decoder gets beside the code, where it takes more than the code.
        """
        with self.positions.remembered():
            return self.decode_code(self.bottleneck(self._through(self.encoder, x)), beside)

    def reconstruct(self, x: Tensor) -> Output:
        """Return code and reconstruction of scaled samples, without any draw."""
        with self.positions.remembered():
            return self.decode_code(self.encode(x))

    def decode_code(self, code: Code, beside: Tensor | None = None) -> Output:
        """Return the reconstruction of a code; `beside` is as in `forward`."""
        z = code.z if beside is None else torch.cat([code.z, beside], 1)
        raw = self._through(self.decoder, z)
        return Output(code, raw, self.output(raw))

    def _through(self, half: nn.Module, x: Tensor) -> Tensor:
        """What one half makes of a batch, in the precision of the batch."""
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.reduced):
            out: Tensor = half(x)
        return out.to(x.dtype)
