"""Ways to look into a drawing."""

from itertools import combinations
from typing import Any

import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import Bbox

from latens.plots import Picture


class _Recorder(RendererAgg):
    """A renderer that remembers every text it draws, and where."""

    def __init__(self, picture: Picture) -> None:
        width, height = picture.figure.canvas.get_width_height()
        super().__init__(width, height, picture.figure.dpi)
        self.drawn: list[tuple[str, Bbox]] = []
        picture.figure.draw(self)

    def draw_text(
        self, gc: Any, x: Any, y: Any, s: Any, *args: Any, mtext: Any = None, **more: Any
    ) -> None:
        if s.strip() and mtext is not None:
            self.drawn.append((mtext.get_text(), mtext.get_window_extent(self)))
        super().draw_text(gc, x, y, s, *args, mtext=mtext, **more)


class Look:
    """What a reader can see of a picture."""

    @staticmethod
    def texts(picture: Picture) -> list[str]:
        """All texts that are drawn."""
        return [text for text, _ in _Recorder(picture).drawn]

    @staticmethod
    def overlaps(picture: Picture) -> list[tuple[str, str]]:
        """Pairs of texts that lie on each other, by more than a hair."""
        return [
            (a, b)
            for (a, first), (b, second) in combinations(_Recorder(picture).drawn, 2)
            if min(first.x1, second.x1) - max(first.x0, second.x0) > 1
            and min(first.y1, second.y1) - max(first.y0, second.y0) > 1
        ]

    @staticmethod
    def outside(picture: Picture) -> list[str]:
        """Texts that stick out of the page."""
        width, height = picture.figure.canvas.get_width_height()
        return [
            text
            for text, box in _Recorder(picture).drawn
            if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
        ]


@pytest.fixture
def look() -> Look:
    return Look()
