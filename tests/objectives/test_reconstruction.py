import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from torch.distributions import Multinomial

from latens.exceptions import ParameterError
from latens.metrics import ssim_samples
from latens.models import Autoencoder
from latens.networks import MLP, Code, Output
from latens.objectives import (
    RECONSTRUCTION_ERRORS,
    Batch,
    GaussianError,
    Objective,
    Term,
    absolute_error,
    binary_cross_entropy,
    multinomial_error,
    root_mean_squared_error,
    squared_error,
    structural_dissimilarity,
)
from latens.objectives.reconstruction import per_sample
from latens.training import Trainer


def output(raw: torch.Tensor) -> Output:
    code = Code(torch.zeros(len(raw), 1), torch.zeros(len(raw), 1))
    return Output(code, raw, torch.sigmoid(raw))


@pytest.fixture
def pair() -> tuple[Output, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(6, 1, 4, 5, generator=generator, dtype=torch.float64)
    return output(raw), torch.rand(6, 1, 4, 5, generator=generator, dtype=torch.float64)


def test_errors_are_the_means_per_sample(pair):
    x_hat, x = pair[0].x_hat.flatten(1).numpy(), pair[1].flatten(1).numpy()
    for ours, reference in (
        (squared_error, mean_squared_error),
        (absolute_error, mean_absolute_error),
    ):
        expected = [reference(one, other) for one, other in zip(x, x_hat, strict=True)]
        np.testing.assert_allclose(ours(*pair).numpy(), expected)


def test_cross_entropy_is_the_log_loss_of_binary_targets(pair):
    x = (pair[1] > 0.5).double()
    expected = [
        log_loss(one.flatten().numpy(), other.flatten().numpy(), labels=[0, 1])
        for one, other in zip(x, pair[0].x_hat, strict=True)
    ]
    np.testing.assert_allclose(binary_cross_entropy(pair[0], x).numpy(), expected)


def test_cross_entropy_has_a_gradient_where_the_sigmoid_is_saturated():
    raw = torch.full((1, 1), 200.0, requires_grad=True)
    binary_cross_entropy(output(raw), torch.zeros(1, 1)).sum().backward()
    assert raw.grad.item() == pytest.approx(1.0)


@pytest.mark.parametrize("error", RECONSTRUCTION_ERRORS.values())
def test_a_perfect_reconstruction_is_the_best(error, pair):
    perfect = Output(pair[0].code, torch.logit(pair[1]), pair[1])
    assert (error(perfect, pair[1]) < error(pair[0], pair[1])).all()


def test_terms_are_weighted_in_the_total_and_unweighted_in_the_record():
    class Constant(torch.nn.Module):
        def forward(self, x):
            code = Code(torch.full((len(x), 2), 3.0), torch.zeros(len(x), 2))
            return Output(code, x, x + 1)

    objective = Objective(
        squared_error, {"size": Term(lambda step: step.output.code.z.abs().sum(1), 0.5)}
    )
    losses = objective(Constant(), Batch(torch.zeros(4, 7), torch.arange(4)))
    assert losses.total.item() == pytest.approx(1.0 + 0.5 * 6.0)
    assert losses.terms["size"].tolist() == [6.0] * 4
    assert losses.terms["reconstruction"].tolist() == [1.0] * 4


def test_root_mean_squared_error_is_the_batchs_and_has_a_gradient_at_zero(pair):
    expected = np.sqrt(
        mean_squared_error(pair[1].flatten().numpy(), pair[0].x_hat.flatten().numpy())
    )
    errors = root_mean_squared_error(*pair)
    np.testing.assert_allclose(errors.numpy(), np.full(6, expected))
    x_hat = pair[1].clone().requires_grad_()
    root_mean_squared_error(Output(pair[0].code, x_hat, x_hat), pair[1]).mean().backward()
    assert x_hat.grad.isfinite().all()


def test_gaussian_error_is_the_likelihood_at_the_best_variance(pair):
    """While training the variance is the batch's own error: no other gives a higher likelihood."""
    error = GaussianError().double().train()
    x_hat = pair[0].x_hat.clone().requires_grad_()
    out = Output(pair[0].code, x_hat, x_hat)
    loss = error(out, pair[1]).mean().item()

    def likelihood(variance):
        normal = torch.distributions.Normal(x_hat.detach(), variance**0.5)
        return -normal.log_prob(pair[1]).mean().item()

    best = (x_hat.detach() - pair[1]).square().mean().item()
    assert loss == pytest.approx(likelihood(best))
    assert loss < min(likelihood(best * 1.1), likelihood(best / 1.1))


def test_gaussian_error_uses_its_kept_variance_outside_of_training(pair):
    error = GaussianError().double().eval()
    error.variance.fill_(0.25)
    normal = torch.distributions.Normal(pair[0].x_hat, 0.5)
    expected = -normal.log_prob(pair[1]).flatten(1).mean(1)
    torch.testing.assert_close(error(*pair), expected)
    assert error.variance.item() == 0.25
    # Nor does it follow an output that gradients are asked of, as a Jacobian is, outside of training.
    x_hat = pair[0].x_hat.clone().requires_grad_()
    torch.testing.assert_close(error(Output(pair[0].code, x_hat, x_hat), pair[1]), expected)
    assert error.variance.item() == 0.25


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 16), (2, 5, 4)])
def test_ssim_is_that_of_the_metrics(shape):
    rng = np.random.default_rng(0)
    x, x_hat = rng.random((2, 6, *shape))
    x_hat = 0.7 * x + 0.3 * x_hat
    ours = structural_dissimilarity(
        Output(None, None, torch.tensor(x_hat)), torch.tensor(x)
    ).numpy()
    expected = ssim_samples(np.moveaxis(x, 1, -1), np.moveaxis(x_hat, 1, -1), data_range=1)
    np.testing.assert_allclose(1 - ours, expected, atol=1e-10)


def test_ssim_is_refused_for_tables_with_the_way_out():
    with pytest.raises(ParameterError, match="cannot use 'ssim' for a table"):
        Autoencoder(2, reconstruction="ssim").fit(np.random.default_rng(0).normal(size=(50, 4)))


def test_training_on_ssim_makes_more_alike_images_than_training_on_squares(digits):
    from latens.metrics import ssim

    def likeness(error):
        trainer = Trainer(max_epochs=15, callbacks=())
        settings = {"network": MLP((128, 64)), "trainer": trainer, "random_state": 0}
        model = Autoencoder(3, reconstruction=error, **settings).fit(digits[:1000])
        return ssim(digits[1400:], model.reconstruct(digits[1400:]), data_range=16)

    assert likeness("ssim") > likeness("mse")


def test_an_error_of_the_batch_becomes_one_of_each_sample_and_others_stay(pair):
    found = per_sample(root_mean_squared_error)(*pair)
    torch.testing.assert_close(found, squared_error(*pair).sqrt())
    one = Output(pair[0].code, pair[0].raw[:1], pair[0].x_hat[:1])
    torch.testing.assert_close(per_sample(root_mean_squared_error)(one, pair[1][:1]), found[:1])
    for error in (squared_error, absolute_error, binary_cross_entropy):
        assert per_sample(error) is error


def test_the_variance_follows_a_tenth_of_the_way_and_is_never_too_small(pair):
    error = GaussianError().double()
    x_hat = pair[0].x_hat.clone().requires_grad_()
    output = Output(pair[0].code, pair[0].raw, x_hat)
    squared = squared_error(output, pair[1]).detach()
    best = squared.mean()
    values = error(output, pair[1])
    expected = 0.5 * (squared / best + best.log() + np.log(2 * np.pi))
    torch.testing.assert_close(values.detach(), expected)
    torch.testing.assert_close(error.variance, 0.9 + 0.1 * best)
    # Out of training, or without a gradient, the average is used and stays.
    for ready in (error.eval(), error.train()):
        before = error.variance.clone()
        still = output if ready.training is False else pair[0]
        values = ready(still, pair[1]).detach()
        expected = 0.5 * (squared / before + before.log() + np.log(2 * np.pi))
        torch.testing.assert_close(values, expected)
        assert error.variance == before
    perfect = Output(pair[0].code, pair[0].raw, pair[1].clone().requires_grad_())
    expected = 0.5 * (np.log(1e-6) + np.log(2 * np.pi))
    torch.testing.assert_close(
        error(perfect, pair[1]).detach(), torch.full((6,), expected, dtype=torch.float64)
    )


def logits(raw: torch.Tensor) -> Output:
    return Output(None, raw, raw)


def test_the_multinomial_error_is_torchs_own_up_to_the_coefficient_of_the_counts():
    torch.manual_seed(0)
    raw = torch.randn(3, 5)
    counts = torch.tensor([[2.0, 0, 1, 0, 0], [0, 0, 0, 3, 0], [1, 1, 1, 0, 0]])
    expected = -torch.stack(
        [Multinomial(3, logits=row).log_prob(count) for row, count in zip(raw, counts, strict=True)]
    )
    coefficient = torch.lgamma(torch.tensor(4.0)) - torch.lgamma(counts + 1).sum(1)
    torch.testing.assert_close(multinomial_error(logits(raw), counts), expected + coefficient)


def test_an_empty_sample_costs_nothing_and_logits_have_no_zero():
    raw = torch.tensor([[1.0, 2.0, 3.0]])
    assert multinomial_error(logits(raw), torch.zeros(1, 3)).item() == 0
    x = torch.tensor([[1.0, 0.0, 1.0]])
    shifted = multinomial_error(logits(raw + 100), x)
    torch.testing.assert_close(multinomial_error(logits(raw), x), shifted)


def test_the_gradient_of_the_multinomial_error_is_the_gap_between_shares():
    raw = torch.zeros(1, 4, requires_grad=True)
    x = torch.tensor([[3.0, 1.0, 0.0, 0.0]])
    multinomial_error(logits(raw), x).sum().backward()
    torch.testing.assert_close(raw.grad, 4 * torch.full((1, 4), 0.25) - x)
