import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import generated


def test_every_source_has_its_lines_and_its_numbers() -> None:
    real, made = np.zeros((6, 4, 4)), np.full((6, 4, 4), 0.5)
    picture = generated({"real": real, "vae": made}, limits=(0, 1), columns=3)
    axes = picture.figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["real", "vae"]
    mosaic = np.asarray(axes.images[0].get_array())
    half = len(mosaic) // 2
    for part, grey in ((mosaic[:half], 0), (mosaic[half:], 0.5)):
        opaque = part[part[..., 3] == 1]
        assert len(opaque) == 6 * 16
        assert (opaque[:, :3] == grey).all()
    assert picture.frame.groupby("source")["mean"].first().to_dict() == {"real": 0, "vae": 0.5}


@pytest.mark.parametrize(
    "samples", [{}, {"a": np.ones((2, 3))}, {"a": np.ones((2, 3, 3)), "b": np.ones((1, 3, 3))}]
)
def test_what_cannot_stand_together_is_refused(samples: object) -> None:
    with pytest.raises(DataError, match="images of one shape"):
        generated(samples, limits=(0, 1))
