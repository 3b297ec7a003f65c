"""The multinomial likelihood: which of many items the events of a sample fall on."""

from torch import Tensor
from torch.nn import functional

from latens.networks import Output

__all__ = ["multinomial_error"]


def multinomial_error(output: Output, target: Tensor) -> Tensor:
    """Negative multinomial log-likelihood of each sample's counts, in nats per sample.

    .. math:: -\\sum_i x_i \\log \\mathrm{softmax}(\\text{raw})_i

    A sum and not a mean over the values: what counts is the number of events, not the width of the
    table that they are written in. The coefficient that depends on the counts alone is left out.

    Parameters
    ----------
    output : Output
        `raw` has the logits of the items, shape (batch, n_items).
    target : Tensor of shape (batch, n_items)
        Counts, or 1 where there is an event.

    Returns
    -------
    Tensor of shape (batch,)

    References
    ----------
    D. Liang, R. Krishnan, M. Hoffman, T. Jebara (2018), "Variational autoencoders for collaborative
    filtering", WWW 2018, arXiv:1802.05814.

    Examples
    --------
    >>> import torch
    >>> even = Output(None, torch.zeros(1, 4), torch.zeros(1, 4))
    >>> multinomial_error(even, torch.tensor([[1.0, 1.0, 0.0, 0.0]]))  # 2 log 4
    tensor([2.7726])
    """
    return -(functional.log_softmax(output.raw, dim=-1) * target).sum(-1)
