import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from latens.exceptions import ParameterError, TrainingError
from latens.models import Autoencoder, StackedAutoencoder
from latens.networks import MLP, ConvNet
from latens.training import Callback, StopTraining, Trainer


class Watcher(Callback):
    """Remembers the plans of all trainings that it is told of."""

    def __init__(self):
        self.plans = []

    def on_start(self, plan):
        self.plans.append(plan)


def test_each_layer_is_trained_before_the_whole_and_it_pays(images):
    """With saturating units and few epochs the whole network starts far ahead of a random one."""
    settings = {"network": MLP((64, 32, 16), activation="tanh"), "random_state": 0}
    trainer = Trainer(max_epochs=3, callbacks=())
    stacked = StackedAutoencoder(8, stage_epochs=10, trainer=trainer, **settings).fit(images)
    plain = Autoencoder(8, trainer=trainer, **settings).fit(images)
    assert len(stacked.stage_histories_) == 4
    assert all(h.best.loss < h.epochs[0].loss for h in stacked.stage_histories_)
    assert stacked.history_.epochs[0].loss < 0.7 * plain.history_.epochs[0].loss


def test_the_stages_are_made_of_the_modules_of_the_whole(images, brief):
    model = StackedAutoencoder(4, **brief).fit(images[:300])
    whole = {id(p) for p in model.network_.parameters()}
    stages = [{id(p) for p in stage.parameters()} for stage in model._stages()]
    assert set.union(*stages) == whole
    assert sum(map(len, stages)) == len(whole)


def test_a_network_without_hidden_layers_has_no_stages(images, brief):
    brief["network"] = MLP(())
    assert StackedAutoencoder(4, **brief).fit(images[:300]).stage_histories_ == []


def test_only_layers_can_be_stacked(images):
    with pytest.raises(ParameterError, match="must be an MLP or None"):
        StackedAutoencoder(network=ConvNet()).fit(images)


def test_predictions_use_no_draws(images, brief):
    model = StackedAutoencoder(4, **brief).fit(images[:300])
    with torch.no_grad():
        assert np.isfinite(model.sample(5, random_state=0)).all()


def test_a_stop_ends_all_layers(images):
    class Stop(Watcher):
        def on_epoch(self, epoch):
            raise StopTraining

    trainer = Trainer(max_epochs=3, callbacks=[Stop()])
    model = StackedAutoencoder(2, network=MLP((8, 4)), trainer=trainer)
    with pytest.raises(TrainingError, match="interrupted in layer 1"):
        model.fit(images[:100])
    with pytest.raises(NotFittedError):
        model.transform(images[:100])


def test_layers_share_the_time_limit(images):
    watcher = Watcher()
    trainer = Trainer(time_limit=1.0, callbacks=[watcher])
    model = StackedAutoencoder(2, network=MLP((8, 4)), trainer=trainer, random_state=0)
    assert model.estimate_cost(images).seconds == pytest.approx(1.0)
    model.fit(images)
    assert [plan.time_limit for plan in watcher.plans] == pytest.approx([0.25] * 4)
