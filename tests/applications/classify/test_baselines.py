"""Propagation over values that no autoencoder has made is that over codes, made once for all draws."""

import numpy as np
import pytest
import torch

from latens.applications.classify import baselines as module
from latens.applications.classify.baselines import ClassifierBaselines
from latens.applications.classify.comparison import draw_labels
from latens.applications.classify.propagation import Propagation
from latens.data import fit_scaling, load

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def digits():
    found = load("digits", "all")
    return found.X[:600], found.y[:600], found.X[600:700], found.y[600:700]


@pytest.mark.parametrize("seed", [0, 1])
def test_it_is_propagation_on_the_raw_values(digits, seed):
    X, y, X_test, _ = digits
    kept = draw_labels(y, 5, seed)
    flat = [fit_scaling(X).apply(part).reshape(len(part), -1) for part in (X, X_test)]
    theirs = Propagation().spread(flat[0].astype(np.float32), kept, 10)
    found = (
        ClassifierBaselines(X, 16)
        .propagations(X_test)["propagation on raw values"]
        .predict(kept, seed)
    )
    assert (found == theirs.at(flat[1].astype(np.float32)).argmax(axis=1)).mean() > 0.99


def test_a_graph_is_made_once_for_all_draws(digits, monkeypatch):
    X, y, X_test, y_test = digits
    made = []
    monkeypatch.setattr(
        module,
        "neighbor_graph",
        lambda *given, real=module.neighbor_graph: made.append(1) or real(*given),
    )
    raw = ClassifierBaselines(X, 16).propagations(X_test)["propagation on raw values"]
    errors = [np.mean(raw.predict(draw_labels(y, 5, seed)) != y_test) for seed in range(3)]
    assert len(made) == 1
    assert len(set(errors)) > 1
    assert max(errors) < 0.25


def test_labels_that_are_not_counted_from_0_come_back(digits):
    X, y, X_test, y_test = digits
    known = np.where(y < 2, 30 + 7 * y, -1)
    chosen = (y_test < 2).nonzero()
    plain = ClassifierBaselines(X[y < 2], 4).propagations(X_test[chosen])
    for propagation in plain.values():
        found = propagation.predict(draw_labels(known[y < 2], 5, 0))
        assert (found == 30 + 7 * y_test[chosen]).mean() > 0.9


def test_wide_samples_are_projected_and_keep_their_neighbors(digits, monkeypatch):
    X, y, X_test, y_test = digits
    monkeypatch.setattr(module, "_MOST_VALUES", 64 * 600 - 1)
    plain = ClassifierBaselines(X, 16).propagations(X_test)
    name = "propagation on 512 random projections of raw values"
    assert list(plain) == [name, "propagation on PCA-50"]
    found = plain[name].predict(draw_labels(y, 5, 0))
    assert np.mean(found != y_test) < 0.25
