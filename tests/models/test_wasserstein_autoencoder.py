import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import euclidean_distances

from latens.models import Autoencoder, WassersteinAutoencoder
from latens.networks import Code, Output
from latens.objectives import Batch, Step, inverse_multiquadratics, prior_discrepancy


def step(z: torch.Tensor) -> Step:
    return Step(None, Batch(z, torch.arange(len(z))), z, Output(Code(z, z), None, None))


def kernel(a, b):
    """From the definition, one width after the other."""
    squared = euclidean_distances(a, b, squared=True)
    widths = [2 * a.shape[1] * scale for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
    return np.mean([width / (width + squared) for width in widths], axis=0)


def reference(a, b):
    """The unbiased estimate of Gretton et al. (2012), lemma 6, pair by pair."""
    n = len(a)
    same = sum(kernel(one, one)[~np.eye(n, dtype=bool)].sum() for one in (a, b))
    return same / (n * (n - 1)) - 2 * kernel(a, b).mean()


def discrepancy(z, seed=0):
    torch.manual_seed(seed)
    return float(prior_discrepancy(step(z)).mean())


def test_kernel_and_estimate_are_those_of_the_definition():
    rng = np.random.default_rng(0)
    a, b = rng.normal(2, 3, (40, 5)), rng.normal(size=(30, 5))
    ours = inverse_multiquadratics(torch.tensor(a), torch.tensor(b)).numpy()
    np.testing.assert_allclose(ours, kernel(a, b))
    for n in (40, 2):
        z = torch.tensor(a[:n])
        torch.manual_seed(0)
        draws = torch.randn_like(z).numpy()
        assert discrepancy(z) == pytest.approx(reference(a[:n], draws))


def test_it_is_zero_on_average_at_equal_distributions_and_only_there():
    def estimates(make):
        codes = [make(torch.Generator().manual_seed(seed)) for seed in range(1, 101)]
        return np.array([discrepancy(z, seed) for seed, z in enumerate(codes)])

    equal = estimates(lambda chance: torch.randn(200, 4, generator=chance))
    error = equal.std() / 10
    assert abs(equal.mean()) < 3 * error
    assert equal.min() < 0 < equal.max()  # unbiased, so on both sides
    wide = estimates(lambda chance: 2 * torch.randn(200, 4, generator=chance))
    moved = estimates(lambda chance: 1 + torch.randn(200, 4, generator=chance))
    assert wide.mean() > 20 * error
    assert moved.mean() > 20 * error


def test_it_grows_with_the_distance_and_its_gradient_reaches_far_codes():
    z = torch.randn(100, 3, generator=torch.Generator().manual_seed(9))
    values = [discrepancy(z + shift) for shift in (0.0, 0.5, 1.0, 2.0, 10.0)]
    assert values == sorted(values)
    far = (z + 50).requires_grad_()
    prior_discrepancy(step(far)).mean().backward()
    assert (far.grad.sum(0) > 0).all()  # down is towards the prior


def test_the_codes_of_all_samples_come_closer_to_the_prior(images, settings):
    images = images[:600]
    plain = Autoencoder(4, **settings).fit(images)
    model = WassersteinAutoencoder(4, **settings).fit(images)
    apart = discrepancy(torch.tensor(plain.transform(images)))
    near = discrepancy(torch.tensor(model.transform(images)))
    assert near < 0.1 * apart
    assert near < 0.02


def test_without_a_weight_it_is_the_plain_autoencoder(images, settings):
    images = images[:300]
    model = WassersteinAutoencoder(4, weight=0.0, **settings).fit(images)
    plain = Autoencoder(4, **settings).fit(images)
    np.testing.assert_array_equal(model.transform(images), plain.transform(images))


def test_the_term_says_that_it_needs_the_whole_batch():
    assert WassersteinAutoencoder()._objective().terms["discrepancy"].couples_samples


def test_a_batch_of_one_sample_has_a_finite_discrepancy():
    assert np.isfinite(discrepancy(torch.ones(1, 3)))
