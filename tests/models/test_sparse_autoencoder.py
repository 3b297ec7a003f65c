import numpy as np
import pytest
import torch

from latens.exceptions import ParameterError
from latens.models import SparseAutoencoder
from latens.networks import Code, Output
from latens.objectives import sparsity_divergence


def test_top_k_has_exactly_k_numbers_that_are_not_zero(images, settings):
    model = SparseAutoencoder(40, penalty="topk", k=7, **settings).fit(images)
    assert set((model.transform(images) != 0).sum(axis=1)) == {7}


def test_mean_activation_approaches_rho(images, settings):
    model = SparseAutoencoder(12, penalty="kl", rho=0.2, weight=0.1, **settings).fit(images)
    means = model.transform(images).mean(axis=0)
    np.testing.assert_allclose(means, 0.2, atol=0.05)
    assert model.transform(images).min() >= 0


def test_divergence_is_zero_at_rho_and_the_textbook_sum_elsewhere():
    def divergence(z):
        return sparsity_divergence(Output(Code(z, z), None, None), 0.2)

    assert divergence(torch.full((4, 3), 0.2)).abs().max() < 1e-6
    q = torch.tensor([0.1, 0.5])
    expected = (0.2 * (0.2 / q).log() + 0.8 * (0.8 / (1 - q)).log()).sum()
    torch.testing.assert_close(divergence(q.expand(4, 2)), expected.expand(4))


def test_a_larger_l1_weight_gives_smaller_codes(images, settings):
    def size(weight):
        model = SparseAutoencoder(12, weight=weight, **settings).fit(images)
        return np.abs(model.transform(images)).mean()

    assert size(0.01) < 0.5 * size(0.0)


def test_l1_codes_have_true_zeros_and_are_never_negative(images, settings):
    codes = SparseAutoencoder(100, **settings).fit(images).transform(images)
    assert codes.min() == 0
    assert 0.1 < (codes == 0).mean() < 1


def test_units_that_nothing_activates_are_counted(images, settings):
    model = SparseAutoencoder(10, weight=0.0, **settings).fit(images)
    model.codes_ = model.codes_.copy()
    model.codes_[:, [2, 5]] = 0
    assert {2, 5} <= set(model.dead_units_.tolist())
    assert len(model.dead_units_) < 10


def test_k_beyond_the_code_is_refused(images):
    with pytest.raises(ParameterError, match="at most latent_dim=3"):
        SparseAutoencoder(3, penalty="topk", k=4).fit(images)
