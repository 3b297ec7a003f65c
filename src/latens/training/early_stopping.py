"""How a training ends that no longer gets better: from its best epoch, at a rate that falls to zero.

Like a schedule, all of it follows from the losses so far, so that a resumed training continues it exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from latens.training.history import Epoch

__all__ = ["WEIGHT_DECAY", "Cooling", "cooling_of"]

# Of AdamW, where the network would go on to overfit; docs/developers/decisions.md has the figures.
WEIGHT_DECAY = 1.0
# Where no patience is given: half as many epochs as led to the best one, at least 10.
_WAITED, _LEAST_WAITED = 0.5, 10
# Epochs of an end, so that the rate has time to fall.
_FEWEST = 4


@dataclass(frozen=True)
class Cooling:
    """The last epochs of a training, which start from the weights of its best one.

    Attributes
    ----------
    start : int
        Epochs done before.
    epochs : int
        How many it takes.
    best : Epoch
        Whose weights it starts from.
    """

    start: int
    epochs: int
    best: Epoch

    @property
    def end(self) -> int:
        """The epochs of the whole training."""
        return self.start + self.epochs


def cooling_of(
    epochs: Sequence[Epoch],
    *,
    share: float,
    patience: int | None,
    min_delta: float,
    max_epochs: int | None,
) -> Cooling | None:
    """Return how a training ends, if it has waited in vain for a lower loss.

    Parameters
    ----------
    epochs : sequence of Epoch
        All so far.
    share : float in [0, inf)
        Epochs of the end over those that led to the best one; 0: it ends at once.
    patience : int or None
        Epochs to wait for a lower loss; None: half as many as led to the best one, at least 10.
    min_delta : float
        How much lower a loss must be to count.
    max_epochs : int or None
        The end has no more than are left.

    Returns
    -------
    Cooling or None
        None while losses still fall.

    Examples
    --------
    >>> losses = [3.0, 2.0, 1.0, 1.5, 1.6]
    >>> epochs = [Epoch(n, n, 1e-3, loss, None, {}) for n, loss in enumerate(losses, start=1)]
    >>> end = cooling_of(epochs, share=2.0, patience=2, min_delta=0.0, max_epochs=None)
    >>> end.best.number, end.start, end.epochs
    (3, 5, 6)
    """
    settled = [epoch for epoch in epochs if epoch.is_settled]
    if not settled:
        return None
    best = progress = settled[0]
    for epoch in settled:
        best = min(best, epoch, key=lambda one: one.monitored)
        # What is less lower than `min_delta` may be the best, and is no progress.
        if epoch.monitored < progress.monitored - min_delta:
            progress = epoch
        done = epoch.number
        if done - progress.number >= (patience or max(_LEAST_WAITED, _WAITED * progress.number)):
            length = max(_FEWEST, round(share * best.number)) if share else 0
            left = length if max_epochs is None else max_epochs - done
            return Cooling(done, min(length, left), best)
    return None
