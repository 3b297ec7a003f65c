import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import cluster_label_counts, cluster_label_shares, cluster_label_table

PLOTS = (cluster_label_counts, cluster_label_shares, cluster_label_table)


@pytest.mark.parametrize("plot", PLOTS)
def test_shares_of_a_cluster_add_up_to_one(plot: object) -> None:
    generator = np.random.default_rng(0)
    y, clusters = generator.integers(0, 4, 90), generator.integers(0, 6, 90)
    frame = plot(y, clusters).frame  # type: ignore[operator]
    np.testing.assert_allclose(frame.groupby("cluster")["share"].sum(), 1)
    assert frame["count"].sum() == 90
    cell = frame[(frame["cluster"] == 3) & (frame["label"] == "2")]["count"].item()
    assert cell == np.sum((clusters == 3) & (y == 2))


def test_bars_have_the_length_of_their_shares() -> None:
    axes = cluster_label_shares([0, 0, 0, 1], [0, 0, 0, 0]).figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.75, 0.25]


def test_the_numbers_on_the_table_are_the_counts() -> None:
    axes = cluster_label_table([0, 0, 1, 1, 1], [0, 1, 1, 1, 1]).figure.axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["1", "1", "3"]


@pytest.mark.parametrize("plot", PLOTS)
def test_hundreds_of_classes_become_twenty_and_none_is_lost(plot: object) -> None:
    y = np.concatenate([np.arange(300), np.zeros(50, dtype=int)])
    frame = plot(y, np.arange(350) % 2).frame  # type: ignore[operator]
    assert frame["label"].nunique() == 20
    assert "281 others" in set(frame["label"])
    assert frame["count"].sum() == 350


@pytest.mark.parametrize("plot", PLOTS)
def test_forty_clusters_can_be_drawn(plot: object) -> None:
    picture = plot(np.arange(400) % 10, np.arange(400) // 10)  # type: ignore[operator]
    assert picture.frame["cluster"].nunique() == 40
    assert len(picture.png(dpi=40)) > 0


def test_labels_and_clusters_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError):
        cluster_label_shares([0, 1], [0])
