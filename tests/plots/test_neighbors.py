import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import neighbors


def test_a_panel_holds_the_sample_first_and_then_its_neighbors() -> None:
    images = np.arange(1, 9).reshape(2, 4)[..., None, None] * np.ones((2, 4, 5, 5))
    picture = neighbors({"raw": images, "codes": images / 2}, limits=(0, 8), titles=["a", "b"])
    panel = picture.figure.axes[1]
    mosaic = np.asarray(panel.images[0].get_array())
    line = mosaic[2][mosaic[2][:, 3] == 1][:, 0] * 8
    assert line.reshape(4, 5).mean(axis=1) == pytest.approx([5, 6, 7, 8])
    half = len(mosaic) // 2
    assert mosaic[half + 2, 2, 0] * 8 == pytest.approx(2.5)
    assert [label.get_text() for label in panel.get_yticklabels()] == ["raw", "codes"]
    assert panel.get_title(loc="left") == "b"


def test_the_frame_has_the_rows() -> None:
    images, rows = np.ones((1, 3, 2, 2)), [[7, 8, 9]]
    frame = neighbors({"raw": images}, limits=(0, 1), rows={"raw": rows}).frame
    assert frame["row"].tolist() == [7, 8, 9]
    assert frame["rank"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("found", [{}, {"a": np.ones((2, 3))}])
def test_what_has_another_shape_is_refused(found: dict[str, np.ndarray]) -> None:
    with pytest.raises(DataError, match="one shape"):
        neighbors(found, limits=(0, 1))
