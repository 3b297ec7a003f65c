"""Denoisers: what they learn, what they refuse, and images of every size."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from latens.applications import (
    BlindDenoiser,
    Denoiser,
    WienerDenoiser,
    estimate_noise,
    load_denoiser,
)
from latens.exceptions import DataError, ModelError, ParameterError, TrainingError
from latens.networks.denoising import DenoisingMLP, DenoisingUNet
from latens.training import Trainer

SMALL = DenoisingUNet(channels=(12, 24))


def boxes(n: int, side: int = 16, seed: int = 0) -> np.ndarray:
    """A bright box each, anywhere, on black: sharp edges, which a linear filter blurs; in [0, 1]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    X = np.empty((n, side, side), dtype=np.float32)
    for image in X:
        (top, bottom), (left, right) = np.sort(rng.uniform(0, side, (2, 2)))
        image[:] = (top <= y) & (y <= bottom) & (left <= x) & (x <= right)
    return X


def noisy(X: np.ndarray, level: float, seed: int = 1) -> np.ndarray:
    return X + np.random.default_rng(seed).normal(scale=level, size=X.shape)


def error(a, b) -> float:
    return float(np.square(np.asarray(a, dtype=float) - b).mean())


def quick(epochs: int = 1) -> Trainer:
    return Trainer(max_epochs=epochs, learning_rate=3e-3, callbacks=())


@pytest.fixture(scope="module")
def denoiser() -> Denoiser:
    return Denoiser((0.05, 0.4), network=SMALL, trainer=quick(8), random_state=0).fit(boxes(600))


@pytest.fixture(scope="module")
def blind() -> BlindDenoiser:
    return BlindDenoiser(0.3, network=SMALL, trainer=quick(8), random_state=0).fit(
        noisy(boxes(600), 0.3)
    )


def test_it_removes_most_of_the_noise_at_every_level_of_its_range(denoiser):
    X = boxes(50, seed=7)
    for level in (0.1, 0.2, 0.4):
        Y = noisy(X, level)
        assert error(denoiser.transform(Y, noise_level=level), X) < 0.3 * error(Y, X)


def test_where_there_are_edges_it_beats_the_best_linear_denoiser(denoiser):
    X = boxes(50, seed=7)
    Y = noisy(X, 0.3)
    linear = WienerDenoiser(0.3).fit(boxes(600)).transform(Y)
    assert error(denoiser.transform(Y, noise_level=0.3), X) < error(linear, X)


def test_levels_that_are_not_told_are_estimated(denoiser):
    X = boxes(20, side=40, seed=7)
    Y = noisy(X, 0.2)
    told, found = denoiser.transform(Y, noise_level=0.2), denoiser.transform(Y)
    assert error(found, X) < 1.3 * error(told, X)


def test_each_image_has_its_own_level(denoiser):
    Y = noisy(boxes(2, seed=3), 0.2)
    both = denoiser.transform(Y, noise_level=[0.1, 0.3])
    for row, level in enumerate((0.1, 0.3)):
        alone = denoiser.transform(Y[row : row + 1], noise_level=level)
        np.testing.assert_allclose(both[row], alone[0], atol=1e-5)


def test_a_level_outside_of_the_fitted_ones_is_warned_of_in_words(denoiser):
    with pytest.warns(
        UserWarning, match=r"outside of what this Denoiser was fitted for, 0.05 to 0.4"
    ):
        denoiser.transform(boxes(2), noise_level=0.9)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (7, 5), (33, 47), (64, 3)])
def test_images_of_any_size(denoiser, blind, shape):
    image = np.full(shape, 0.5)
    for one in (denoiser, blind):
        cleaned = one.transform(image, noise_level=0.1)
        assert cleaned.shape == shape
        assert np.isfinite(cleaned).all()


def test_lists_stacks_and_single_images_give_the_same(denoiser):
    X = noisy(boxes(3), 0.1)
    stack = denoiser.transform(X, noise_level=0.1)
    listed = denoiser.transform(list(X), noise_level=0.1)
    assert isinstance(listed, list)
    np.testing.assert_allclose(np.stack(listed), stack, atol=1e-5)
    np.testing.assert_allclose(denoiser.transform(X[1], noise_level=0.1), stack[1], atol=1e-5)


def test_bytes_and_fractions_give_the_same():
    X = (255 * boxes(100)).astype(np.uint8)
    Y = noisy(X, 25)
    settings = {"network": SMALL, "trainer": quick(), "random_state": 0}
    of_bytes = Denoiser(25, **settings).fit(X).transform(Y)
    of_fractions = Denoiser(25 / 255, **settings).fit(X / np.float32(255)).transform(Y / 255)
    np.testing.assert_allclose(of_bytes / 255, of_fractions, atol=2e-3)


def test_color(rng):
    X = np.stack([boxes(64)] * 3, axis=-1)
    denoiser = Denoiser(0.2, network=SMALL, trainer=quick(2), random_state=0).fit(X)
    Y = noisy(X, 0.2)
    assert denoiser.transform(Y).shape == X.shape
    assert denoiser.transform(Y[0]).shape == X[0].shape
    with pytest.raises(DataError, match="was fitted on images of 3 channels"):
        denoiser.transform(Y[..., 0])


def test_large_images_are_learned_from_crops_and_give_back_their_sizes():
    images = [(255 * boxes(1, side)[0]).astype(np.uint8) for side in (70, 81, 20)]
    images[0] = images[0][:65]
    denoiser = Denoiser(20, network=SMALL, trainer=quick(), random_state=0).fit(images)
    assert [c.shape for c in denoiser.transform(images)] == [(65, 70), (81, 81), (20, 20)]


@pytest.mark.parametrize("noise", ["masking", "salt-and-pepper"])
def test_noise_that_spoils_single_values(noise):
    X = boxes(600)
    denoiser = Denoiser(0.2, noise=noise, network=SMALL, trainer=quick(5), random_state=0).fit(X)
    rng = np.random.default_rng(0)
    corrupted = np.where(rng.random(X.shape) < 0.2, 0.0, X)
    if noise == "salt-and-pepper":
        corrupted = np.where(rng.random(X.shape) < 0.1, 1.0, X)
    assert error(denoiser.transform(corrupted), X) < 0.5 * error(corrupted, X)


def test_without_clean_samples_it_comes_near_what_clean_samples_teach(blind, denoiser):
    X = boxes(50, seed=7)
    Y = noisy(X, 0.3)
    without = error(blind.transform(Y), X)
    assert without < 0.35 * error(Y, X)
    assert without < 4 * error(denoiser.transform(Y, noise_level=0.3), X)


def test_the_blind_one_keeps_a_value_that_has_no_noise(blind):
    Y = noisy(boxes(20, seed=7), 0.3)
    np.testing.assert_allclose(
        blind.transform(Y, noise_level=1e-4), Y.clip(Y.min(), Y.max()), atol=0.02
    )


def test_tables(rng):
    hidden = rng.normal(size=(2_000, 2))
    X = np.hstack([hidden, np.sin(hidden), hidden @ rng.normal(size=(2, 6))]) * 5 + 3
    Y = X + 0.5 * X.std(0) * rng.normal(size=X.shape)
    told = Denoiser(0.5, trainer=quick(12), network=DenoisingMLP((64, 64)), random_state=0).fit(X)
    alone = BlindDenoiser(
        0.5, trainer=quick(12), network=DenoisingMLP((64, 64)), random_state=0
    ).fit(Y)
    assert error(told.transform(Y), X) < 0.5 * error(Y, X)
    assert error(alone.transform(Y), X) < 0.8 * error(Y, X)


def test_the_same_seed_gives_the_same_denoiser():
    X = boxes(64)
    fitted = [
        Denoiser(0.2, network=SMALL, trainer=quick(), random_state=5).fit(X).transform(X)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*fitted)


def test_saved_and_loaded(denoiser, blind, tmp_path):
    Y = noisy(boxes(4), 0.2)
    for number, one in enumerate((denoiser, blind)):
        path = one.save(tmp_path / str(number))
        loaded = load_denoiser(path)
        assert type(loaded) is type(one)
        np.testing.assert_array_equal(
            loaded.transform(Y, noise_level=0.2), one.transform(Y, noise_level=0.2)
        )
        with pytest.raises(ModelError, match="exists already"):
            one.save(path)
    (tmp_path / "0" / "weights.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="damaged"):
        load_denoiser(tmp_path / "0")


@pytest.mark.parametrize("Kind", [Denoiser, BlindDenoiser])
def test_scikit_learn_can_clone_it(Kind):
    one = Kind(0.3, network=SMALL, random_state=3)
    assert clone(one).get_params()["network__channels"] == (12, 24)


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.full((4, 8, 8), np.nan), "NaN"),
        (np.zeros((0, 8, 8)), "empty"),
        (np.zeros((4, 0, 8)), "empty"),
        (np.array([[["a"]]]), "numbers"),
        (np.zeros((2, 2, 2, 2, 2)), "must have shape"),
        ([np.zeros((8, 8)), np.zeros((8, 8, 3))], "all grey or all colored"),
        ([np.zeros((8, 8, 9))], "channels"),
    ],
)
@pytest.mark.parametrize("Kind", [Denoiser, BlindDenoiser, WienerDenoiser])
def test_what_cannot_be_used(Kind, X, words):
    with pytest.raises(DataError, match=words):
        Kind().fit(X)


@pytest.mark.parametrize("level", [0, -1, float("nan"), "much", (0.3, 0.1), (0.1,)])
def test_levels_that_are_none(level):
    with pytest.raises(ParameterError, match="'noise_level' parameter of Denoiser must be"):
        Denoiser(level).fit(boxes(8))
    with pytest.raises(ParameterError, match="'noise_level' parameter of BlindDenoiser must be"):
        BlindDenoiser(level).fit(boxes(8))


def test_levels_that_are_none_in_use(denoiser):
    for level in (0, -1, np.nan):
        with pytest.raises(DataError, match="noise level must be positive"):
            denoiser.transform(boxes(2), noise_level=level)


def test_too_small_to_estimate(denoiser):
    with pytest.raises(DataError, match="too small to estimate its noise"):
        denoiser.transform(np.zeros((3, 4)))


def test_constant_images_stay_constant():
    X = np.full((40, 16, 16), 0.6)
    for one in (
        Denoiser(0.1, network=SMALL, trainer=quick(60), random_state=0),
        BlindDenoiser(network=SMALL, trainer=quick(), random_state=0),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            cleaned = one.fit(X).transform(X)
        np.testing.assert_allclose(cleaned, X, atol=0.05)


def test_one_image_alone():
    Y = noisy(boxes(1, side=64), 0.3)
    cleaned = BlindDenoiser(network=SMALL, trainer=quick(1), random_state=0).fit_transform(list(Y))
    assert error(cleaned[0], boxes(1, side=64)[0]) < 0.6 * error(Y[0], boxes(1, side=64)[0])
    assert estimate_noise(list(Y))[0] == pytest.approx(0.3, rel=0.15)


@pytest.mark.parametrize("level", [0.5, None])
def test_a_row_is_cleaned_alone_as_among_others(rng, tmp_path, level):
    X = rng.normal(size=(300, 2)) @ rng.normal(size=(2, 6)) * 4
    Y = X + 0.5 * X.std(0) * rng.normal(size=X.shape)
    blind = BlindDenoiser(level, network=DenoisingMLP((32,)), trainer=quick(4), random_state=0).fit(
        Y
    )
    together = blind.transform(Y)
    alone = np.vstack([blind.transform(row[None]) for row in Y[:5]])
    np.testing.assert_allclose(alone, together[:5], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(blind.transform(np.vstack([Y[:5], 100 * Y]))[:5], alone, atol=1e-3)
    loaded = load_denoiser(blind.save(tmp_path / "kept"))
    np.testing.assert_array_equal(loaded.transform(Y[:1]), blind.transform(Y[:1]))
    assert blind.levels(Y[:1])[0] == pytest.approx(0.5, rel=0.3)


def test_a_table_too_short_to_estimate_asks_for_a_level(rng):
    X = rng.normal(size=(20, 6)) * 4
    blind = BlindDenoiser(network=DenoisingMLP((8,)), trainer=quick(), random_state=0).fit(X)
    assert blind.transform(X, noise_level=0.2).shape == X.shape
    with pytest.raises(DataError, match="Give the noise level"):
        blind.transform(X)


def test_images_of_other_integers_are_refused(tmp_path):
    X = (255 * boxes(16)).astype(np.uint8)
    fitted = Denoiser(25, network=SMALL, trainer=quick(), random_state=0).fit(X)
    for one in (fitted, load_denoiser(fitted.save(tmp_path / "kept")), WienerDenoiser(25).fit(X)):
        with pytest.raises(DataError, match=r"images of uint16, but this .* was fitted on uint8"):
            one.transform(X.astype(np.uint16) * 257)
        assert one.transform(X.astype(float)).shape == X.shape


def test_the_levels_in_use_can_be_asked_for(denoiser, blind):
    X = boxes(2)
    assert blind.levels(X) == pytest.approx([0.3, 0.3])
    assert denoiser.levels(X, [0.1, 0.2]) == pytest.approx([0.1, 0.2])
    share = Denoiser(0.2, noise="masking", network=SMALL, trainer=quick(), random_state=0)
    assert share.fit((255 * X).astype(np.uint8)).levels(255 * X) == pytest.approx([0.2, 0.2])


def test_columns_are_remembered_and_forgotten_on_images(rng, tmp_path):
    table = pd.DataFrame(4 * rng.normal(size=(40, 3)), columns=list("abc"))
    one = Denoiser(0.2, trainer=quick(), network=DenoisingMLP((8,)), random_state=0).fit(table)
    loaded = load_denoiser(one.save(tmp_path / "kept"))
    with pytest.raises(ValueError, match="feature names"):
        loaded.transform(table[["b", "a", "c"]])
    one.set_params(network=SMALL)
    assert not hasattr(one.fit(boxes(8)), "feature_names_in_")


def test_a_checkpoint_is_of_one_level_of_noise(tmp_path):
    trainer = Trainer(max_epochs=1, checkpoint=tmp_path / "state", callbacks=())
    X = boxes(20)
    Denoiser((0.05, 0.1), trainer=trainer, random_state=0).fit(X)
    with pytest.raises(TrainingError, match="checkpoint"):
        Denoiser((0.3, 0.4), trainer=trainer, random_state=0).fit(X)


def test_after_a_training_that_failed_it_is_not_fitted():
    X = boxes(20)
    model = Denoiser(0.1, trainer=quick(), random_state=0).fit(X)
    trainer = Trainer(max_epochs=2, learning_rate=1e30, schedule="constant", callbacks=())
    with pytest.raises(TrainingError):
        model.set_params(trainer=trainer).fit(X)
    with pytest.raises(NotFittedError):
        model.transform(X)
