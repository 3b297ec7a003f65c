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


def test_the_prior_is_the_outline_of_normal_codes_and_fits_on_the_axis() -> None:
    Z = np.random.default_rng(0).normal(size=(100_000, 1))
    axes = code_histograms(Z, prior=True).figure.axes[0]
    low, high = axes.get_ylim()
    assert low <= -3.2
    assert high >= 3.2
    outline = axes.lines[1]
    widths, values = outline.get_xdata(), outline.get_ydata()
    vertices = axes.collections[0].get_paths()[0].vertices
    for value in (-1.5, 0.0, 0.7):
        near = np.abs(vertices[:, 1] - value).argmin()
        assert abs(vertices[near, 0]) == pytest.approx(np.interp(value, values, widths), abs=0.04)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["N(0, 1)"]


def test_without_a_prior_none_is_drawn() -> None:
    axes = code_histograms(np.random.default_rng(0).normal(size=(50, 2))).figure.axes[0]
    assert axes.get_legend() is None
    assert not axes.lines


def test_a_constant_number_of_very_many_codes_is_not_used():
    codes = np.full((200_000, 2), 7.3, dtype=np.float32)
    codes[0, 0] += 1
    frame = code_histograms(codes).frame
    assert frame["used"].tolist() == [True, False]
    assert frame["sd"][1] == 0
