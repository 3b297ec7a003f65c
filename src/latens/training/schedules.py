"""Learning-rate schedules: a factor from the progress and the losses so far, without hidden state.

Because a schedule remembers nothing, a resumed training continues it exactly.
"""

from collections.abc import Sequence
from math import cos, inf, pi
from typing import ClassVar, Protocol

from sklearn.base import BaseEstimator

from latens._validation import Constraints, Integer, Real

__all__ = ["SCHEDULES", "Constant", "OneCycle", "Plateau", "Schedule"]


class Schedule(Protocol):
    """A parameter object that answers how much of the learning rate to use."""

    def factor(self, progress: float, losses: Sequence[float]) -> float:
        """Return the factor on the learning rate.

        Parameters
        ----------
        progress : float in [0, 1]
            The share of the training that is over, by steps or by time.
        losses : sequence of float
            The monitored loss of every epoch so far that was trained with all terms at their final weights.
        """


class Constant(BaseEstimator):
    """The same learning rate throughout."""

    _constraints: ClassVar[Constraints] = {}

    def factor(self, progress: float, losses: Sequence[float]) -> float:
        """Return 1."""
        return 1.0


class OneCycle(BaseEstimator):
    """Warm up linearly, then fall to zero along half a cosine, or sooner where the network overfits.

    Where the held-out loss has stopped falling long before the end, as where a network overfits, the
    weights of the best epoch come back, and the learning rate falls along a line from what it was there
    to zero, with a weight decay of at least 1 under "adamw". So a training that is planned too long
    ends about as one of the right length would.

    Parameters
    ----------
    warmup : float in [0, 1), default=0.1
        The share of the training spent warming up.
    cooling : float in [0, inf), default=0.5
        The epochs of such an end as a share of those that led to the best one; 0: the training ends at once.

    References
    ----------
    Smith and Topin (2018), Super-convergence: very fast training of neural networks using large
    learning rates. arXiv:1708.07120. The fall along a cosine follows Loshchilov and Hutter (2017),
    SGDR. arXiv:1608.03983.

    Examples
    --------
    >>> [round(OneCycle(0.1).factor(progress, []), 2) for progress in (0.05, 0.1, 0.55, 1.0)]
    [0.5, 1.0, 0.5, 0.0]
    """

    _constraints: ClassVar[Constraints] = {
        "warmup": (Real(0, 1, closed="left"),),
        "cooling": (Real(0),),
    }

    def __init__(self, warmup: float = 0.1, cooling: float = 0.5) -> None:
        self.warmup = warmup
        self.cooling = cooling

    def factor(self, progress: float, losses: Sequence[float]) -> float:
        """Return the factor; see `Schedule.factor`."""
        if progress < self.warmup:
            return progress / self.warmup
        return 0.5 * (1 + cos(pi * (progress - self.warmup) / (1 - self.warmup)))


class Plateau(BaseEstimator):
    """Lower the learning rate whenever the loss has stopped falling.

    Parameters
    ----------
    decay : float in (0, 1), default=0.5
        The factor at each plateau.
    patience : int in [1, inf), default=3
        Epochs without progress before the rate falls.
    min_delta : float in [0, inf), default=1e-4
        How much lower a loss must be to count as progress.

    Examples
    --------
    >>> Plateau(patience=2).factor(0.5, [1.0, 0.5, 0.5, 0.5])
    0.5
    """

    _constraints: ClassVar[Constraints] = {
        "decay": (Real(0, 1, closed="neither"),),
        "patience": (Integer(1),),
        "min_delta": (Real(0),),
    }

    def __init__(self, decay: float = 0.5, patience: int = 3, min_delta: float = 1e-4) -> None:
        self.decay = decay
        self.patience = patience
        self.min_delta = min_delta

    def factor(self, progress: float, losses: Sequence[float]) -> float:
        """Return the factor; see `Schedule.factor`."""
        factor, best, waited = 1.0, inf, 0
        for loss in losses:
            if loss < best - self.min_delta:
                best, waited = loss, 0
                continue
            waited += 1
            if waited == self.patience:
                factor, waited = factor * self.decay, 0
        return factor


SCHEDULES: dict[str, Schedule] = {
    "one-cycle": OneCycle(),
    "plateau": Plateau(),
    "constant": Constant(),
}
