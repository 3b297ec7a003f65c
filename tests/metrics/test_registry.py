import numpy as np
import pytest

import latens.metrics
from latens._column_blocks import ColumnBlock
from latens.metrics import METRICS

_RNG = np.random.default_rng(0)
_IMAGES = _RNG.random((6, 8, 8))
_NOISE = _RNG.random((6, 8, 8))
_POINTS = np.concatenate([_RNG.normal(size=(20, 2)), _RNG.normal(size=(20, 2)) + 20])
_CLASSES = np.repeat([0, 1], 20)
_MIXED = np.tile([0, 1], 20)
_TABLE = np.column_stack([_RNG.normal(size=40), np.eye(2)[_MIXED]])
_COLUMNS = (ColumnBlock("size", "number", 0, 1), ColumnBlock("kind", "category", 1, 3))

# For every metric the arguments of a good and of a bad result.
EXAMPLES = {
    "clustering_accuracy": ((_CLASSES, _CLASSES), (_CLASSES, _MIXED)),
    "normalized_mutual_info_score": ((_CLASSES, _CLASSES), (_CLASSES, _MIXED)),
    "adjusted_rand_score": ((_CLASSES, _CLASSES), (_CLASSES, _MIXED)),
    "silhouette_score": ((_POINTS, _CLASSES), (_POINTS, _MIXED)),
    "silhouette_raw": ((_POINTS, _CLASSES), (_POINTS, _MIXED)),
    "dunn_index": ((_POINTS, _CLASSES), (_POINTS, _MIXED)),
    "cell_error": ((_TABLE, _TABLE, _COLUMNS), (_TABLE, _TABLE[::-1], _COLUMNS)),
    "number_r2": ((_TABLE, _TABLE, _COLUMNS), (_TABLE, _TABLE[::-1], _COLUMNS)),
    "category_accuracy": ((_TABLE, _TABLE, _COLUMNS), (_TABLE, _TABLE[::-1], _COLUMNS)),
    "mean_squared_error": ((_IMAGES, _IMAGES + 0.01), (_IMAGES, _NOISE)),
    "mean_absolute_error": ((_IMAGES, _IMAGES + 0.01), (_IMAGES, _NOISE)),
    "binary_cross_entropy": ((_IMAGES, _IMAGES), (_IMAGES, _NOISE)),
    "psnr": ((_IMAGES, _IMAGES + 0.01, 1), (_IMAGES, _NOISE, 1)),
    "ssim": ((_IMAGES, _IMAGES + 0.01, 1), (_IMAGES, _NOISE, 1)),
    "trustworthiness": ((_POINTS, _POINTS), (_POINTS, _POINTS[::-1] * [1, -3])),
    "continuity": ((_POINTS, _POINTS), (_POINTS, _POINTS[::-1] * [1, -3])),
    "knn_accuracy": ((_POINTS, _CLASSES) * 2, (_POINTS, _MIXED) * 2),
    "linear_probe_accuracy": ((_POINTS, _CLASSES) * 2, (_POINTS, _MIXED) * 2),
}


def test_every_metric_has_an_example_and_one_entry():
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names)) >= 14
    assert set(names) == set(EXAMPLES)
    assert len({metric.label for metric in METRICS}) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_direction_and_the_range_are_as_declared(metric):
    score = getattr(latens.metrics, metric.function or metric.name)
    good, bad = (score(*arguments) for arguments in EXAMPLES[metric.name])
    assert (good > bad) if metric.better == "higher" else (good < bad)
    for value in (good, bad):
        assert metric.range[0] <= value <= metric.range[1]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_only_scores_against_classes_need_labels(metric):
    takes_classes = EXAMPLES[metric.name][0][0] is _CLASSES or len(EXAMPLES[metric.name][0]) == 4
    assert metric.needs_labels == takes_classes
