"""What earlier studies measured, on the digits of scikit-learn and, where it is here, on the real data."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score

from latens.exceptions import ParameterError
from latens.runs import Measure, Results, Run
from latens.studies import at_small_scale, check_study, read_study, run_study
from latens.studies.preparation import Prepared, prepare
from latens.studies.protocol.measure_all import measure_divergence
from latens.studies.protocol.partition import measure_partition
from latens.studies.protocol.published import compare_with_published, measures_of
from latens.studies.protocol.variances import measure_variances
from latens.studies.representations import flat, raw
from latens.studies.settings import PartitionSettings, TsneSettings

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture(scope="module")
def digits() -> Prepared:
    return prepare(check_study({"data": {"source": "digits"}}, "a test"))


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Run:
    model = {"name": "ours", "latent_dim": 3, "trainer": {"max_epochs": 1}}
    content = {
        "data": {"source": "digits"},
        "models": [model],
        "seeds": 2,
        "protocol": {"sweep": {"largest": 4, "restarts": 1}, "partition": {"k": 3}},
        "published": [
            {"what": "error", "measure": "held-out.mean_squared_error", "value": 0.5, "goal": 9.0}
            | {"representation": "ours", "candidate": "ours", "better": "lower"},
            {"what": "best k", "measure": "sweep.best_k", "candidate": "ours", "goal": 99},
        ],
    }
    return run_study(check_study(content, "a test"), tmp_path_factory.mktemp("swept") / "run")


def values(measures: list[Measure]) -> dict[str, float]:
    return {one.name: one.value for one in measures}


def test_components_and_errors_are_those_of_a_pca_of_all_samples(digits: Prepared) -> None:
    found = values(measure_variances(digits, (0.75,), seed=0))
    rows = np.concatenate([flat(digits.train.X, digits), flat(digits.test.X, digits)])
    reference = PCA(0.75, svd_solver="full").fit(rows)
    reconstructed = reference.inverse_transform(reference.transform(rows))
    assert found["variance.components_75"] == reference.n_components_
    assert found["variance.mean_squared_error_75"] == pytest.approx(
        np.square(rows - reconstructed).mean(), rel=1e-3
    )


def test_clusters_of_the_raw_values_score_the_same_in_both_spaces(digits: Prepared) -> None:
    found = values(measure_partition(digits, raw(digits), PartitionSettings(k=4), seed=0))
    assert found["partition.silhouette_score"] == found["partition.raw_silhouette_score"]
    assert found["partition.dunn_index"] == found["partition.raw_dunn_index"]
    assert 0 < found["partition.adjusted_rand_score"] < 1


def test_clusters_without_width_have_no_dunn_index(digits: Prepared) -> None:
    two = np.zeros((len(digits.scored_test), 3), dtype=np.float32)
    two[::2] = 1
    collapsed = replace(raw(digits), name="collapsed", test=two)
    found = values(measure_partition(digits, collapsed, PartitionSettings(k=4), seed=0))
    assert "partition.dunn_index" not in found
    assert found["partition.silhouette_score"] == 1
    assert np.isfinite(list(found.values())).all()


def test_a_divergence_falls_with_the_iterations(digits: Prepared) -> None:
    short, long = (
        values(
            measure_divergence(
                raw(digits),
                TsneSettings(perplexity=30, learning_rate=200, iterations=iterations),
                seed=0,
            )
        )["tsne.divergence"]
        for iterations in (255, 500)
    )
    assert 0 < long < short


def test_a_sweep_is_measured_for_every_seed_and_told(swept: Run) -> None:
    measures = measures_of(swept.results)
    scores = [one for one in measures if one.name == "sweep.silhouette_3"]
    assert [one.seed for one in scores] == [0, 1]
    assert len({one.value for one in scores}) == 2
    use = swept.read_findings()["published"]
    titles = [table.title for table in use.tables]
    assert titles[:2] == [
        "Beside the published figures",
        "Silhouette of K-means on the codes of all samples",
    ]
    error, best_k = use.tables[0].rows
    assert error[1] == "0.5"
    assert "±" in str(error[2])
    assert (error[-1], best_k[-1]) == ("yes", "no")
    assert use.sentence.startswith("Our settings reach 1 of 2 goals")


def test_the_silhouette_of_a_sweep_is_that_of_scikit_learn(digits: Prepared, swept: Run) -> None:
    import latens
    from latens.clustering import KMeans

    model = latens.load_model(swept.model_path("ours"))
    codes = np.concatenate([model.transform(digits.train.X), model.transform(digits.test.X)])
    labels = KMeans(3, n_init=1, random_state=0).fit_predict(codes)
    measured = next(
        one.value
        for one in measures_of(swept.results)
        if one.name == "sweep.silhouette_3" and one.seed == 0
    )
    assert measured == pytest.approx(silhouette_score(codes, labels), abs=1e-5)


def test_every_study_can_be_read_and_has_a_small_scale() -> None:
    files = [path for path in sorted(STUDIES.glob("*.toml")) if path.stem != "kinds"]
    assert len(files) >= 5
    for path in files:
        study = read_study(path)
        small = at_small_scale(study, str(path))
        assert small.data.source == "fashion-mnist-10k"
        assert {model.trainer["max_epochs"] for model in small.models} == {study.small.max_epochs}
        names = {model.name for model in study.models} | {"raw", "pca"}
        assert {one.representation for one in study.published} <= names
        assert {one.candidate for one in study.published} <= names | {None}
        assert {one.candidate for one in study.published if one.representation == "raw"} <= {None}


def test_a_small_scale_asks_for_no_more_than_the_study() -> None:
    tsne = {"perplexity": 30, "learning_rate": 200}

    def small(max_scored: int, restarts: int, iterations: int) -> tuple[int, int, int]:
        protocol = {
            "partition": {"k": 3, "restarts": restarts},
            "tsne": {**tsne, "iterations": iterations},
        }
        content = {"data": {"source": "digits"}, "small": {"data": {"source": "digits"}}}
        study = check_study(content | {"max_scored": max_scored, "protocol": protocol}, "a test")
        made = at_small_scale(study, "a test")
        return made.max_scored, made.protocol.partition.restarts, made.protocol.tsne.iterations

    assert small(10_000, 200, 1000) == (1000, 3, 250)
    assert small(500, 2, 100) == (500, 2, 100)


def test_a_study_without_a_small_scale_says_so() -> None:
    study = check_study({"data": {"source": "digits"}}, "a test")
    with pytest.raises(ParameterError, match=r"has no \[small\] part"):
        at_small_scale(study, "mine.toml")


def test_the_small_scale_compares_with_nothing(swept: Run) -> None:
    study = check_study(swept.info.study, "a test").model_copy(update={"scale": "small"})
    use = compare_with_published(study, swept.results)
    assert use is not None
    assert "compare with nothing" in use.sentence


def test_a_plain_study_has_nothing_to_compare() -> None:
    study = check_study({"data": {"source": "digits"}}, "a test")
    assert compare_with_published(study, Results()) is None
