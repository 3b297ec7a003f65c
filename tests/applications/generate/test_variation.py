"""Variations and ways between samples."""

import numpy as np
import pytest

from latens.applications import interpolate, vary
from latens.applications.generate import variation
from latens.exceptions import DataError, ParameterError


def test_no_variation_gives_the_samples_back(autoencoder, images):
    np.testing.assert_allclose(vary(autoencoder, images[:5], 0), images[:5], atol=1e-3)


def test_a_small_variation_keeps_what_the_model_could_not_rebuild(autoencoder, images):
    """It is nearer to the sample than the plain reconstruction, and further amounts are further."""
    X = images[1200:1400].astype(float)

    def error(new):
        return np.square(new - X).mean()

    amounts = [error(vary(autoencoder, X, amount, random_state=0)) for amount in (0.05, 0.5, 1, 2)]
    assert amounts[0] < 0.5 * error(autoencoder.reconstruct(X))
    assert amounts == sorted(amounts)


def test_codes_move_by_the_spread_of_the_codes_around(autoencoder, images, monkeypatch):
    """Over many draws the decoded codes have the covariance of the neighbors."""
    sent = []
    decode = autoencoder.inverse_transform
    monkeypatch.setattr(
        autoencoder, "inverse_transform", lambda Z: sent.append(np.asarray(Z)) or decode(Z)
    )
    X = np.repeat(images[:1], 4000, axis=0)
    vary(autoencoder, X, random_state=0)
    before, after = sent
    codes = autoencoder.codes_
    near = codes[np.argsort(np.square(codes - before[0]).sum(axis=1))[:12]]
    np.testing.assert_allclose(
        np.cov((after - before).T), np.cov(near.T), atol=0.1 * np.abs(np.cov(near.T)).max()
    )


def test_values_stay_in_the_range_of_the_data_and_tables_in_theirs(autoencoder, narrow, images):
    new = vary(autoencoder, images[:50], 3.0, random_state=0)
    assert new.min() >= 0
    assert new.max() <= 16
    X = np.random.default_rng(1).normal(size=(5, 4))
    assert vary(narrow, X, random_state=0).shape == (5, 4)
    np.testing.assert_allclose(vary(narrow, X, 0), X, atol=1e-5)


@pytest.mark.parametrize("path", ["linear", "spherical"])
def test_a_way_begins_and_ends_with_the_reconstructions(autoencoder, images, path):
    way = interpolate(autoencoder, images[:3], images[3:6], steps=5, path=path)
    assert way.shape == (3, 5, 8, 8)
    np.testing.assert_allclose(way[:, 0], autoencoder.reconstruct(images[:3]), atol=1e-3)
    np.testing.assert_allclose(way[:, -1], autoencoder.reconstruct(images[3:6]), atol=1e-3)


def test_an_arc_keeps_its_distance_and_its_pace():
    from latens.applications.generate.interpolation import _arcs

    shares = np.linspace(0, 1, 5)[:, None]
    arc = _arcs(np.array([[2.0, 0.0]]), np.array([[0.0, 4.0]]), shares)[0]
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), [2, 2.5, 3, 3.5, 4])
    np.testing.assert_allclose(
        np.degrees(np.arctan2(arc[:, 1], arc[:, 0])), [0, 22.5, 45, 67.5, 90]
    )
    for second in ([-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]):  # opposite, the center itself, the same
        line = _arcs(np.array([[2.0, 0.0]]), np.array([second]), shares)[0]
        np.testing.assert_allclose(line, np.linspace([2.0, 0.0], second, 5), atol=1e-9)


def test_bad_input(autoencoder, images):
    with pytest.raises(ParameterError, match=r"steps.*Got 1 instead"):
        interpolate(autoencoder, images[:1], images[1:2], steps=1)
    with pytest.raises(ParameterError, match="path"):
        interpolate(autoencoder, images[:1], images[1:2], path="scenic")
    with pytest.raises(DataError, match=r"as many samples\. Got 1 and 2"):
        interpolate(autoencoder, images[:1], images[1:3])
    with pytest.raises(DataError, match="samples of shape"):
        vary(autoencoder, images[:2, :4])
    with pytest.raises(ParameterError, match="amount"):
        vary(autoencoder, images[:2], -0.5)


def test_a_block_has_room_for_the_codes_around(autoencoder, images, monkeypatch):
    sent = []
    encode = autoencoder.transform
    monkeypatch.setattr(autoencoder, "transform", lambda X: sent.append(len(X)) or encode(X))
    # 12 neighbors with codes of 6 dimensions are more than an image of 64 values.
    monkeypatch.setattr(variation, "_BLOCK_VALUES", 8 * 12 * 6)
    vary(autoencoder, images[:17], random_state=0)
    assert sent == [8, 8, 1]
