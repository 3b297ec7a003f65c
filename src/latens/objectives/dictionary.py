"""The objective of sparse dictionaries: rows of unit norm, and as many active units as asked for."""

from functools import partial

import torch
from torch import Tensor, nn

from latens.networks import Network, Output, active_above_thresholds
from latens.objectives.objective import Objective, Phase

__all__ = ["DictionaryObjective", "active_numbers", "dictionary_of", "excess_of_active_numbers"]


class DictionaryObjective(Objective):
    """An `Objective` that keeps what each number of the code adds to the sample at unit norm.

    Without it a decoder can grow and the code shrink, and no activation could be compared with another.
    """

    def phases(self, network: Network) -> list[Phase]:
        (phase,) = super().phases(network)
        layer = dictionary_of(network)
        if layer is None:
            return [phase]
        _to_unit_norm(layer)
        return [
            Phase(phase.name, phase.parameters, phase.loss, after=partial(_to_unit_norm, layer))
        ]


def dictionary_of(network: Network) -> nn.Linear | None:
    """Return the decoder's first layer, whose columns are what the numbers of a code stand for.

    None where the decoder starts with something else than a dense layer.
    """
    first = next((one for one in network.decoder.modules() if not list(one.children())), None)
    return first if isinstance(first, nn.Linear) else None


def active_numbers(output: Output, x: Tensor) -> Tensor:
    """How many numbers of each code are not 0: the L0 of the literature."""
    return (output.code.z.detach() != 0).to(x.dtype).sum(1)


def excess_of_active_numbers(output: Output, x: Tensor, k: int) -> Tensor:
    """Squared relative difference of the batch's mean number of active units from k.

    Of codes of a `JumpReLU`; the gradient moves its thresholds. The value is the batch's and the same for
    all its samples.

    References
    ----------
    Rajamanoharan et al. (2024), arXiv:2407.14435, section 4 and appendix: a target for L0.
    """
    mean = active_above_thresholds(output.code).mean()
    return (mean / k - 1).square().expand(len(x))


@torch.no_grad()
def _to_unit_norm(layer: nn.Linear) -> None:
    norms = torch.linalg.vector_norm(layer.weight, dim=0, keepdim=True)
    layer.weight.div_(norms.clamp(min=1e-12))
