"""A callback that keeps the weights of the epoch that ranks best for users held out."""

from collections.abc import Callable

from torch import Tensor, nn

from latens.training import Epoch, History, Plan

__all__ = ["KeepBestRanking"]


class KeepBestRanking:
    """Asks after every epoch how good the ranking is, and remembers the weights of the best.

    The likelihood that a training lowers and the ranking that is wanted part ways at the end: the epoch is
    chosen by the ranking.

    Parameters
    ----------
    network : Module
    quality : callable
        Larger is better.

    Attributes
    ----------
    qualities : list of float
        One per epoch.
    """

    def __init__(self, network: nn.Module, quality: Callable[[], float]) -> None:
        self.network = network
        self.quality = quality
        self.qualities: list[float] = []
        self._best: dict[str, Tensor] = {}

    def on_start(self, plan: Plan) -> None:
        """Nothing yet."""

    def on_heartbeat(self, progress: float) -> None:
        """Nothing within an epoch."""

    def on_epoch(self, epoch: Epoch) -> None:
        """Ask, and remember."""
        self.qualities.append(self.quality())
        if self.qualities[-1] == max(self.qualities):
            state = self.network.state_dict()
            self._best = {name: value.clone() for name, value in state.items()}

    def on_end(self, history: History) -> None:
        """Nothing: `restore` comes after the training has put back its own choice."""

    def restore(self) -> None:
        """Give the network the best weights."""
        if self._best:
            self.network.load_state_dict(self._best)
