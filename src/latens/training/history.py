"""The history of a training: one record per epoch."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

__all__ = ["Epoch", "History"]


@dataclass(frozen=True)
class Epoch:
    """One pass over the training samples.

    Attributes
    ----------
    number : int
        From 1.
    seconds : float
        Since the training started, earlier parts of a resumed training included.
    learning_rate : float
        At the end of the epoch.
    loss : float
        Mean over the samples seen, while the weights moved.
    validation_loss : float or None
        Mean over the held-out samples after the epoch; None where none are held out.
    terms : dict of str to float
        The unweighted parts of `loss`.
    errors : dict of str to float
        Of up to 1,000 held-out samples, in scaled units: "mean_squared_error" and "mean_absolute_error",
        which kinds with other losses can be compared by. Empty where none are held out.
    is_settled : bool
        Whether all of it was trained with every term at its final weight. While weights still rise, losses
        of different epochs are of different things.
    """

    number: int
    seconds: float
    learning_rate: float
    loss: float
    validation_loss: float | None
    terms: Mapping[str, float]
    errors: Mapping[str, float] = field(default_factory=dict)
    is_settled: bool = True

    @property
    def monitored(self) -> float:
        """What decides which epoch is best: the held-out loss, or the loss where nothing is held out."""
        return self.loss if self.validation_loss is None else self.validation_loss


@dataclass
class History:
    """All epochs of a training, and how it ended.

    Attributes
    ----------
    epochs : list of Epoch
    stopped : str
        Why it ended: "all epochs done", "no progress", "time limit", "interrupted" or "failed".
    notes : list of str
        What went another way than was asked, in sentences.
    precision : str
        What encoder and decoder multiplied in: "float32", "bfloat16" or "float64"; empty where it is not
        known, as of models that 0.1 saved.
    precision_reason : str
        Why, as the end of a sentence: "a step took 12 ms against 19 ms in float32".
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopped: str = ""
    notes: list[str] = field(default_factory=list)
    precision: str = ""
    precision_reason: str = ""

    @property
    def best(self) -> Epoch:
        """The epoch whose weights the network has.

        Of those with all terms at their final weights the one with the smallest monitored loss, and the
        last one where there are none.
        """
        return min(
            self.settled,
            key=lambda epoch: math.inf if math.isnan(epoch.monitored) else epoch.monitored,
            default=self.epochs[-1],
        )

    @property
    def settled(self) -> list[Epoch]:
        """The epochs with all terms at their final weights: the others do not compare with them."""
        return [epoch for epoch in self.epochs if epoch.is_settled]

    @property
    def monitored(self) -> list[float]:
        """The monitored loss of every settled epoch so far."""
        return [epoch.monitored for epoch in self.settled]

    def frame(self) -> "pandas.DataFrame":
        """Return the epochs as a table, one row each, terms and errors in columns of their own."""
        import pandas

        rows = [{**asdict(epoch), **epoch.terms, **epoch.errors} for epoch in self.epochs]
        return pandas.DataFrame(rows).drop(columns=["terms", "errors"], errors="ignore")

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        epochs = [asdict(epoch) for epoch in self.epochs]
        return {
            "stopped": self.stopped,
            "notes": self.notes,
            "precision": self.precision,
            "precision_reason": self.precision_reason,
            "epochs": epochs,
        }
