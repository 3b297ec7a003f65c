"""The objective of sparse dictionaries, whose atoms have unit norm."""

from functools import partial

import torch
from torch import Tensor, nn

from latens.networks import Network
from latens.objectives.objective import Objective, Phase, Step

__all__ = ["DictionaryObjective", "active_numbers", "dictionary_of"]


class DictionaryObjective(Objective):
    """An `Objective` that keeps each column of the decoder's first layer, an atom, at unit norm.

    Otherwise the decoder could grow and the code shrink, and activations of two units would not compare.
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
    """Return the decoder's first layer, whose columns are the atoms of the dictionary.

    None where the decoder does not begin with a dense layer.
    """
    first = next((one for one in network.decoder.modules() if not list(one.children())), None)
    return first if isinstance(first, nn.Linear) else None


def active_numbers(step: Step) -> Tensor:
    """Return how many dimensions of each code are not 0: the L0 of the literature."""
    z = step.output.code.z.detach()
    return (z != 0).to(z.dtype).sum(1)


@torch.no_grad()
def _to_unit_norm(layer: nn.Linear) -> None:
    norms = torch.linalg.vector_norm(layer.weight, dim=0, keepdim=True)
    layer.weight.div_(norms.clamp(min=1e-12))
