"""The objective of sparse dictionaries: units whose effect has unit norm."""

from functools import partial

import torch
from torch import Tensor, nn

from latens.networks import Network, Output
from latens.objectives.objective import Objective, Phase

__all__ = ["DictionaryObjective", "active_numbers", "dictionary_of"]


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


@torch.no_grad()
def _to_unit_norm(layer: nn.Linear) -> None:
    norms = torch.linalg.vector_norm(layer.weight, dim=0, keepdim=True)
    layer.weight.div_(norms.clamp(min=1e-12))
