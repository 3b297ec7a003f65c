"""The shapes that a picture passes through in a network that halves it stage by stage."""

from dataclasses import dataclass
from itertools import pairwise

from latens.exceptions import ParameterError

__all__ = ["Pyramid", "UpStep", "plan_pyramid"]

# Halving stops when the longer side is this small: a 3x3 kernel then sees most of the picture.
_SMALLEST_MAP = 7
_CHANNELS = (32, 64, 128, 128, 128, 128)


@dataclass(frozen=True)
class UpStep:
    """One stage of a decoder: channels before and after it, and the size that it enlarges to."""

    n_in: int
    n_out: int
    size: tuple[int, int]

    @property
    def doubles(self) -> bool:
        """Whether both sides become exactly twice as long; an odd side was rounded up before."""
        return self.size[0] % 2 == 0 and self.size[1] % 2 == 0


@dataclass(frozen=True)
class Pyramid:
    """The picture, which is the bottom, and the map after each stage; the last map is the top.

    Attributes
    ----------
    channels : tuple of int
    sizes : tuple of (int, int)
        Heights and widths; each is half of the one before, rounded up.
    """

    channels: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]

    @property
    def top(self) -> tuple[int, int, int]:
        """Channels, height and width of the last map."""
        return (self.channels[-1], *self.sizes[-1])

    def steps_down(self) -> list[tuple[int, int]]:
        """Return the channels before and after each stage of an encoder."""
        return list(pairwise(self.channels))

    def steps_up(self) -> list[UpStep]:
        """Return the stages of a decoder: those of the encoder in reverse order.

        The last one keeps its channels, so that a convolution of full size can follow it.
        """
        outs = (self.channels[1], *self.channels[1:-1])
        steps = zip(self.channels[1:], outs, self.sizes[:-1], strict=True)
        return [UpStep(*step) for step in steps][::-1]


def plan_pyramid(
    owner: str, input_shape: tuple[int, ...], channels: tuple[int, ...] | None
) -> Pyramid:
    """Plan the stages for pictures of one shape.

    Parameters
    ----------
    owner : str
        The network, for errors.
    input_shape : (int, int, int)
        Channels, height and width.
    channels : tuple of int or None
        Channels after each stage. None: as many stages as bring the longer side to 7 or less, at least
        one and at most six, with 32, 64, 128, 128, ... channels.

    Raises
    ------
    ParameterError
        If the input is not made of images, or there is no stage.

    Examples
    --------
    >>> plan_pyramid("ConvNet", (1, 28, 20), None).sizes
    ((28, 20), (14, 10), (7, 5))
    """
    if len(input_shape) != 3:
        raise ParameterError(
            f"{owner} needs images of shape (n, height, width) or (n, height, width, channels). "
            f"Got samples of shape {input_shape}; reshape them, or use MLP."
        )
    if channels is not None and len(channels) == 0:
        raise ParameterError(
            f"The 'channels' parameter of {owner} must be a tuple of positive integers, one for each "
            "stage, or None. Got () instead."
        )
    sizes = [(input_shape[1], input_shape[2])]
    for stage in range(len(channels or _CHANNELS)):
        if channels is None and stage > 0 and max(sizes[-1]) <= _SMALLEST_MAP:
            break
        height, width = sizes[-1]
        sizes.append(((height + 1) // 2, (width + 1) // 2))
    return Pyramid(
        (input_shape[0], *(channels or _CHANNELS[: len(sizes) - 1])),
        tuple(sizes),
    )
