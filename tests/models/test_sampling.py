import numpy as np
import pytest

from latens.models import VAE, AdversarialAutoencoder, Autoencoder
from latens.models.sampling import (
    draw_codes,
    draw_from_mixture,
    draw_from_prior,
    fit_mixture,
)


def test_a_mixture_has_the_mean_the_spread_and_the_groups_of_its_codes(rng):
    codes = np.concatenate([rng.normal(-5, 0.5, (500, 2)), rng.normal(5, 0.5, (1500, 2))])
    new = draw_from_mixture(codes, 4000, seed=0)
    np.testing.assert_allclose(new.mean(axis=0), codes.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(new.std(axis=0), codes.std(axis=0), rtol=0.05)
    assert (np.abs(new) < 2).mean() < 0.01


@pytest.mark.parametrize("codes", [np.zeros((50, 3)), np.ones((2, 1)), np.eye(4)])
def test_few_or_equal_codes_are_no_trouble(codes):
    assert np.isfinite(draw_from_mixture(codes, 7, seed=0)).all()


def test_the_prior_is_standard_normal():
    draws = draw_from_prior(3, 20_000, seed=0)
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(draws.T), np.eye(3), atol=0.05)


def test_the_same_seed_gives_the_same_samples_after_loading_too(images, brief, tmp_path):
    import latens

    model = Autoencoder(4, **brief).fit(images)
    first = model.sample(6, random_state=1)
    assert first.shape == (6, 8, 8)
    loaded = latens.load_model(model.save(tmp_path / "model"))
    np.testing.assert_allclose(loaded.sample(6, random_state=1), first, atol=1e-4)
    assert not np.allclose(model.sample(6, random_state=2), first)


def test_draws_come_in_random_order_and_follow_the_seed(rng):
    """scikit-learn gives one component after the other; the first ten would all be alike."""
    codes = np.concatenate([rng.normal(-5, 0.1, (100, 1)), rng.normal(5, 0.1, (100, 1))])
    mixture = fit_mixture(codes, 0, 2)
    drawn = draw_codes(mixture, 200, seed=1)
    assert (np.diff(np.sign(drawn[:, 0])) != 0).sum() > 50
    np.testing.assert_array_equal(drawn, draw_codes(mixture, 200, seed=1))
    assert not np.array_equal(drawn, draw_codes(mixture, 200, seed=2))


def test_kinds_with_a_distribution_of_their_own_say_so():
    assert VAE().has_prior
    assert AdversarialAutoencoder().has_prior
    assert not Autoencoder().has_prior
