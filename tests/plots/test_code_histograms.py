import numpy as np
import pytest

from latens.exceptions import DataError
from latens.plots import code_histograms


def test_numbers_that_do_not_vary_are_called_unused() -> None:
    Z = np.random.default_rng(0).normal(size=(100, 3))
    Z[:, 1] = 7
    frame = code_histograms(Z).frame
    assert frame["used"].tolist() == [True, False, True]
    np.testing.assert_allclose(frame["mean"], Z.mean(axis=0))
    np.testing.assert_allclose(frame["sd"], Z.std(axis=0), atol=1e-12)


def test_codes_that_are_all_equal_are_drawn() -> None:
    assert not code_histograms(np.ones((5, 2))).frame["used"].any()


def test_no_more_than_64_numbers_are_shown() -> None:
    assert len(code_histograms(np.random.default_rng(0).normal(size=(20, 200))).frame) == 64


def test_values_that_are_not_finite_are_left_out() -> None:
    Z = np.array([[0.0, np.nan], [2.0, np.inf], [np.nan, np.nan]])
    frame = code_histograms(Z).frame
    assert frame["mean"].tolist()[0] == 1.0
    assert frame["used"].tolist() == [True, False]


@pytest.mark.parametrize("codes", [[1.0, 2.0], np.empty((0, 2)), [[np.nan]]])
def test_what_are_no_codes_is_refused(codes: object) -> None:
    with pytest.raises(DataError, match="latent_dim"):
        code_histograms(codes)
