"""Channels first, series and tables given to estimators: learned alike, answered in the layout given."""

import warnings

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import latens
from latens.applications import AnomalyDetector, Denoiser, load_detector
from latens.exceptions import DataError, ParameterError
from latens.models import Autoencoder, MaskedAutoencoder
from latens.networks import MLP, ConvNet
from latens.training import Trainer

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (24, 8, 12, 3), dtype=np.uint8)
FIRST = np.moveaxis(IMAGES, 3, 1)


def autoencoder(network=None, epochs: int = 1) -> Autoencoder:
    return Autoencoder(
        3, network=network or MLP((8,)), trainer=Trainer(max_epochs=epochs), random_state=0
    )


def sines(n: int = 120) -> np.ndarray:
    steps = np.arange(16)[:, None] / 3
    return np.sin(steps + RNG.uniform(0, 6, (n, 1, 2))) * [1.0, 300.0] + [0.0, 1000.0]


@pytest.fixture(scope="module")
def fitted() -> Autoencoder:
    with pytest.warns(UserWarning, match=r"Channels came first \(24, 3, 8, 12\).*layout='images'"):
        return autoencoder(ConvNet()).fit(torch.tensor(FIRST.copy()))


def test_channels_first_learns_what_channels_last_learns(fitted: Autoencoder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other = autoencoder(ConvNet()).fit(IMAGES)
        told = autoencoder(ConvNet()).fit(FIRST, layout="channels-first")
    assert fitted.input_shape_ == other.input_shape_ == (8, 12, 3)
    assert_allclose(fitted.transform(FIRST), other.transform(IMAGES), atol=1e-4)
    assert_allclose(told.transform(FIRST), fitted.transform(FIRST), atol=1e-6)


def test_answers_have_the_layout_given(fitted: Autoencoder) -> None:
    reconstructed = fitted.reconstruct(FIRST)
    codes = fitted.transform(FIRST)
    assert reconstructed.shape == FIRST.shape
    assert_allclose(fitted.inverse_transform(codes), reconstructed, rtol=1e-3, atol=1e-2)
    assert fitted.sample(2, random_state=0).shape == (2, 3, 8, 12)
    # Who gives channels last to the same model gets channels last.
    assert_allclose(np.moveaxis(fitted.reconstruct(IMAGES), 3, 1), reconstructed, atol=1e-3)


def test_the_layout_survives_saving(fitted: Autoencoder, tmp_path) -> None:
    loaded = latens.load_model(fitted.save(tmp_path / "model"))
    assert (loaded.layout_, loaded.given_shape_) == ("channels-first", (3, 8, 12))
    assert_allclose(loaded.reconstruct(FIRST), fitted.reconstruct(FIRST), atol=1e-3)


def test_a_layout_that_does_not_fit_is_refused_on_loading(fitted: Autoencoder, tmp_path) -> None:
    file = fitted.save(tmp_path / "model") / "model.json"
    file.write_text(file.read_text().replace('"channels-first"', '"series"'))
    with pytest.raises(latens.exceptions.ModelError, match="layout"):
        latens.load_model(tmp_path / "model")


def test_fitting_anew_forgets_the_layout(fitted: Autoencoder) -> None:
    again = autoencoder(ConvNet()).fit(FIRST, layout="channels-first").fit(IMAGES)
    assert (again.layout_, again.given_shape_) == ("images", (8, 12, 3))
    assert again.reconstruct(IMAGES).shape == IMAGES.shape


def test_images_can_be_taken_as_they_come() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = autoencoder().fit(FIRST, layout="images")
    assert model.input_shape_ == (3, 8, 12)
    assert model.reconstruct(FIRST).shape == FIRST.shape


def test_a_table_is_given_back_in_its_shape(tmp_path) -> None:
    model = autoencoder().fit(FIRST, layout="table")
    assert model.input_shape_ == (288,)
    assert model.reconstruct(FIRST).shape == FIRST.shape
    loaded = latens.load_model(model.save(tmp_path / "model"))
    assert_allclose(loaded.reconstruct(FIRST), model.reconstruct(FIRST), atol=1e-3)


def test_series_have_one_scale_for_each_channel(tmp_path) -> None:
    X = sines()
    with pytest.warns(UserWarning, match=r"2 channels of \(120, 16, 2\) differ"):
        model = autoencoder(epochs=3).fit(X)
    low, width = X.min(axis=(0, 1)), np.ptp(X, axis=(0, 1))
    assert_allclose(model.scaling_.offset, low)
    assert_allclose(model.scaling_.scale, width)
    reconstructed = model.reconstruct(X)
    # The units of a channel change nothing.
    scaled = (X - low) / width
    other = autoencoder(epochs=3).fit(scaled, layout="images")
    assert_allclose((reconstructed - low) / width, other.reconstruct(scaled), atol=1e-4)
    loaded = latens.load_model(model.save(tmp_path / "model"))
    assert_allclose(loaded.reconstruct(X), reconstructed, rtol=1e-4, atol=1e-3)


def test_series_with_channels_first_are_answered_so() -> None:
    X = np.moveaxis(sines(), 2, 1)
    model = autoencoder().fit(X, layout="channels-first")
    assert model.scaling_.offset.shape == (2,)
    assert model.reconstruct(X).shape == X.shape == (120, 2, 16)


def test_one_range_can_be_asked_for() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert autoencoder().fit(sines(), layout="images").scaling_.offset.ndim == 0


def test_hidden_values_are_filled_in_the_layout_given() -> None:
    model = MaskedAutoencoder(3, trainer=Trainer(max_epochs=1), random_state=0)
    model.fit(FIRST, layout="channels-first")
    X = FIRST.astype(np.float64)
    X[:, 1, 2] = np.nan
    filled = model.impute(X)
    assert filled.shape == X.shape
    assert np.isfinite(filled).all()
    assert_array_equal(np.delete(filled, 2, axis=2), np.delete(X, 2, axis=2))


def test_detectors_explain_in_the_layout_given(tmp_path) -> None:
    detector = AnomalyDetector(autoencoder(), random_state=0).fit(FIRST, layout="channels-first")
    last = AnomalyDetector(autoencoder(), random_state=0).fit(IMAGES)
    assert_allclose(detector.score_samples(FIRST), last.score_samples(IMAGES), rtol=1e-3)
    shares = detector.explain(FIRST[:2])
    assert_allclose(shares, np.moveaxis(last.explain(IMAGES[:2]), 3, 1), atol=1e-4)
    loaded = load_detector(detector.save(tmp_path / "detector"))
    assert_allclose(loaded.explain(FIRST[:2]), shares, atol=1e-5)


def test_a_detector_takes_a_model_of_channels_first(fitted: Autoencoder) -> None:
    detector = AnomalyDetector(fitted, random_state=0).fit(FIRST, layout="channels-first")
    assert detector.score_samples(FIRST).shape == (24,)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (FIRST[0], r"One sample needs an axis in front: X\[None\]"),
        (
            np.zeros((2, 8, 3, 12)),
            r"samples of shape \(8, 3, 12\).*fitted on samples of shape \(3, 8, 12\)",
        ),
        (np.zeros((2, 288)), r"X.reshape\(-1, 3, 8, 12\) has that shape"),
    ],
)
def test_other_shapes_are_refused_with_the_way_out(fitted: Autoencoder, X, message: str) -> None:
    with pytest.raises(DataError, match=message):
        fitted.transform(X)


def test_channels_on_the_other_side_are_told() -> None:
    model = autoencoder().fit(IMAGES)
    with pytest.raises(DataError, match=r"channels come first: np.moveaxis\(X, 1, -1\)"):
        model.transform(FIRST)


def test_one_image_in_color_is_refused() -> None:
    with pytest.raises(DataError, match="one image in color"):
        autoencoder().fit(IMAGES[0])


def test_warnings_name_the_line_of_the_user() -> None:
    with pytest.warns(UserWarning, match="Channels came first") as caught:
        autoencoder().fit(FIRST)
    assert [warning.filename for warning in caught] == [__file__]


def test_a_denoiser_refuses_channels_first() -> None:
    with pytest.raises(
        DataError, match=r"channels come first. Move them last: np.moveaxis\(X, 1, -1\)"
    ):
        Denoiser(10.0).fit(FIRST)


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(ParameterError, match="'layout' parameter of fit must be one of"):
        autoencoder().fit(IMAGES, layout="NCHW")


class TestRanges:
    def test_fractions_given_to_a_model_of_bytes_are_said(self) -> None:
        model = autoencoder().fit(IMAGES)
        with pytest.warns(
            UserWarning, match="values from 0 to 1, and those learned from lie in 0 to 255"
        ):
            model.transform(IMAGES / 255)

    def test_bytes_given_to_a_model_of_fractions_are_said(self) -> None:
        model = autoencoder().fit(IMAGES / 255)
        with pytest.warns(UserWarning, match="values from 0 to 255"):
            model.reconstruct(IMAGES)

    def test_other_units_of_most_columns_are_said(self) -> None:
        X = RNG.normal(5, 2, (50, 4))
        model = autoencoder().fit(X)
        with pytest.warns(
            UserWarning, match="4 of 4 columns whose means lie more than 10 standard"
        ):
            model.transform(X * 1000)

    def test_dark_images_and_odd_samples_are_no_other_range(self) -> None:
        table = RNG.normal(5, 2, (50, 4))
        odd = table.copy()
        odd[:3] = 1e4
        one_column = table * [1, 1, 1, 1e4]
        bright = IMAGES / 255
        bright[0] = 100
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            autoencoder().fit(IMAGES).transform((IMAGES > 250).astype(np.float64))
            of_table = autoencoder().fit(table)
            of_table.transform(odd[:9])
            of_table.transform(one_column)
            autoencoder().fit(IMAGES / 255).transform(bright)


def test_a_detector_reads_samples_as_its_model_does(fitted: Autoencoder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        detector = AnomalyDetector(fitted, random_state=0).fit(FIRST)
    assert detector.layout_ == "channels-first"


def test_datasets_of_torch_go_everywhere() -> None:
    class Images(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(FIRST)

        def __getitem__(self, number: int):
            return torch.tensor(FIRST[number % len(FIRST)]), 0

    with pytest.warns(UserWarning, match="Channels came first"):
        model = autoencoder().fit(Images())
    assert model.reconstruct(Images()).shape == FIRST.shape
    detector = AnomalyDetector(model, random_state=0).fit(Images())
    assert detector.explain(Images()).shape == FIRST.shape
