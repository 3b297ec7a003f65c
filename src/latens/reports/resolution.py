"""How finely a report is drawn."""

from dataclasses import dataclass

__all__ = ["RESOLUTIONS", "Resolution"]


@dataclass(frozen=True)
class Resolution:
    """What may be reduced to make a page smaller.

    Attributes
    ----------
    image_side : int
        The longer side of an example image, in pixels.
    dpi : int
        Of the clouds of points; 200 is two pixels per pixel of the page.
    map_points : int
        Points on a map.
    """

    image_side: int
    dpi: int
    map_points: int


RESOLUTIONS = (
    Resolution(96, 200, 5_000),
    Resolution(48, 150, 3_000),
    Resolution(24, 100, 1_000),
    Resolution(24, 50, 300),
)
