"""The mean losses of an epoch, kept on the device so that a step never waits for a number."""

import torch
from torch import Tensor

from latens.exceptions import TrainingError
from latens.objectives import Losses

__all__ = ["RunningLosses"]


class RunningLosses:
    """Sums the losses of an epoch's batches; a loss that is not finite is found and named.

    Parameters
    ----------
    epoch : int
        The number of the epoch, for the error.
    """

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self._steps = 0
        self._loss = 0.0
        self._terms: dict[str, float] = {}
        self._recent: list[tuple[Tensor, dict[str, Tensor], Tensor]] = []

    def add(self, losses: Losses, rows: Tensor) -> None:
        """Take the losses of the next batch, which was made of the given rows."""
        terms = {name: values.mean() for name, values in losses.terms.items()}
        # Detached, so that a step's graph does not live on until the next settling.
        self._recent.append((losses.total.detach(), terms, rows))

    def settle(self) -> None:
        """Bring what was added so far to the host.

        Raises
        ------
        TrainingError
            If a loss is not finite.
        """
        if not self._recent:
            return
        totals = torch.stack([total for total, _, _ in self._recent]).cpu()
        if not bool(totals.isfinite().all()):
            self._raise(int(totals.isfinite().logical_not().nonzero()[0]))
        self._loss += float(totals.double().sum())
        for name in self._recent[0][1]:
            means = torch.stack([terms[name] for _, terms, _ in self._recent])
            self._terms[name] = self._terms.get(name, 0.0) + float(means.cpu().double().sum())
        self._steps += len(self._recent)
        self._recent = []

    def means(self) -> tuple[float, dict[str, float]]:
        """Return the mean loss and the mean of every term over all batches."""
        self.settle()
        terms = {name: value / self._steps for name, value in self._terms.items()}
        return self._loss / self._steps, terms

    def _raise(self, position: int) -> None:
        total, _, rows = self._recent[position]
        shown = ", ".join(str(row) for row in rows[:5].tolist())
        raise TrainingError(
            f"The loss became {float(total)} in epoch {self.epoch}, batch "
            f"{self._steps + position + 1} (rows {shown}, ...). Lower the learning rate, or look for "
            "extreme values in these rows."
        )
