"""How much an explorer may hold, by where it lives."""

from dataclasses import dataclass

__all__ = ["IN_A_FILE", "IN_A_REPORT", "ON_A_SERVER", "Limits"]


@dataclass(frozen=True)
class Limits:
    """What one explorer may hold.

    Attributes
    ----------
    points : int
        Of more, evenly spread ones are kept.
    pixels : int
        Of all thumbnails together; a thumbnail takes about a quarter of a byte per pixel.
    weights : int
        Numbers of all decoders together, most of one byte each.
    columns : int
        Bytes of the user's own columns, of the samples shown alone; what does not fit is left out.
    """

    points: int
    pixels: int
    weights: int
    columns: int = 16_000_000


# About 4, 30 and 300 megabytes, the first of which can be mailed with a report around it.
IN_A_REPORT = Limits(points=4_000, pixels=3_200_000, weights=3_000_000, columns=1_500_000)
IN_A_FILE = Limits(points=70_000, pixels=16_000_000, weights=12_000_000)
ON_A_SERVER = Limits(points=300_000, pixels=120_000_000, weights=100_000_000, columns=200_000_000)
