"""Every kind whose objective is a reconstruction learns tables of mixed columns, and gives them back."""

import numpy as np
import pandas as pd
import pytest

from latens import load_model
from latens.data import TableEncoder
from latens.exceptions import DataError, ParameterError
from latens.models import (
    VAE,
    VQVAE,
    AdversarialAutoencoder,
    Autoencoder,
    ContractiveAutoencoder,
    DenoisingAutoencoder,
    NeighborAutoencoder,
    SparseAutoencoder,
    StackedAutoencoder,
    WassersteinAutoencoder,
)
from latens.networks import MLP
from latens.training import Trainer

QUICK = {"network": MLP((16,)), "trainer": Trainer(max_epochs=2, callbacks=()), "random_state": 0}
KINDS = [
    Autoencoder,
    VAE,
    VQVAE,
    AdversarialAutoencoder,
    ContractiveAutoencoder,
    DenoisingAutoencoder,
    NeighborAutoencoder,
    SparseAutoencoder,
    StackedAutoencoder,
    WassersteinAutoencoder,
]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    kind = rng.choice(["a", "b", "c"], 200)
    table = pd.DataFrame(
        {
            "size": np.where(kind == "a", 1.0, 4.0) + rng.normal(0, 0.2, 200).round(1),
            "n": rng.poisson(3, 200),
            "kind": kind,
            "ok": kind == "b",
            "day": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 99, 200), "D"),
        }
    )
    table.loc[::7, "size"] = np.nan
    table.loc[::9, "kind"] = None
    return table


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_fitted_as_it_is_and_rows_come_back(kind, table, tmp_path):
    model = kind(2, **QUICK).fit(table)
    Z = model.transform(table)
    assert Z.shape == (200, 2)
    rows = model.inverse_transform(Z)
    assert (rows.dtypes == table.dtypes).all()
    assert set(rows["kind"].dropna()) <= {"a", "b", "c"}
    assert model.reconstruct(table).shape == table.shape
    assert np.isfinite(model.score_samples(table)).all()
    drawn = model.sample(40, random_state=1)
    assert drawn["n"].between(table["n"].min(), table["n"].max()).all()
    path = model.save(tmp_path / "model")
    known = load_model(path)
    np.testing.assert_allclose(known.transform(table), Z, rtol=1e-5, atol=1e-6)
    pd.testing.assert_frame_equal(known.sample(40, random_state=1), drawn)


def test_training_brings_levels_and_numbers_back(table):
    trainer = Trainer(max_epochs=150, callbacks=())
    model = Autoencoder(3, network=MLP((32,)), trainer=trainer, random_state=0).fit(table)
    rows = model.reconstruct(table)
    known = table["kind"].notna()
    assert (rows["kind"][known] == table["kind"][known]).mean() > 0.95
    assert (rows["ok"] == table["ok"]).mean() > 0.95
    seen = table["size"].notna() & rows["size"].notna()
    assert (rows["size"] - table["size"])[seen].std() < 0.5 * table["size"].std()


def test_an_array_of_features_with_its_encoder_gives_arrays(table):
    encoder = TableEncoder().fit(table)
    X = encoder.features(table)
    model = Autoencoder(2, **QUICK).fit(X, encoder=encoder)
    rebuilt = model.reconstruct(X)
    assert isinstance(rebuilt, np.ndarray)
    levels = next(block for block in encoder.blocks_ if block.name == "kind").places
    np.testing.assert_allclose(rebuilt[:, levels].sum(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(model.transform(table), model.transform(X), atol=1e-6)
    with pytest.raises(DataError, match="features of the encoder"):
        Autoencoder(2, **QUICK).fit(X[:, 1:], encoder=encoder)
    with pytest.raises(ParameterError, match="must be a TableEncoder"):
        Autoencoder(2, **QUICK).fit(X, encoder="columns")


def test_plain_arrays_and_frames_know_no_encoder(table):
    numbers = table[["n"]].assign(m=1.5 * table["n"])
    model = Autoencoder(1, **QUICK).fit(numbers)
    assert model.table_encoder_ is None
    assert isinstance(model.inverse_transform(model.transform(numbers)), np.ndarray)
