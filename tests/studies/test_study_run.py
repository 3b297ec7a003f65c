"""A study from end to end on small real data."""

import numpy as np
import pytest

import latens
from latens.applications.own_data import load_own_data
from latens.data import fingerprint, load, summarize
from latens.exceptions import DataError, ParameterError, RunError
from latens.metrics import METRICS
from latens.reports import write_report
from latens.runs import Run
from latens.studies import Reporter, check_study, read_study, resume_study, run_study
from latens.studies.preparation import prepare, prepared_again
from latens.training import StopTraining

QUICK = {"max_epochs": 3}


def study(source="digits", **changes):
    models = [{"latent_dim": 3, "trainer": QUICK}]
    return check_study({"data": {"source": str(source)}, "models": models, **changes}, "test")


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> dict:
    """Settings for 300 of the digits, with the clusters that are usual for all of them."""
    digits = latens.data.load("digits")
    file = tmp_path_factory.mktemp("few") / "few.npz"
    np.savez(file, X=digits.X[:300], y=digits.y[:300])
    return {"source": file, "clusters": 10}


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Run:
    said = []
    reporter = Reporter(say=said.append, announce=said.append, command="latens run digits")
    run = run_study(study(seeds=2), tmp_path_factory.mktemp("runs") / "digits", reporter=reporter)
    assert any("scoring" in str(words) for words in said)
    return run


def test_every_representation_is_scored_on_both_parts_with_every_seed(finished):
    rows = finished.read("results")["rows"]
    found = {(row["representation"], row["part"], row["seed"]) for row in rows}
    expected = {
        (name, part, seed)
        for name in ("raw", "pca-3", "autoencoder")
        for part in ("train", "held-out")
        for seed in (0, 1)
    }
    assert found == expected
    assert len(rows) == len(expected)
    known = {metric.name for metric in METRICS}
    assert all(set(row["metrics"]) <= known for row in rows)


def test_a_model_that_takes_hours_can_have_fewer_seeds_than_the_others(tmp_path, few):
    announced = []
    models = [
        {"latent_dim": 3, "trainer": QUICK},
        {"name": "slow", "latent_dim": 3, "trainer": QUICK, "seeds": 1},
    ]
    reporter = Reporter(announce=announced.append)
    run = run_study(study(models=models, seeds=2, **few), tmp_path / "run", reporter=reporter)
    rows = run.read("results")["rows"]
    seeds = {
        name: {row["seed"] for row in rows if row["representation"] == name}
        for name in ("slow", "autoencoder", "raw")
    }
    assert seeds == {"slow": {0}, "autoencoder": {0, 1}, "raw": {0, 1}}
    assert run.read("results")["seeds_done"] == [0, 1]
    assert list(run.read("histories")["slow"]) == ["0"]
    costs = announced[0].costs
    assert announced[0].seconds == pytest.approx(
        2 * costs["autoencoder"].seconds + costs["slow"].seconds
    )


def test_a_missing_umap_is_said_and_not_hidden(finished):
    (missing,) = finished.read("results")["not_measured"]
    assert "latens[umap]" in missing["reason"]


def test_the_verdict_carries_the_numbers_and_the_seeds(finished):
    verdict = finished.read("results")["verdict"]
    assert "dB" in verdict["sentence"]
    assert "2 seeds" in verdict["caution"]


def test_every_seed_has_a_held_out_part_of_its_own_where_the_data_bring_none(finished):
    data = prepare(study(seeds=2))
    other = data.for_seed(study(seeds=2), 1)
    assert data.for_seed(study(seeds=2), 0) is data
    assert len(other.test) == len(data.test)
    assert set(other.test.rows) != set(data.test.rows)
    assert other.fingerprint == data.fingerprint
    both = [np.concatenate([one.train.X, one.test.X]).reshape(-1, 64) for one in (data, other)]
    np.testing.assert_array_equal(*(np.unique(rows, axis=0) for rows in both))
    assert finished.info.data.own_parts
    rows = finished.read("results")["rows"]
    pca = [row["metrics"]["psnr"] for row in rows if row["representation"] == "pca-3"]
    assert len(set(pca)) == 4


def test_data_with_a_split_keep_it_for_every_seed():
    data = prepare(study("fashion-mnist-10k", seeds=2))
    assert data.for_seed(study(seeds=2), 1) is data


def test_what_the_verdict_stands_on_is_in_the_run(finished):
    results = finished.read("results")
    found = {(one["against"], one["metric"], one["seed"]) for one in results["differences"]}
    for seed in (0, 1):
        assert ("pca-3", "psnr", seed) in found
        assert ("raw", "adjusted_rand_score", seed) in found
        assert ("raw", "psnr", seed) not in found
    assert results["evidence"]["n_held_out"] == 359
    assert results["evidence"]["structure"]["from_gaussian"] < -4
    assert results["evidence"]["unfinished"].startswith("The training ended after 3 epochs")


def test_the_saved_model_gives_the_saved_codes(finished):
    from latens.data import load

    model = latens.load_model(finished.model_path("autoencoder"))
    rows = finished.array("example_rows")
    known = finished.identity
    shown = finished.array("examples_original")
    np.testing.assert_array_equal(load("digits").X[known.rows[rows]], shown)
    assert (known.part[rows] == 1).all()
    trained_on, held_out = (finished.array(f"scored_{part}") for part in ("train", "test"))
    assert (known.part[trained_on] == 0).all()
    assert sorted([*trained_on, *held_out]) == list(range(len(known.rows)))
    np.testing.assert_allclose(
        model.reconstruct(np.asarray(shown)), finished.array("examples_autoencoder"), atol=1e-3
    )


def test_pca_row_is_scikit_learns(finished):
    from sklearn.decomposition import PCA

    data = prepare(study())
    flat = data.train.X.reshape(len(data.train), -1) / 16
    test = data.test.X.reshape(len(data.test), -1) / 16
    pca = PCA(3).fit(flat)
    error = np.square(pca.inverse_transform(pca.transform(test)).clip(0, 1) - test).mean()
    rows = finished.read("results")["rows"]
    row = next(r for r in rows if r["representation"] == "pca-3" and r["part"] == "held-out")
    assert row["metrics"]["mean_squared_error"] == pytest.approx(error, rel=1e-4)


def test_arrays_and_info_say_what_the_format_promises(finished):
    info = finished.info
    assert info.status == "complete"
    assert info.seconds > 0
    assert info.data.n_train + info.data.n_test == 1797
    names = set(finished.arrays())
    assert {"map_raw", "map_autoencoder", "map_rows", "map_images", "y_test"} <= names
    assert not (finished.path / "checkpoints").exists()
    clusters = finished.read("results")["clusters"]
    assert clusters["k"] == 10
    assert len(clusters["ks"]) == len(clusters["silhouettes"]) > 5


def test_layers_and_new_samples_are_written_as_the_format_promises(finished):
    layers = finished.read("results")["layers"]["autoencoder"]
    assert layers[-1]["name"] == "code"
    for layer in layers:
        filters = finished.array(f"filters_autoencoder_{layer['name']}")
        patches = finished.array(f"patches_autoencoder_{layer['name']}")
        assert len(filters) == len(patches) == min(layer["units"], 16)
        assert patches.shape[1] == 6
        assert patches.dtype == np.uint8
    assert finished.array("generated_autoencoder").shape == (24, 8, 8)


def test_kinds_with_a_posterior_leave_draws_of_it(tmp_path):
    models = [{"kind": "VAE", "name": "vae", "latent_dim": 3, "trainer": QUICK}]
    run = run_study(study(models=models, max_scored=100), tmp_path / "run")
    draws, means = run.array("draws_vae_test"), run.array("codes_vae_test")
    assert draws.shape == means.shape
    assert draws.var() > means.var()


class StopAfter:
    def __init__(self, epochs):
        self.left = epochs

    def on_start(self, plan): ...

    def on_heartbeat(self, progress): ...

    def on_epoch(self, epoch):
        self.left -= 1
        if self.left == 0:
            raise StopTraining

    def on_end(self, history): ...


def test_an_interrupted_run_keeps_what_is_done_and_resumes_to_the_uninterrupted_one(
    tmp_path, finished, monkeypatch
):
    monkeypatch.setattr("latens.training.loop._CHECKPOINT_SECONDS", 0)
    # The fifth epoch of two seeds of three epochs each: in the middle of the second seed.
    stopper = StopAfter(5)
    run = run_study(
        study(seeds=2), tmp_path / "run", reporter=Reporter(callbacks=lambda _: (stopper,))
    )
    assert run.info.status == "interrupted"
    assert run.read("results")["seeds_done"] == [0]
    resumed = resume_study(run.path)
    assert resumed.info.status == "complete"
    drop = {"seconds"}

    def comparable(run):
        rows = run.read("results")["rows"]
        key = [(row["representation"], row["part"], row["seed"]) for row in rows]
        return {
            k: {n: v for n, v in r.items() if n not in drop} for k, r in zip(key, rows, strict=True)
        }

    assert comparable(resumed) == comparable(finished)
    with pytest.raises(RunError, match="nothing to resume"):
        resume_study(run.path)


def test_wrong_settings_write_nothing(tmp_path):
    for changes in (
        {"models": [{"kind": "Autoencodr"}]},
        {"models": [{"network": "resnet99"}]},
        {"models": [{"parameters": {"beta": 1}}]},
        {"models": [{"trainer": {"epochs": 1}}]},
        {"models": [{"kind": "no.such:Thing"}]},
    ):
        with pytest.raises(ParameterError):
            run_study(study(**changes), tmp_path / "run")
    with pytest.raises(DataError):
        run_study(study(source=tmp_path / "nowhere"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_run_that_an_unforeseen_error_ends_says_that_it_failed(tmp_path, monkeypatch):
    def broken(*arguments):
        raise ZeroDivisionError("what nobody thought of")

    monkeypatch.setattr("latens.studies.representations.raw", broken)
    with pytest.raises(ZeroDivisionError):
        run_study(study(), tmp_path / "run")
    info = Run.open(tmp_path / "run").info
    assert (info.status, info.error) == ("failed", "what nobody thought of")


def test_a_table_without_labels_has_no_pictures_and_no_label_scores(tmp_path):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(60, 2)) @ rng.normal(size=(2, 5)) * [1, 10, 100, 1, 1] + 7
    np.save(tmp_path / "table.npy", table)
    run = run_study(study(source=tmp_path / "table.npy"), tmp_path / "run")
    rows = run.read("results")["rows"]
    assert all("psnr" not in row["metrics"] for row in rows)
    assert all("clustering_accuracy" not in row["metrics"] for row in rows)
    pictures = ("map_images", "generated_", "filters_", "patches_", "draws_")
    assert not [name for name in run.arrays() if name.startswith(pictures)]
    assert run.read("results")["layers"] == {}
    assert run.read("results")["clusters"]["why"].startswith(
        "an arbitrary number, as none is clear"
    )


@pytest.mark.parametrize("n", [1, 3])
def test_too_few_samples_to_learn_from_are_refused_before_anything_is_written(tmp_path, n):
    np.save(tmp_path / "few.npy", np.eye(n, 4))
    with pytest.raises(DataError, match="a run needs at least 4"):
        run_study(study(source=tmp_path / "few.npy"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_too_few_samples_of_either_part_are_refused(tmp_path):
    np.savez(tmp_path / "few.npz", x_train=np.eye(1, 4), x_test=np.eye(9, 4))
    with pytest.raises(DataError, match="1 to learn from, 9 to test"):
        run_study(study(source=tmp_path / "few.npz"), tmp_path / "run")


@pytest.mark.parametrize("source", ["digits", "fashion-mnist-10k"])
def test_a_run_and_the_summary_of_its_data_have_one_fingerprint(source):
    assert prepare(study(source=source)).fingerprint == summarize(load(source, "all")).fingerprint


def test_data_whose_parts_are_divided_anew_are_not_those_of_a_run(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 6))
    np.savez(tmp_path / "mine.npz", X_train=X[:40], X_test=X[40:])
    run = run_study(study(source=str(tmp_path / "mine.npz")), tmp_path / "run")
    assert prepared_again(run).fingerprint == run.fingerprint
    np.savez(tmp_path / "mine.npz", X_train=X[:41], X_test=X[41:])
    with pytest.raises(RunError, match="have changed since it was trained"):
        prepared_again(run)


def test_a_run_of_version_0_1_knows_its_data_by_the_fingerprints_of_both_parts(tmp_path):
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).normal(size=(60, 6)))
    run = run_study(study(source=str(tmp_path / "mine.npy")), tmp_path / "run")
    data = prepared_again(run)
    old = "-".join(fingerprint(part.X) for part in (data.train, data.test))
    run.write_info(data=run.read("run")["data"] | {"fingerprint": old})
    assert prepared_again(run).fingerprint == data.fingerprint
    np.testing.assert_array_equal(load_own_data(run).part, run.identity.part)
    run.write_info(data=run.read("run")["data"] | {"fingerprint": old[::-1]})
    assert load_own_data(run).part is None
    with pytest.raises(RunError, match="have changed since it was trained"):
        prepared_again(run)


def test_a_run_is_used_from_another_folder_than_it_was_started_in(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).normal(size=(60, 6)))
    monkeypatch.chdir(tmp_path)
    run = run_study(study(source="mine.npy"), "run")
    asked = run.info.study["data"]["source"]
    monkeypatch.chdir(tmp_path / "elsewhere")
    # Another file of the name is not what was learned from.
    np.save("mine.npy", np.zeros((60, 6)))
    again = Run.open(tmp_path / "run")
    assert asked == "mine.npy"
    assert prepare(check_study(again.study, "run")).fingerprint == again.info.data.fingerprint
    (tmp_path / "mine.npy").unlink()
    with pytest.raises(DataError, match=f"'{tmp_path / 'mine.npy'}' is neither a file"):
        prepare(check_study(again.study, "run"))


def test_equal_samples_are_said_to_be_equal(tmp_path):
    np.save(tmp_path / "same.npy", np.full((300, 4), 3, dtype=np.uint8))
    run = run_study(study(source=tmp_path / "same.npy"), tmp_path / "run")
    titles = [alert["title"] for alert in run.read("results")["alerts"]]
    assert "The samples do not differ" in titles


def test_labels_choose_nothing(tmp_path):
    """Shuffled labels change the label scores and not one other number."""
    from latens.data import load

    data = load("digits")
    rng = np.random.default_rng(0)
    runs = []
    for name, y in (("true", data.y), ("shuffled", rng.permutation(data.y))):
        np.savez(tmp_path / f"{name}.npz", X=data.X[:400], y=y[:400])
        runs.append(run_study(study(source=tmp_path / f"{name}.npz"), tmp_path / name))
    needs = {metric.name for metric in METRICS if metric.needs_labels}
    assert needs
    first, second = ([row["metrics"] for row in run.read("results")["rows"]] for run in runs)
    for one, other in zip(first, second, strict=True):
        assert {k: v for k, v in one.items() if k not in needs} == {
            k: v for k, v in other.items() if k not in needs
        }
    assert first != second


def test_a_report_of_codes_that_learned_from_labels_never_says_that_labels_had_no_say(tmp_path):
    digits = latens.data.load("digits")
    np.savez(tmp_path / "mine.npz", X=digits.X[:300], y=digits.y[:300])
    models = [
        {"kind": "SupervisedAutoencoder", "name": "taught", "latent_dim": 3, "trainer": QUICK}
    ]
    run = run_study(study(tmp_path / "mine.npz", models=models), tmp_path / "run")
    page = write_report(run).read_text()
    assert page.count("learned from") >= 5
    assert page.count("taught (trained with labels)") >= 1
    for words in ("had no say", "never to choose", "only color", "made without the labels"):
        assert words not in page


def test_a_study_file_is_read_and_its_mistakes_are_named(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(
        'title = "x"\nseeds = 2\n[data]\nsource = "digits"\n'
        '[[models]]\nname = "small"\nnetwork = "mlp"\nnetwork_parameters = {hidden = [8]}\n'
    )
    assert read_study(file).models[0].network_parameters == {"hidden": [8]}
    assert read_study(file, seeds=5).seeds == 5
    for text, message in (
        ('[data]\nsource = "digits"\nsplt = 3', r"'data\.splt'.*Extra inputs"),
        ("seeds = 0\n[data]\nsource='digits'", r"'seeds'.*greater than or equal to 1.*Got 0"),
        ("x = ", "cannot be read"),
        ("[data]\nsource='digits'\n[[models]]\nname='raw'", "taken by a baseline"),
    ):
        file.write_text(text)
        with pytest.raises(ParameterError, match=message):
            read_study(file)


@pytest.mark.parametrize(("columns", "size"), [(1, 1), (4, 2), (19, 9), (20, 10), (500, 10)])
def test_the_usual_code_is_smaller_than_the_samples(columns, size):
    asked = check_study(
        {"data": {"source": "digits"}, "models": [{}, {"name": "b", "latent_dim": 7}]}, "it"
    )
    assert [one.latent_dim for one in asked.sized(columns).models] == [size, 7]


def test_a_table_of_four_columns_gets_a_code_of_two(tmp_path):
    table = np.random.default_rng(0).normal(size=(60, 4))
    np.save(tmp_path / "table.npy", table)
    settings = {"data": {"source": str(tmp_path / "table.npy")}, "models": [{"trainer": QUICK}]}
    run = run_study(check_study(settings, "it"), tmp_path / "run")
    assert run.study["models"][0]["latent_dim"] == 2
    rows = run.read("results")["rows"]
    assert {row["numbers"] for row in rows if row["kind"] != "raw"} == {2}


def test_a_step_that_fails_is_said_and_loses_nothing(tmp_path, monkeypatch):
    def fail(*arguments, **settings):
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("latens.studies.study_run.write_maps", fail)
    said = []
    run = run_study(
        study(models=[{"latent_dim": 2, "trainer": QUICK}]),
        tmp_path / "run",
        reporter=Reporter(say=said.append),
    )
    assert run.info.status == "complete"
    assert run.read("results")["verdict"]["sentence"]
    alerts = {one["title"]: one["text"] for one in run.read("results")["alerts"]}
    assert "ZeroDivisionError: of all things" in alerts["drawing maps"]
    assert write_report(run).is_file()
    for words in ("fitting PCA", "choosing the number of clusters", "drawing maps"):
        assert words in said
