"""Points are sampled in proportion to their weights, the same for any order of the rows."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["sample_by_weight"]


def sample_by_weight(
    mass: "torch.Tensor", order: "torch.Tensor", uniform: "torch.Tensor"
) -> "torch.Tensor":
    """Return points drawn in proportion to their mass.

    Parameters
    ----------
    mass : tensor of shape (n_starts, n_samples), float64
        At least 0 and in no row all 0.
    order : tensor of shape (n_samples,)
        The order of the points in which their masses are heaped up.
    uniform : tensor of shape (n_starts, n_draws), float64
        Random numbers in [0, 1), one per draw.

    Returns
    -------
    tensor of shape (n_starts, n_draws)
        Positions of points; never of one without mass.

    Examples
    --------
    >>> import torch
    >>> mass = torch.tensor([[0.0, 1.0, 3.0]], dtype=torch.float64)
    >>> uniform = torch.tensor([[0.0, 0.24, 0.26, 1.0]], dtype=torch.float64)
    >>> sample_by_weight(mass, torch.arange(3), uniform)
    tensor([[1, 1, 2, 2]])
    """
    import torch

    heaped = mass[:, order].cumsum(1)
    total = heaped[:, -1:].clone()
    drawn = torch.searchsorted(heaped, uniform * total, right=True)
    # A product that rounds up to the total falls past the end: it means the last point with mass.
    return order[torch.minimum(drawn, torch.searchsorted(heaped, total))]
