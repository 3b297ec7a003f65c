"""What codes cost, by hand."""

from functools import partial

import pytest
import torch
from torch.distributions import Normal

from latens.networks import Code, Output
from latens.objectives import (
    Batch,
    Objective,
    Step,
    Term,
    active_numbers,
    code_size,
    commitment,
    contraction,
    contraction_estimate,
    decoder_slope,
    decoder_weight_norm,
    half_squared_code,
    jacobian_norm,
    label_error,
    sparsity_divergence,
    squared_error,
    total_correlation,
)


def step(code, n_values=1):
    """A step of which the code alone is known, on samples of some number of values."""
    x = torch.zeros(len(code.z), n_values)
    return Step(None, Batch(x, torch.arange(len(x))), x, Output(code, None, None))


def codes(z, **more):
    return step(Code(z, z, **more))


def supervised(weight):
    """An objective with a label head for three classes on codes of 2 dimensions."""
    head = torch.nn.Linear(2, 3)
    term = Term(partial(label_error, head=head), weight, couples_samples=True)
    return Objective(squared_error, {"label": term}, modules={"head": head})


def test_sizes_and_active_numbers_are_counted_sample_by_sample():
    z = torch.tensor([[1.0, -3.0, 0.0], [0.0, 0.0, 6.0]])
    assert code_size(codes(z)).tolist() == pytest.approx([4 / 3, 2.0])
    assert active_numbers(codes(z)).tolist() == [2, 1]


def test_commitment_is_the_distance_from_the_rows_that_stand_for_codes():
    before = torch.tensor([[1.0, 2.0], [4.0, -1.0]], requires_grad=True)
    rows = torch.tensor([[2.0, 4.0], [1.0, -2.0]], requires_grad=True)
    values = commitment(codes(rows, before=before))
    assert values.tolist() == pytest.approx([2.5, 5.0])
    values.sum().backward()
    assert rows.grad is None  # only the encoder moves, and towards its row
    torch.testing.assert_close(before.grad, (before - rows).detach())


def test_a_silent_and_a_busy_unit_have_a_finite_divergence():
    """Means of 0 and 1 are taken as a millionth from there; the formula has no value at the ends."""
    found = sparsity_divergence(codes(torch.tensor([[0.0, 1.0]] * 3)), 0.3)
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
    found = total_correlation(step(Code(z, posterior.loc, posterior), values))
    for i in range(n):
        densities = torch.stack(
            [Normal(posterior.loc[j], posterior.scale[j]).log_prob(z[i]).exp() for j in range(n)]
        )
        expected = densities.prod(1).mean().log() - densities.mean(0).log().sum()
        torch.testing.assert_close(found[i], expected / values)


@pytest.mark.parametrize("penalty", ["gradient", "weights"])
def test_code_and_decoder_have_their_weights(linear, x, penalty):
    net = linear()
    weight = net.decoder.weight
    with torch.no_grad():
        # Orthogonal rows: then one random projection gives the norm exactly.
        weight.copy_(torch.tensor([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]]))
    slope = Term(decoder_slope, 0.7, needs_code_grad=True)
    smoothness = {"gradient": slope, "weights": Term(decoder_weight_norm, 0.7)}[penalty]
    terms = {"code": Term(half_squared_code, 0.2), "smoothness": smoothness}
    objective = Objective(squared_error, terms)
    with torch.no_grad():
        losses = objective(net, Batch(x, torch.arange(7)))
    z = net.encode(x).z
    size = z.square().mean(1) / 2
    smoothness = torch.full((7,), 25.0 / 3, dtype=torch.float64)
    torch.testing.assert_close(losses.terms["code"], size.detach())
    torch.testing.assert_close(losses.terms["smoothness"], smoothness)
    error = (net.reconstruct(x).x_hat - x).square().mean()
    torch.testing.assert_close(losses.total, error + 0.2 * size.mean() + 0.7 * 25 / 3)


def test_a_contraction_has_its_weight(linear, x):
    net = linear()
    with torch.no_grad():
        net.encoder.weight.copy_(torch.tensor([[1.0, 2.0, 0.0], [2.0, -1.0, 0.0]]))
        net.bottleneck.head.weight.copy_(torch.eye(2))
        terms = {"contraction": Term(contraction, 0.5, needs_input_grad=True)}
        losses = Objective(squared_error, terms)(net, Batch(x, torch.arange(7)))
    error = (net.reconstruct(x).x_hat - x).square().mean()
    # The rows are orthogonal, so that one projection gives 1 + 4 + 4 + 1 exactly.
    torch.testing.assert_close(
        losses.terms["contraction"], torch.full((7,), 10.0, dtype=torch.float64)
    )
    torch.testing.assert_close(losses.total, error + 0.5 * 10)


def test_few_labels_weigh_as_much_as_many(linear, x):
    net = linear()
    objective = supervised(0.4).double()
    error = (net.reconstruct(x).x_hat - x).square().mean()
    for y in (torch.arange(7) % 3, torch.tensor([-1, -1, 2, -1, -1, -1, -1])):
        losses = objective(net, Batch(x, torch.arange(7), y))
        known = y >= 0
        logits = objective.head(net.encode(x).z)[known]
        expected = torch.nn.functional.cross_entropy(logits, y[known])
        torch.testing.assert_close(losses.total, error + 0.4 * expected)


def test_without_labels_it_is_the_reconstruction(linear, x):
    net = linear()
    losses = supervised(0.4).double()(net, Batch(x, torch.arange(7)))
    torch.testing.assert_close(losses.total, (net.reconstruct(x).x_hat - x).square().mean())
    assert (losses.terms["label"] == 0).all()


def test_samples_without_a_label_add_nothing(linear, x):
    objective, net = supervised(1.0).double(), linear()
    y = torch.tensor([0, -1, 2, -1, -1, 1, -1])

    def label_errors(y):
        return objective(net, Batch(x, torch.arange(7), y)).terms["label"]

    errors = label_errors(y)
    assert (errors[y < 0] == 0).all()
    assert (errors[y >= 0] > 0).all()
    logits = objective.head(net.encode(x).z)[y >= 0]
    expected = torch.nn.functional.cross_entropy(logits, y[y >= 0])
    torch.testing.assert_close(errors.mean(), expected.detach())
    assert label_errors(torch.full((7,), -1)).sum() == 0
