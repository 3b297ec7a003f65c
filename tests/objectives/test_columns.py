"""The reconstruction error of rows of a table."""

import numpy as np
import torch

from latens._column_blocks import ColumnBlock
from latens.networks import Output
from latens.networks.layers.column_output import ColumnOutput, LevelGroups
from latens.objectives import ColumnError, squared_error


def _error(blocks: list[ColumnBlock], shares: list[float]) -> tuple[ColumnError, ColumnOutput]:
    n = len(shares)
    groups = LevelGroups(blocks, n, torch.tensor(shares), torch.ones(n))
    return ColumnError(squared_error, blocks, groups), ColumnOutput(groups)


def test_the_error_of_a_level_is_its_cross_entropy_over_the_entropy_of_the_column():
    error, output = _error([ColumnBlock("kind", "category", 0, 2)], [0.25, 0.75])
    x = torch.tensor([[0.75, -0.75], [-0.25, 0.25]])  # the first level, and the second
    raw = torch.zeros(2, 2)  # a decoder that says nothing gives the shares
    values = error(Output(None, raw, output(raw)), x)
    entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    np.testing.assert_allclose(values, -np.log([0.25, 0.75]) / entropy, rtol=1e-5)


def test_a_gap_is_not_in_the_error_and_has_no_gradient():
    error, output = _error([ColumnBlock("x", "number", 0, 1, gap=1)], [0.0, 0.5])
    raw = torch.tensor([[3.0, 0.0], [3.0, 0.0]], requires_grad=True)
    x = torch.tensor([[100.0, 0.5], [1.0, -0.5]])  # a gap, and a cell
    values = error(Output(None, raw, output(raw)), x)
    # Whether it is a gap counts 1 bit here; the number 4 where there is one; of the cells that there are.
    np.testing.assert_allclose(values.detach(), [1.0, (4.0 + 1.0) / 2], rtol=1e-5)
    values[0].backward()
    assert raw.grad[0, 0] == 0
