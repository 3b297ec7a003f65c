"""New rows of a table: written as rows, and judged beside real ones and a Gaussian copula."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from latens.applications import (
    ClassMixtureSampler,
    MixtureSampler,
    NewSamples,
    generate_samples,
    judge_rows,
)
from latens.applications.generate.tables import GaussianCopula, as_mixed_tables, judge_tables
from latens.data import Dataset, TableEncoder
from latens.exceptions import DataError, ParameterError
from latens.models import VAE
from latens.networks import MLP
from latens.runs import Run
from latens.training import Trainer

# The tables hold text, as tables do.
pytestmark = pytest.mark.filterwarnings("ignore:Of the table, columns were left out")


def orders(n, seed):
    """Orders whose price follows from the plan, with gaps, a date and a name of the row."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(["basic", "plus", "premium"], n, p=[0.6, 0.3, 0.1])
    price = pd.Series(plan).map({"basic": 10.0, "plus": 20.0, "premium": 50.0}) * rng.lognormal(
        0, 0.1, n
    )
    return pd.DataFrame(
        {
            "id": [f"A-{seed * 1_000 + row}" for row in range(n)],
            "plan": np.where(rng.random(n) < 0.1, None, plan),
            "price": price.round(2),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D"),
            "paid": rng.random(n) < 0.7,
        }
    )


TRAIN, TEST = orders(300, 1), orders(200, 2)


@pytest.fixture(scope="module")
def encoder():
    return TableEncoder().fit(TRAIN)


@pytest.fixture(scope="module")
def model(encoder):
    """As a run has it: fitted on features."""
    settings = {"network": MLP((32,)), "trainer": Trainer(max_epochs=10, batch_size=32)}
    return VAE(4, **settings, random_state=0).fit(encoder.features(TRAIN), encoder=encoder)


@pytest.fixture(scope="module")
def judgment(model, encoder):
    parts = (Dataset(encoder.features(table)) for table in (TRAIN, TEST))
    return judge_rows(model, *parts, name="vae", target="plan")


def test_tables_have_the_same_integers_for_the_same_levels(encoder):
    (one, other), names = as_mixed_tables(encoder, [TRAIN, TEST])
    assert names == ("price", "day", "plan", "paid")
    for table, mixed in ((TRAIN, one), (TEST, other)):
        np.testing.assert_array_equal(mixed.levels[:, 0] == 0, table["plan"].isna())
        np.testing.assert_allclose(mixed.numbers[:, 0], table["price"])
    paid = pd.concat([TRAIN["paid"], TEST["paid"]])
    codes = np.concatenate([one.levels[:, 1], other.levels[:, 1]])
    assert len(set(zip(paid, codes, strict=True))) == 2


def test_integers_and_the_floats_beside_gaps_are_one_level():
    table = pd.DataFrame({"grade": [1, 2, 1, 2], "x": [0.5, 1.5, 2.5, 3.5]})
    encoder = TableEncoder({"grade": "category"}).fit(table)
    with_gap = table.assign(grade=[1.0, 2.0, 1.0, np.nan])
    (one, other), _ = as_mixed_tables(encoder, [table, with_gap])
    assert one.levels[:3, 0].tolist() == other.levels[:3, 0].tolist()
    assert other.levels[3, 0] == 0


def test_a_copula_keeps_distributions_gaps_and_the_order_of_relations():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1_000)
    table = pd.DataFrame(
        {
            "x": x,
            "y": np.exp(x + 0.3 * rng.normal(size=1_000)),
            "big": x > 0,
            "level": np.where(rng.random(1_000) < 0.2, None, np.where(x > 1, "high", "low")),
        }
    )
    encoder = TableEncoder().fit(table)
    copula = GaussianCopula(encoder).fit(encoder.features(table), seed=0)
    new = encoder.rows(copula.sample(2_000, seed=1))
    real, ours = (one["x"].corr(one["y"], "spearman") for one in (table, new))
    assert ours == pytest.approx(real, abs=0.05)
    assert new["big"].mean() == pytest.approx(table["big"].mean(), abs=0.04)
    assert new["level"].isna().mean() == pytest.approx(0.2, abs=0.05)
    assert new["x"][new["big"]].mean() > 0.4


def test_the_judgment_says_what_is_alike_what_differs_and_what_distances_prove(judgment):
    assert list(judgment.quality) == ["vae", "Gaussian copula"]
    assert judgment.quality["vae"].mean_shape > 0.85
    assert judgment.real.mean_utility > 0.9
    assert "proves no privacy" in judgment.sentence
    assert "an AUC of" in judgment.sentence
    like, differs, near = judgment.tables()
    assert [row[0] for row in like.rows] == ["real training rows", "vae", "Gaussian copula"]
    assert {row[1] for row in differs.rows} == {"shape", "pair", "predicted, AUC"}
    shapes = [row[2] for row in differs.rows if row[1] == "shape"]
    assert shapes == sorted(shapes)
    assert "2505.01524" in near.note
    json.dumps(judgment.facts(), allow_nan=False)


def test_copies_of_training_rows_are_found_out(encoder):
    judged = judge_tables(encoder, TRAIN, TEST, {"copies": TRAIN}, target="paid")
    found = judged.privacy["copies"]
    # As many training rows are held beside them as there are held-out rows: two in three.
    assert found.nearness.protection < 0.45
    assert found.nearness.share_copied == 1
    assert found.attack.low > 0.9


def test_rows_that_cannot_be_judged_are_refused(encoder, model):
    with pytest.raises(DataError, match=r"from 20 on\. There are 5 in 'few'"):
        judge_tables(encoder, TRAIN, TEST, {"few": TRAIN[:5]})
    with pytest.raises(ParameterError, match="no column 'id' that is learned from"):
        judge_tables(encoder, TRAIN, TEST, {"all": TRAIN}, target="id")


def test_a_finding_is_of_rows_which_are_written_and_kept_with_their_judgment(
    model, judgment, tmp_path
):
    found = replace(generate_samples(model, NewSamples(n=30), name="vae"), judgment=judgment)
    assert "a Gaussian mixture" in found.sentence
    found.write(tmp_path / "rows.csv")
    written = pd.read_csv(tmp_path / "rows.csv", parse_dates=["day"])
    assert written.columns.tolist() == TRAIN.columns.tolist()
    assert written["id"].iloc[0] == f"A-{1_000 + len(TRAIN)}"
    assert set(written["plan"].dropna()) <= set(TRAIN["plan"].dropna())
    assert written["day"].between(TRAIN["day"].min(), TRAIN["day"].max()).all()
    found.write(tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "rows.parquet"), found.rows())
    run = Run.create(tmp_path / "run")
    run.write_finding(found.name, found.to_finding())
    kept = run.read_findings()["generate"]
    assert len(kept.tables) == 3
    assert "proves no privacy" in kept.sentence
    assert found.facts()["judgment"]["n_rows"] == len(TEST)


def test_complete_rows_have_no_gaps_whatever_draws_their_codes(model, encoder):
    for method in ("prior", "mixture"):
        asked = NewSamples(n=200, method=method, complete=True)
        assert not generate_samples(model, asked).rows().isna().any(axis=None)
        some = generate_samples(model, replace(asked, complete=False)).rows()
        assert 0.03 < some["plan"].isna().mean() < 0.2


def test_samplers_of_a_model_of_a_frame_give_frames():
    settings = {"network": MLP((16,)), "trainer": Trainer(max_epochs=3)}
    model = VAE(2, **settings, random_state=0).fit(TRAIN)
    new = MixtureSampler(2, random_state=0).fit(model).sample(5, random_state=0)
    assert new.columns.tolist() == TRAIN.columns.tolist()
    by_class = ClassMixtureSampler(2, random_state=0).fit(model, TRAIN, TRAIN["paid"].to_numpy())
    assert by_class.sample(4, y=True, random_state=0).columns.tolist() == TRAIN.columns.tolist()
    found = generate_samples(model, NewSamples(n=6))
    assert found.rows() is found.X
    assert judge_rows(model, TRAIN, TEST, target="paid").columns == ("price", "day", "plan", "paid")


def test_only_rows_of_mixed_columns_are_judged_or_without_gaps():
    X = np.random.default_rng(0).normal(size=(60, 3))
    plain = VAE(2, network=MLP((8,)), trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    with pytest.raises(ParameterError, match="mixed columns"):
        judge_rows(plain, X, X)
    with pytest.raises(ParameterError, match="without them"):
        generate_samples(plain, NewSamples(method="mixture", complete=True))
