"""Ctrl-C while a training runs, in this process."""

import signal

import numpy as np
import pytest

from latens.models import Autoencoder
from latens.training import StopOnInterrupt, Trainer


class CtrlC:
    """A callback that presses Ctrl-C in an epoch, as often as it is told to."""

    def __init__(self, epoch: int, times: int = 1) -> None:
        self.epoch, self.times = epoch, times

    def on_start(self, plan): ...

    def on_heartbeat(self, progress): ...

    def on_epoch(self, epoch):
        if epoch.number == self.epoch:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)

    def on_end(self, history): ...


def fit(*callbacks):
    trainer = Trainer(max_epochs=50, callbacks=callbacks)
    X = np.random.default_rng(0).normal(size=(60, 4))
    return Autoencoder(2, trainer=trainer, random_state=0).fit(X)


def test_ctrl_c_ends_the_training_and_says_so_and_the_handler_is_as_before():
    said = []
    before = signal.getsignal(signal.SIGINT)
    model = fit(CtrlC(3), StopOnInterrupt(said.append))
    assert model.history_.stopped == "interrupted"
    assert len(model.history_.epochs) == 3
    assert len(said) == 1
    assert "best weights" in said[0]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_leaves_at_once():
    with pytest.raises(KeyboardInterrupt):
        fit(CtrlC(3, times=2), StopOnInterrupt([].append))


def test_ctrl_c_before_the_first_epoch_leaves_as_there_is_nothing_to_keep():
    said = []
    before = signal.getsignal(signal.SIGINT)
    stop = StopOnInterrupt(said.append)
    stop.on_start(None)
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        stop.on_heartbeat(0.0)
    assert "no epoch is done yet" in said[0]
    assert signal.getsignal(signal.SIGINT) is before


def test_without_ctrl_c_the_training_is_whole():
    assert len(fit(StopOnInterrupt([].append)).history_.epochs) == 50
