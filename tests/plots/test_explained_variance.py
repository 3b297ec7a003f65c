import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from latens.exceptions import DataError
from latens.plots import explained_variance


def test_the_curve_is_scikit_learns() -> None:
    pca = PCA().fit(load_digits().data)
    frame = explained_variance(pca.explained_variance_ratio_).frame
    np.testing.assert_allclose(frame["share"], np.cumsum(pca.explained_variance_ratio_))
    assert frame["share"].iloc[-1] == pytest.approx(1)


def test_a_model_is_told_in_components_of_pca() -> None:
    frame = explained_variance([0.5, 0.3, 0.1], {"good": (1, 0.75), "better": (2, 0.95)}).frame
    counts = frame.set_index("representation")["components"]
    assert counts["good"] == 2
    assert np.isnan(counts["better"])


def test_a_model_that_is_worse_than_the_mean_stays_in_the_picture() -> None:
    picture = explained_variance([0.5], {"broken": (1, -0.4)})
    assert picture.figure.axes[0].get_ylim()[0] <= -0.4


def test_no_component_is_refused() -> None:
    with pytest.raises(DataError, match="no component"):
        explained_variance([])
