"""Rows of a table that a fitted model draws: like the real ones in every column, and rows of that table."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens import load_model
from latens.data import TableEncoder
from latens.exceptions import ModelError
from latens.models import VAE, Autoencoder, ConditionalVAE
from latens.models.kinds import KINDS, kind_named
from latens.networks import MLP
from latens.training import Trainer

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from customer_table import customer_table

# The tables hold text, as tables do.
pytestmark = pytest.mark.filterwarnings("ignore:Of the table, columns were left out")

FAST = {"network": MLP((32,)), "trainer": Trainer(max_epochs=10, batch_size=64), "random_state": 0}


@pytest.fixture(scope="module")
def customers():
    return customer_table(600)


@pytest.fixture(scope="module")
def model(customers):
    return VAE(6, **FAST).fit(customers)


def test_new_rows_have_the_columns_types_and_distributions_of_the_table(customers, model):
    new = model.sample(2_000, random_state=1)
    assert new.columns.tolist() == customers.columns.tolist()
    assert (new.dtypes == customers.dtypes).drop("note").all()
    assert new["note"].isna().all()
    assert new["customer_id"].iloc[:2].tolist() == ["C-10600", "C-10601"]
    for name in ("age", "spent", "orders", "joined"):
        at = [0.1, 0.5, 0.9]
        real, ours = (table[name].dropna().astype("int64") for table in (customers, new))
        spread = real.quantile(0.95) - real.quantile(0.05)
        np.testing.assert_allclose(ours.quantile(at), real.quantile(at), atol=max(1, 0.12 * spread))
    for name in ("region", "plan", "payment", "newsletter"):
        real, ours = (table[name].value_counts(normalize=True) for table in (customers, new))
        assert (real - ours.reindex(real.index, fill_value=0)).abs().max() < 0.05
        assert set(ours.index) <= set(real.index)
    np.testing.assert_allclose(new.isna().mean()[:-1], customers.isna().mean()[:-1], atol=0.04)


def test_relations_are_kept(customers, model):
    new = model.sample(2_000, random_state=2)
    real, ours = (table["spent"].corr(table["orders"], "spearman") for table in (customers, new))
    assert ours > 0.6 * real


def test_complete_rows_have_no_gaps(model):
    assert (
        not model.sample(300, random_state=0, complete=True)
        .drop(columns="note")
        .isna()
        .any(axis=None)
    )


def test_a_single_row_is_drawn_as_many_are_and_the_same_for_a_seed(model):
    one = model.sample(1, random_state=5)
    pd.testing.assert_frame_equal(one, model.sample(1, random_state=5))
    assert (
        len({float(model.sample(1, random_state=seed)["spent"].iloc[0]) for seed in range(9)}) > 7
    )


def test_a_model_that_was_saved_draws_the_same_rows(model, tmp_path):
    again = load_model(model.save(tmp_path / "model"))
    pd.testing.assert_frame_equal(
        again.sample(50, random_state=3), model.sample(50, random_state=3)
    )


def test_a_saved_model_with_numbers_out_of_order_is_refused(model, tmp_path):
    import safetensors.numpy

    file = model.save(tmp_path / "model") / "weights.safetensors"
    tensors = safetensors.numpy.load_file(file)
    tensors["numbers.knots"] = tensors["numbers.knots"][:, ::-1].copy()
    safetensors.numpy.save_file(tensors, file)
    with pytest.raises(ModelError, match="not in their order"):
        load_model(tmp_path / "model")


def test_features_that_were_fitted_are_drawn_as_features(customers):
    encoder = TableEncoder().fit(customers)
    model = Autoencoder(4, **FAST).fit(encoder.features(customers), encoder=encoder)
    new = model.sample(500, random_state=0)
    assert new.shape == (500, encoder.n_features)
    rows = encoder.rows(new)
    assert rows["spent"].between(customers["spent"].min(), customers["spent"].max()).all()
    gap = encoder.get_feature_names_out().tolist().index("age=missing")
    assert set(np.unique(new[:, gap])) == {0, 1}


def test_rows_of_a_class_are_drawn_too(customers):
    table, y = customers.drop(columns="plan"), customers["plan"].to_numpy()
    trainer = Trainer(max_epochs=10, batch_size=64)
    model = ConditionalVAE(4, trainer=trainer, random_state=0).fit(table, y)
    both = [
        model.sample(500, y=name, random_state=0)["spent"].mean() for name in ("basic", "premium")
    ]
    assert both[1] > 1.5 * both[0]
    assert model.sample(5, random_state=0).columns.tolist() == table.columns.tolist()


def test_fitting_anew_forgets_how_the_cells_of_the_last_table_were_drawn(customers):
    model = Autoencoder(2, trainer=Trainer(max_epochs=2), random_state=0)
    model.fit(customers[["orders", "age"]]).sample(3)
    new = model.fit(customers[["plan", "spent", "age"]]).sample(3, random_state=0)
    assert new.columns.tolist() == ["plan", "spent", "age"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_rows_of_the_table_before_and_after_it_was_saved(kind, tmp_path):
    rng = np.random.default_rng(0)
    plan = np.where(rng.random(60) < 0.3, None, rng.choice(["basic", "plus"], 60))
    table = pd.DataFrame(
        {"plan": plan, "age": rng.integers(20, 60, 60), "new": rng.random(60) < 0.5}
    )
    settings = {"network": MLP((8,)), "trainer": Trainer(max_epochs=1), "random_state": 0}
    model = kind_named(kind)(2, **settings).fit(table, table["new"].to_numpy())
    new = model.sample(100, random_state=1)
    assert (new.dtypes == table.dtypes).all()
    assert new["plan"].isna().mean() == pytest.approx(0.3, abs=0.15)
    assert new["age"].between(20, 59).all()
    assert not model.sample(100, random_state=1, complete=True).isna().any(axis=None)
    again = load_model(model.save(tmp_path / "model"))
    pd.testing.assert_frame_equal(again.sample(100, random_state=1), new)
