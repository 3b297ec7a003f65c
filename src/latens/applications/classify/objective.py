"""What a student minimizes: the right class for changed samples, as labels and a teacher say."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from latens._draws import drawing
from latens.applications.classify.augmentation import Augmentation
from latens.networks import Network
from latens.objectives import Batch, Losses, Objective, Phase
from latens.training import DeviceSamples

__all__ = ["ConsistencyObjective", "Targets"]

# The teacher is the mean of about the last hundred students, of fewer at the start.
_MEMORY, _WARM_UP = 0.99, 10
# A teacher that is less sure than this is not followed.
_SURE = 0.9
# Progress at which the first and the last sample follow the teacher and no longer the graph.
_FIRST, _LAST = 0.15, 0.65
# Labeled samples beside the batch of every step, and their weight beside the others.
_LABELED, _LABEL_WEIGHT = 32, 0.5


@dataclass(frozen=True, eq=False)
class Targets:
    """What is known of the samples before a training.

    Attributes
    ----------
    classes : Tensor of shape (n_samples,), int64
        The likeliest class.
    confidence : Tensor of shape (n_samples,)
        In [0, 1]; 1 where there is a label.
    labeled : Tensor of shape (n_labeled,), int64
        The rows that have a label.
    """

    classes: Tensor
    confidence: Tensor
    labeled: Tensor


class ConsistencyObjective(Objective):
    """Cross-entropy of strongly changed samples with targets that come from elsewhere.

    A target is the label where there is one. Elsewhere it is, at first, the class that propagation found,
    weighted by its confidence, and later the class that the teacher sees in the weakly changed sample, if
    it is sure. The teacher is the running mean of the student's weights. Per-sample terms: ``agreement``,
    the weighted cross-entropy, and ``followed``, the weight of each target.

    Parameters
    ----------
    student : Network
        Its decoder gives logits.
    samples : DeviceSamples
    targets : Targets
    augmentation : Augmentation

    References
    ----------
    Tarvainen and Valpola (2017), Mean teachers are better role models. arXiv:1703.01780.
    Sohn et al. (2020), FixMatch. arXiv:2001.07685.
    """

    def __init__(
        self, student: Network, samples: DeviceSamples, targets: Targets, augmentation: Augmentation
    ) -> None:
        super().__init__(lambda output, x: functional.cross_entropy(output.raw, x.argmax(1)))
        self.samples = samples
        self.targets = targets
        self.augmentation = augmentation
        self.steps = 0
        # In a tuple, and so no part of the state: the loop goes back to the epoch with the smallest loss,
        # but these losses do not compare, as their targets change. The last teacher is the one to keep.
        self._teacher = (deepcopy(student).requires_grad_(False).eval(),)

    @property
    def teacher(self) -> Network:
        """The mean of the last students."""
        return self._teacher[0]

    def phases(self, network: Network) -> list[Phase]:
        return [Phase("fit", list(network.parameters()), self)]

    def forward(self, network: Network, batch: Batch) -> Losses:
        self._follow(network)
        classes, weights = self._aims(batch)
        labeled = self._some_labeled(len(batch.x))
        seen = self.augmentation.strong(torch.cat([batch.x, labeled.x]))
        logits = network(seen).raw
        n = len(batch.x)
        errors = weights * functional.cross_entropy(logits[:n], classes, reduction="none")
        known = functional.cross_entropy(logits[n:], self.targets.classes[labeled.index])
        total = errors.mean() + _LABEL_WEIGHT * known
        return Losses(total, {"agreement": errors.detach(), "followed": weights})

    def is_settled(self, progress: float) -> bool:
        return progress >= _LAST

    def _aims(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The class of every sample to aim at, and how much it counts."""
        with torch.inference_mode():
            seen = self.teacher(self.augmentation.weak(batch.x)).raw.softmax(1)
            sureness, likeliest = seen.max(1)
        classes, confidence = (
            self.targets.classes[batch.index],
            self.targets.confidence[batch.index],
        )
        share = min(1.0, max(0.0, (batch.progress - _FIRST) / (_LAST - _FIRST)))
        switched = torch.rand(len(batch.x), device=batch.x.device, generator=drawing()) < share
        switched &= ~torch.isin(batch.index, self.targets.labeled)
        follows = (sureness > _SURE).to(confidence.dtype)
        return torch.where(switched, likeliest, classes), torch.where(switched, follows, confidence)

    def _some_labeled(self, batch_size: int) -> Batch:
        rows = self.targets.labeled
        size = min(_LABELED, batch_size)
        return self.samples.batch(
            rows[torch.randint(len(rows), (size,), device=rows.device, generator=drawing())]
        )

    def _follow(self, student: Network) -> None:
        """Move the teacher towards the student, which the last step has changed."""
        memory = min(_MEMORY, (self.steps + 1) / (self.steps + _WARM_UP))
        self.steps += 1
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.teacher.parameters()), list(student.parameters()), 1 - memory
            )
            for mine, theirs in zip(self.teacher.buffers(), student.buffers(), strict=True):
                mine.copy_(theirs)  # what layers that normalize have counted
