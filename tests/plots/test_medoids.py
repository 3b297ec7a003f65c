import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import medoids


def test_the_medoid_is_the_member_closest_to_the_mean() -> None:
    rng = np.random.default_rng(0)
    Z, clusters = rng.normal(size=(90, 4)), np.repeat([2, 5, 8], 30)
    frame = medoids(Z, clusters, rng.uniform(size=(90, 3, 3)), limits=(0, 1)).frame
    for row in frame.itertuples():
        mine = np.flatnonzero(clusters == row.cluster)
        distances = np.linalg.norm(Z[mine] - Z[mine].mean(axis=0), axis=1)
        assert row.sample == mine[distances.argmin()]
        assert row.distance == pytest.approx(distances.min())
        assert row.size == 30


def test_every_cluster_has_its_own_picture_with_its_number() -> None:
    images = np.arange(30)[:, None, None] * np.ones((30, 2, 2))
    picture = medoids(np.zeros((30, 1)), np.arange(30), images, limits=(0, 29))
    shown = [
        round(float(np.asarray(axes.images[0].get_array())[0, 0, 0]) * 29)
        for axes in picture.figure.axes
    ]
    assert shown == list(range(30))
    assert [axes.get_title(loc="center") for axes in picture.figure.axes][:2] == ["0", "1"]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match="must be of shapes"):
        medoids(np.zeros((3, 2)), [0, 0], np.zeros((3, 2, 2)), limits=(0, 1))
