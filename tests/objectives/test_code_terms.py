"""What codes cost, by hand."""

import pytest
import torch
from torch.distributions import Normal

from latens.networks import Code, Output
from latens.objectives import code_size, contraction_estimate, jacobian_norm, sparsity_divergence
from latens.objectives.code_terms import commitment
from latens.objectives.dictionary import active_numbers
from latens.objectives.total_correlation import total_correlation


def output(z, **more):
    return Output(Code(z, z, **more), None, None)


def test_sizes_and_active_numbers_are_counted_sample_by_sample():
    z = torch.tensor([[1.0, -3.0, 0.0], [0.0, 0.0, 6.0]])
    assert code_size(output(z), z).tolist() == pytest.approx([4 / 3, 2.0])
    assert active_numbers(output(z), z).tolist() == [2, 1]


def test_commitment_is_the_distance_from_the_rows_that_stand_for_codes():
    before = torch.tensor([[1.0, 2.0], [0.0, 0.0]], requires_grad=True)
    rows = torch.tensor([[0.0, 0.0], [3.0, 1.0]], requires_grad=True)
    values = commitment(output(rows, before=before), rows)
    assert values.tolist() == pytest.approx([2.5, 5.0])
    values.sum().backward()
    assert rows.grad is None  # only the encoder moves


def test_a_silent_and_a_busy_unit_have_a_finite_divergence():
    """Means of 0 and 1 are taken as a millionth from there; the formula has no value at the ends."""
    found = sparsity_divergence(output(torch.tensor([[0.0, 1.0]] * 3)), 0.3)
    e = torch.tensor([1e-6, 1 - 1e-6], dtype=torch.float64)
    expected = (0.3 * (0.3 / e).log() + 0.7 * (0.7 / (1 - e)).log()).sum()
    torch.testing.assert_close(found, expected.expand(3).float(), rtol=0.02, atol=0)


def test_the_jacobian_of_a_linear_encoder_is_its_weight(linear, x):
    net = linear()
    whole = net.bottleneck.head.weight @ net.encoder.weight
    expected = whole.square().sum().detach().expand(7)
    torch.testing.assert_close(jacobian_norm(net, x), expected)


def test_random_signs_estimate_the_jacobian_with_the_variance_of_signs():
    """Of v'J with signs v the squared length is the norm plus twice the cross terms: two values."""
    x = torch.ones(4000, 2, requires_grad=True)
    code = x @ torch.tensor([[1.0, 3.0], [2.0, 1.0]])
    torch.manual_seed(0)
    found = contraction_estimate(code, x).detach()
    # Rows of the Jacobian (1, 2) and (3, 1): lengths 5 and 10, product 5.
    assert set(found.tolist()) == {15.0 - 10.0, 15.0 + 10.0}
    assert found.mean().item() == pytest.approx(15.0, abs=0.6)


def test_the_total_correlation_is_that_of_the_mixture_of_the_batch():
    """Sample by sample from the densities, as the formula has it."""
    torch.manual_seed(0)
    n, d, values = 5, 3, 4
    posterior = Normal(torch.randn(n, d).double(), torch.rand(n, d).double() + 0.2)
    z = posterior.sample()
    found = total_correlation(
        Output(Code(z, posterior.loc, posterior), None, None), torch.zeros(n, values)
    )
    for i in range(n):
        densities = torch.stack(
            [Normal(posterior.loc[j], posterior.scale[j]).log_prob(z[i]).exp() for j in range(n)]
        )
        expected = densities.prod(1).mean().log() - densities.mean(0).log().sum()
        torch.testing.assert_close(found[i], expected / values)
