"""The measurements of a protocol on a table that is made up, against references."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

import latens
from latens.clustering import KMeans
from latens.studies import check_study
from latens.studies.map_process import fit_tsne
from latens.studies.preparation import prepare
from latens.studies.protocol.measure_all import measure_divergence, measure_protocol, measure_sweep
from latens.studies.protocol.partition import measure_partition
from latens.studies.protocol.variances import components_for, measure_variances
from latens.studies.representations import flat, raw
from latens.studies.settings import (
    PartitionSettings,
    ProtocolSettings,
    SweepSettings,
    TsneSettings,
)
from latens.training import Trainer


@pytest.fixture(scope="module")
def digits():
    return prepare(check_study({"data": {"source": "digits"}, "max_scored": 200}, "a test"))


@pytest.fixture(scope="module")
def model(digits):
    trainer = Trainer(max_epochs=1, callbacks=())
    return latens.models.Autoencoder(2, trainer=trainer, random_state=0).fit(digits.train.X)


def values(measures):
    return {one.name: one.value for one in measures}


def test_a_sweep_covers_every_k_and_its_best_is_the_highest_silhouette(digits, model):
    settings = SweepSettings(smallest=3, largest=6, restarts=2)
    found = values(measure_sweep(digits, "ours", model, settings, seed=1))
    codes = np.concatenate([model.transform(digits.train.X), model.transform(digits.test.X)])
    expected = {
        k: silhouette_score(codes, KMeans(k, n_init=2, random_state=1).fit_predict(codes))
        for k in (3, 4, 5, 6)
    }
    names = {name for name in found if "silhouette_" in name}
    assert names == {f"sweep.silhouette_{k}" for k in expected}
    for k, score in expected.items():
        assert found[f"sweep.silhouette_{k}"] == pytest.approx(score, abs=1e-4)
    best = max(expected, key=lambda k: expected[k])
    assert found["sweep.best_k"] == best
    assert found["sweep.best_silhouette"] == found[f"sweep.silhouette_{best}"]
    assert 0 < found["sweep.seconds"] < 60


class Collapsed:
    """Codes of four different values."""

    def transform(self, X):
        return (np.arange(len(X)) % 4)[:, None].astype(np.float32)


def test_a_sweep_ends_before_there_are_as_many_clusters_as_codes(digits):
    settings = SweepSettings(smallest=2, largest=9, restarts=1)
    found = values(measure_sweep(digits, "ours", Collapsed(), settings, seed=0))
    assert [name for name in found if "silhouette_" in name and "best" not in name] == [
        "sweep.silhouette_2",
        "sweep.silhouette_3",
    ]


def test_pca_of_all_samples_has_its_errors_and_decibels_in_blocks(digits, monkeypatch):
    monkeypatch.setattr(sys.modules[measure_variances.__module__], "_BLOCK", 700)
    found = values(measure_variances(digits, (0.5, 0.9), seed=0))
    rows = np.concatenate([flat(digits.train.X, digits), flat(digits.test.X, digits)])
    for share, name in ((0.5, "50"), (0.9, "90")):
        reference = PCA(share, svd_solver="full").fit(rows)
        error = rows - reference.inverse_transform(reference.transform(rows))
        squares = np.square(error).mean(1)
        assert found[f"variance.components_{name}"] == reference.n_components_
        assert found[f"variance.mean_squared_error_{name}"] == pytest.approx(
            squares.mean(), rel=1e-3
        )
        assert found[f"variance.psnr_{name}"] == pytest.approx(
            (-10 * np.log10(squares)).mean(), rel=1e-3
        )


def test_components_reach_their_share():
    ratios = np.array([0.5, 0.25, 0.125, 0.125])
    assert [components_for(share, ratios) for share in (0.2, 0.5, 0.6, 0.75, 0.8)] == [
        1,
        1,
        2,
        2,
        3,
    ]


def test_one_cluster_has_no_silhouette_and_labels_are_scored_all_the_same(digits):
    same = replace(raw(digits), test=np.ones((200, 2), dtype=np.float32))
    one = values(measure_partition(digits, same, PartitionSettings(k=2), seed=0))
    assert set(one) == {
        "partition.clustering_accuracy",
        "partition.normalized_mutual_info_score",
        "partition.adjusted_rand_score",
    }
    y = digits.test.y[digits.scored_test]
    assert one["partition.clustering_accuracy"] == pytest.approx(np.bincount(y).max() / len(y))


def test_a_few_codes_are_mapped_at_the_largest_perplexity_they_have(digits):
    few = replace(raw(digits), test=raw(digits).test[:10])

    def divergence(perplexity):
        settings = TsneSettings(perplexity=perplexity, learning_rate=200, iterations=260)
        return measure_divergence(few, settings, seed=0)[0].value

    largest = divergence(3)
    assert divergence(30) == pytest.approx(largest, rel=1e-6)
    assert divergence(2) != pytest.approx(largest, rel=1e-3)


def test_iterations_are_those_of_both_phases_and_the_first_has_250_of_them(digits):
    """As scikit-learn and the papers count them; openTSNE counts the phases one by one."""
    few = replace(raw(digits), test=raw(digits).test[:60])
    for asked, second in [(262, 12), (251, 1), (20, 1)]:
        settings = TsneSettings(perplexity=9, learning_rate=30, iterations=asked)
        phases = {"early_exaggeration_iter": 250, "n_iter": second, "initialization": "random"}
        phases["negative_gradient_method"] = "bh"
        _, expected = fit_tsne(few.test, 4, perplexity=9, learning_rate=30, theta=0.5, **phases)
        [found] = measure_divergence(few, settings, seed=4)
        assert found.value == pytest.approx(expected, rel=1e-6)


def test_what_does_not_depend_on_the_seed_is_measured_for_the_first_alone(digits, model):
    protocol = ProtocolSettings(
        variances=(0.5,),
        partition=PartitionSettings(k=2, restarts=1),
        sweep=SweepSettings(smallest=2, largest=3, restarts=1),
        tsne=TsneSettings(perplexity=5, learning_rate=200, iterations=251),
    )

    def names(**asked):
        said = []
        found = measure_protocol(
            digits, protocol, [raw(digits)], {"ours": model}, say=said.append, **asked
        )
        return {one.name.partition(".")[0] for one in found}, {one.seed for one in found}, said

    first, later = names(seed=4, is_first=True), names(seed=5, is_first=False)
    assert first[:2] == ({"variance", "partition", "tsne", "sweep"}, {4})
    assert later[:2] == ({"partition", "sweep"}, {5})
    assert len(first[2]) == 4
    said: list[str] = []
    nothing = measure_protocol(
        digits,
        ProtocolSettings(),
        [raw(digits)],
        {"ours": model},
        seed=0,
        is_first=True,
        say=said.append,
    )
    assert nothing == said == []
