import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.exceptions import DataError
from latens.metrics import silhouette_samples
from latens.plots import silhouette_profiles


def test_means_and_shares_are_those_of_the_clusters() -> None:
    Z, y = make_blobs(300, centers=3, cluster_std=3.0, random_state=0)
    values = silhouette_samples(Z, y)
    frame = silhouette_profiles(values, y).frame
    for row in frame.itertuples():
        mine = values[y == row.cluster]
        assert row.mean == pytest.approx(mine.mean())
        assert row.below_zero == pytest.approx((mine < 0).mean())
        assert row.size == len(mine)
    assert (frame["below_zero"] > 0).any()


def test_a_blade_is_as_high_as_its_cluster_and_reaches_its_extremes() -> None:
    values = np.concatenate([np.linspace(-0.2, 0.9, 500), np.linspace(0.1, 0.3, 100)])
    picture = silhouette_profiles(values, np.repeat([7, 9], [500, 100]))
    first, second = (
        blade.get_paths()[0].vertices for blade in picture.figure.axes[0].collections[:2]
    )
    assert np.ptp(first[:, 1]) == pytest.approx(5 * np.ptp(second[:, 1]))
    assert first[:, 0].min() == pytest.approx(-0.2)
    assert first[:, 0].max() == pytest.approx(0.9)


def test_a_cluster_of_one_is_drawn() -> None:
    assert silhouette_profiles([0.0, 0.5, 0.6], [0, 1, 1]).frame["size"].tolist() == [1, 2]


@pytest.mark.parametrize(("values", "clusters"), [([], []), ([0.1, 0.2], [0])])
def test_unequal_lengths_are_refused(values: list[float], clusters: list[int]) -> None:
    with pytest.raises(DataError, match="equally long"):
        silhouette_profiles(values, clusters)
