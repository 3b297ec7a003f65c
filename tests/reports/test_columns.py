import pytest

from latens.metrics import METRICS
from latens.reports.columns import column, columns_of


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_explained_to_a_newcomer(metric: object) -> None:
    found = column(metric.name)  # type: ignore[attr-defined]
    assert len(found.meaning) > 20
    assert found.title.startswith(f"{found.better} is better")


def test_columns_without_labels_stand_first_and_unknown_ones_behind_them() -> None:
    names = ["adjusted_rand_score", "mine", "psnr", "mean_squared_error", "psnr"]
    ordered = [one.name for one in columns_of(names)]
    assert ordered == ["mean_squared_error", "psnr", "mine", "adjusted_rand_score"]
