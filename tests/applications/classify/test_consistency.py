"""Augmentation, targets and the teacher."""

import numpy as np
import pytest
import torch

from latens.applications.classify.augmentation import (
    augmentation_for,
    borrow_values,
    cut_out,
    move,
)
from latens.applications.classify.consistency import Consistency, _trainer
from latens.applications.classify.method import TrainingData
from latens.applications.classify.objective import ConsistencyObjective, Targets
from latens.models import Autoencoder
from latens.networks import MLP, ConvNet
from latens.objectives import Batch
from latens.training import Trainer

QUICK = Trainer(max_epochs=2, batch_size=32, callbacks=())


@pytest.fixture(autouse=True)
def _seeded():
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        yield


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (90, 8, 8)).astype(np.uint8)


def training_data_of(images, network=None):
    model = Autoencoder(3, network=network or MLP((16,)), trainer=QUICK, random_state=0).fit(images)
    y = np.where(np.arange(len(images)) < 12, np.arange(len(images)) % 3, -1)
    return TrainingData(model, images, y, 3, QUICK, 0)


def test_no_movement_is_the_identity():
    x = torch.rand(5, 2, 9, 12)
    torch.testing.assert_close(move(x, shift=0, angle=0, growth=0, lean=0), x)


def test_a_shift_moves_a_dot_by_at_most_its_share():
    x = torch.zeros(200, 1, 21, 21)
    x[:, 0, 10, 10] = 1
    moved = move(x, shift=0.1, angle=0, growth=0, lean=0)
    rows = (moved.sum(3)[:, 0] * torch.arange(21)).sum(1) / moved.sum((1, 2, 3))
    assert (rows - 10).abs().max() <= 2.1 + 1e-4
    assert (rows - 10).abs().max() > 1.5


def test_a_turn_keeps_the_middle_and_no_image_is_mirrored():
    x = torch.zeros(300, 1, 15, 15)
    x[:, 0, 5:10, 2] = 1  # a bar on the left
    for change in (augmentation_for((1, 15, 15)).weak, augmentation_for((1, 15, 15)).strong):
        seen = change(x) - change(torch.zeros_like(x))
        left, right = seen[..., :7].sum((1, 2, 3)), seen[..., 8:].sum((1, 2, 3))
        assert ((left > right) | (left < 0.5)).float().mean() > 0.95


def test_cut_out_hides_at_most_its_square_behind_the_mean():
    x = torch.rand(100, 3, 16, 16)
    seen = cut_out(x, side=0.5)
    hidden = (seen != x).any(1).float().mean((1, 2))
    assert hidden.max() <= 0.25 + 0.1
    assert hidden.max() > 0.1
    changed = seen != x
    means = x.mean((2, 3), keepdim=True).expand_as(x)
    torch.testing.assert_close(seen[changed], means[changed])


def test_borrowed_values_come_from_the_same_column():
    x = torch.arange(50.0)[:, None] + 1000 * torch.arange(4.0)
    seen = borrow_values(x, 0.3)
    assert torch.equal(seen // 1000, x // 1000)
    assert 0.2 < (seen != x).float().mean() < 0.4


def test_labeled_samples_keep_their_label_to_the_end(images):
    data = training_data_of(images)
    samples = data.model.scaled_samples(images)
    student = Consistency()._student(data, samples)
    classes = torch.zeros(90, dtype=torch.int64)
    targets = Targets(classes, torch.full((90,), 0.5), torch.arange(12))
    objective = ConsistencyObjective(student, samples, targets, augmentation_for((1, 8, 8)))
    with torch.no_grad():  # a teacher that is sure of class 2
        objective.teacher.decoder.bias.copy_(torch.tensor([0.0, 0.0, 99.0]))
    for progress, follows in ((0.0, False), (1.0, True)):
        batch = Batch(samples.rows(0, 90), torch.arange(90), progress=progress)
        aims, weights = objective._aims(batch)
        assert (aims[:12] == 0).all()
        assert (weights[:12] == 0.5).all()
        assert (aims[12:] == (2 if follows else 0)).all()


def test_the_teacher_is_a_running_mean_of_students(images):
    data = training_data_of(images)
    samples = data.model.scaled_samples(images)
    student = Consistency()._student(data, samples)
    targets = Targets(torch.zeros(90, dtype=torch.int64), torch.ones(90), torch.arange(12))
    objective = ConsistencyObjective(student, samples, targets, augmentation_for((1, 8, 8)))
    with torch.no_grad():
        student.decoder.bias.fill_(5.0)
    distances = [float((objective.teacher.decoder.bias - 5).abs().mean())]
    for _ in range(1100):
        objective._follow(student)
        distances.append(float((objective.teacher.decoder.bias - 5).abs().mean()))
    # A tenth of the first teacher is left after one step: the first students differ most.
    assert distances[1] == pytest.approx(0.1 * distances[0], rel=1e-4)
    with torch.no_grad():
        student.decoder.bias.fill_(7.0)
    objective._follow(student)
    assert float(objective.teacher.decoder.bias.mean()) == pytest.approx(5.02, abs=1e-3)
    assert not any(name.startswith("_teacher") for name in objective.state_dict())


@pytest.mark.parametrize("network", [None, ConvNet(channels=(4, 8))])
def test_a_fresh_or_the_model_s_encoder(images, network):
    data = training_data_of(images)
    rule, shares = Consistency(network, units=6, rounds=1).learn(data)
    assert rule.codes(images).shape == (90, 6)
    assert rule.probabilities(images).shape == (90, 3)
    assert np.array_equal(shares, rule.probabilities(images))


def test_the_length_depends_on_the_number_of_samples_alone():
    steps = {
        n: _trainer(None, n).max_epochs * max(1, n // 128) for n in (50, 2_000, 60_000, 500_000)
    }
    assert steps[50] == 100
    assert 700 <= steps[2_000] <= 1_400
    assert 1_200 <= steps[60_000] <= 1_600
    assert _trainer(Trainer(3), 60_000).max_epochs == 3
    assert _trainer(None, 60_000).validation_fraction == 0
