"""What is hidden is not seen."""

import pytest
import torch

from latens.networks.denoising import DenoisingMLP, DenoisingUNet
from latens.networks.network import Code, Output
from latens.objectives import Batch
from latens.objectives.blind_spot import BlindSpot, hidden_values, predicted, random_dihedral


@pytest.mark.parametrize(
    "shape", [(2, 1, 9, 9), (2, 3, 8, 13), (1, 1, 1, 20), (1, 2, 1, 1), (4, 7), (3, 1)]
)
def test_looks_hide_every_value_once(shape):
    x = torch.rand(shape)
    looks = hidden_values(x)
    assert looks
    assert torch.equal(sum(looks), torch.ones(1, *shape[1:]))


@pytest.mark.parametrize(
    "shape", [(1, 1, 9, 9), (1, 3, 8, 13), (1, 1, 1, 20), (1, 2, 1, 1), (1, 7)]
)
def test_no_prediction_depends_on_the_values_it_is_for(shape):
    torch.manual_seed(0)
    n = shape[1]
    factory = DenoisingMLP((8,)) if len(shape) == 2 else DenoisingUNet((6, 8))
    network = factory.build(2 * n, n).eval()
    for hidden in hidden_values(torch.rand(shape)):
        x = torch.rand(shape, requires_grad=True)
        told = (hidden * predicted(network, x, hidden)).sum()
        (gradient,) = torch.autograd.grad(told, x)
        assert (gradient * hidden).abs().max() == 0


class Nothing(torch.nn.Module):
    """A network that gives zeros, so that a prediction is what it was shown; it keeps that."""

    def forward(self, x):
        self.seen = x
        zeros = torch.zeros_like(x[:, : x.shape[1] // 2])
        return Output(Code(zeros, zeros), zeros, zeros)


def test_a_hidden_pixel_is_shown_as_the_mean_of_its_neighbors_straight_ones_counting_twice():
    image = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3).square()
    hidden = torch.zeros(1, 1, 3, 3)
    hidden[0, 0, 1, 1] = hidden[0, 0, 0, 0] = 1
    net = Nothing()
    shown = predicted(net, image, hidden)
    straight, corners = 4.0 + 16 + 36 + 64, 9.0 + 49 + 81
    assert shown[0, 0, 1, 1].item() == pytest.approx((straight + corners / 2) / (4 + 1.5))
    assert shown[0, 0, 0, 0].item() == pytest.approx((4 + 16) / 2)
    assert torch.equal(shown[hidden == 0], image[hidden == 0])
    assert torch.equal(net.seen[:, 1:], hidden)


def test_a_hidden_column_is_shown_as_zero_and_the_error_is_of_the_hidden_values_alone():
    x = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    net = Nothing()
    torch.manual_seed(0)
    losses = [BlindSpot(turns=False)(net, Batch(x, torch.arange(2))) for _ in range(40)]
    found = {tuple(one.terms["reconstruction"].tolist()) for one in losses}
    assert found == {(1.0, 25.0), (4.0, 36.0), (9.0, 49.0), (16.0, 64.0)}
    for one in losses:
        torch.testing.assert_close(one.total, one.terms["reconstruction"].mean())


@pytest.mark.parametrize("seen", range(9))
def test_neighbors_count_alike_in_all_directions(seen):
    image = torch.zeros(1, 1, 3, 3)
    image.view(-1)[seen] = 12.0
    hidden = torch.zeros(1, 1, 3, 3)
    hidden[0, 0, 1, 1] = 1
    expected = 0.0 if seen == 4 else 2.0 if seen % 2 else 1.0
    assert predicted(Nothing(), image, hidden)[0, 0, 1, 1].item() == pytest.approx(expected)


def test_a_pixel_of_which_a_single_corner_is_seen_is_shown_as_that_corner_and_one_of_none_as_zero():
    image = torch.full((1, 1, 3, 3), 7.0)
    hidden = torch.ones(1, 1, 3, 3)
    hidden[0, 0, 0, 0] = 0
    shown = predicted(Nothing(), image, hidden)
    assert shown[0, 0, 1, 1].item() == pytest.approx(7)
    assert shown[0, 0, 0, 1].item() == pytest.approx(7)
    assert shown[0, 0, 2, 2].item() == 0


def test_the_error_of_images_is_a_mean_over_the_hidden_values():
    """Zeros are shown for what is seen and around it, so that hidden values of 3 are off by 3."""

    class Flat(torch.nn.Module):
        def forward(self, x):
            rest = x[:, : x.shape[1] // 2]
            return Output(Code(rest, rest), rest, rest)  # takes away all that is shown

    x = torch.full((4, 2, 8, 8), 3.0)
    torch.manual_seed(0)
    losses = BlindSpot(turns=True)(Flat(), Batch(x, torch.arange(4)))
    torch.testing.assert_close(losses.terms["reconstruction"], torch.full((4,), 9.0))
    assert losses.total.item() == pytest.approx(9.0)


def test_each_symmetry_of_the_square_is_drawn_as_often_as_the_others():
    x = torch.tensor([[[[0, 1], [2, 3]]]])
    torch.manual_seed(0)
    drawn = [tuple(random_dihedral(x).flatten().tolist()) for _ in range(4000)]
    counts = {one: drawn.count(one) for one in set(drawn)}
    assert len(counts) == 8
    # 500 each, within 5 standard deviations.
    assert all(abs(count - 500) < 5 * (500 * 7 / 8) ** 0.5 for count in counts.values())


def test_a_prediction_that_is_right_costs_nothing_and_one_that_is_wrong_its_square():
    """Equal pixels are what is shown for each other; the network takes a half of what it is shown away."""

    class Half(torch.nn.Module):
        def forward(self, x):
            rest = x[:, : x.shape[1] // 2] / 2
            return Output(Code(rest, rest), rest, rest)

    batch = Batch(torch.full((4, 2, 8, 8), 3.0), torch.arange(4))
    assert BlindSpot(turns=True)(Nothing(), batch).total.item() == pytest.approx(0.0, abs=1e-9)
    assert BlindSpot(turns=True)(Half(), batch).total.item() == pytest.approx(1.5**2)
