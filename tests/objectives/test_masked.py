"""What is hidden, and what of it is counted."""

import pytest
import torch

from latens.networks import Code, Output
from latens.objectives import Batch, MaskedObjective, hidden_patches, squared_error
from latens.objectives.masked import _error_where


def reconstructed(x_hat):
    return Output(Code(x_hat, x_hat), x_hat, x_hat)


@pytest.mark.parametrize("side", [1, 3, 4])
def test_patches_are_whole_and_cut_only_at_the_far_borders(side):
    torch.manual_seed(0)
    hidden = hidden_patches(torch.full((20,), 0.5), (2, 7, 10), side)[:, 0]
    assert hidden.shape == (20, 7, 10)
    rows, columns = torch.arange(7) // side, torch.arange(10) // side
    for one in hidden:
        for i in rows.unique():
            for j in columns.unique():
                assert one[rows == i][:, columns == j].float().mean().item() in (0.0, 1.0)
    count = (-(-7 // side)) * (-(-10 // side))
    firsts = hidden[:, ::side, ::side].flatten(1).sum(1)
    assert (firsts == torch.tensor(0.5 * count).round()).all()


def test_columns_of_a_table_are_hidden_one_by_one():
    torch.manual_seed(0)
    shares = torch.tensor([0.0, 0.25, 0.5, 1.0])
    hidden = hidden_patches(shares, (8,), side=3)
    assert hidden.sum(1).tolist() == [0, 2, 4, 8]


def test_shares_lie_evenly_between_none_and_the_largest():
    x = torch.full((4000, 20), 5.0)
    seen = []

    class Network(torch.nn.Module):
        def forward(self, values):
            seen.append(values)
            return reconstructed(values)

    torch.manual_seed(0)
    objective = MaskedObjective(squared_error, torch.zeros(20), 0.8, 1)
    losses = objective(Network(), Batch(x, torch.arange(4000)))
    shares = (seen[0] == 0).float().mean(1)
    assert shares.min() == 0
    assert shares.max().item() == pytest.approx(0.8)
    assert shares.mean().item() == pytest.approx(0.4, abs=0.02)
    assert shares.std().item() == pytest.approx(0.8 / 12**0.5, rel=0.05)
    # The network gives what it got: hidden values are off by 5, the others by nothing.
    some = shares > 0
    torch.testing.assert_close(losses.terms["hidden"], torch.where(some, 25.0, 0.0))
    torch.testing.assert_close(losses.terms["reconstruction"], 25 * shares)
    torch.testing.assert_close(losses.total, 25 * shares.mean())


def test_the_error_of_the_hidden_part_is_a_mean_over_it_alone():
    x = torch.zeros(2, 1, 2, 2)
    output = reconstructed(torch.tensor([1.0, 2, 3, 4]).reshape(1, 1, 2, 2))
    hidden = torch.tensor([[[[True, False], [False, True]]], [[[False, True], [False, False]]]])
    assert _error_where(hidden, output, x).tolist() == pytest.approx([8.5, 4.0])


def test_every_place_of_every_sample_is_hidden_alike_often():
    """Whatever the batch: the ranks of one sample know nothing of those of the others."""
    torch.manual_seed(0)
    for n in (1, 2, 5):
        draws = [hidden_patches(torch.full((n,), 0.25), (8,), 1) for _ in range(2000 // n)]
        hidden = torch.stack(draws).float()
        assert (hidden.sum(2) == 2).all()
        assert (hidden.mean((0, 1)) - 0.25).abs().max() < 0.05
        if n > 1:
            # Two samples hide the same place by chance: a quarter of a quarter of the time.
            both = (hidden[:, 0] * hidden[:, 1]).mean(0)
            assert (both - 0.0625).abs().max() < 0.04
