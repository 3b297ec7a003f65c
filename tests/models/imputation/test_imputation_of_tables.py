"""Gaps of tables, filled by `MaskedAutoencoder.impute`."""

import numpy as np
import pandas as pd
import pytest
import torch

from latens import load_model
from latens.data import TableEncoder
from latens.exceptions import DataError, ParameterError
from latens.models import MaskedAutoencoder
from latens.objectives import HiddenColumns
from latens.training import Trainer

# The tables hold text, as tables do.
pytestmark = pytest.mark.filterwarnings("ignore:Of the table, columns were left out")

NOISE = 0.5


def fitted(X, epochs=15, **settings):
    trainer = Trainer(max_epochs=epochs, callbacks=())
    return MaskedAutoencoder(2, trainer=trainer, random_state=0, **settings).fit(X)


def related(n=500, seed=0):
    """Four columns that tell one another up to noise."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(n, 1))
    return 10 + 3 * (level + NOISE * rng.normal(size=(n, 4)))


def customers(n=240):
    """A table of mixed columns, with the truth of all cells and with gaps."""
    rng = np.random.default_rng(0)
    age = rng.integers(18, 80, n)
    day = pd.Timestamp("2021-03-01") + pd.to_timedelta(age * 5 + rng.integers(0, 20, n), unit="D")
    whole = pd.DataFrame(
        {
            "customer": [f"c{number:05d}" for number in range(n)],
            "age": pd.array(age, dtype="Int64"),
            "plan": np.where(age > 50, "plus", np.where(age > 30, "basic", "student")),
            "size": pd.Categorical(np.where(age > 40, "large", "small"), ["small", "large"]),
            "since": day,
            "spent": (age * 1.5 + rng.normal(size=n)).round(2),
            "remark": [f"{number} wrote that {number * 7} is fine" for number in range(n)],
        }
    )
    gaps = rng.random(whole.shape) < 0.2
    gaps[:, 0] = False
    return whole, whole.mask(gaps), gaps


@pytest.fixture(scope="module")
def table():
    return customers()


@pytest.fixture(scope="module")
def model(table):
    return fitted(table[1])


def test_only_gaps_change_and_columns_keep_their_types(table, model):
    _, gapped, gaps = table
    filled = model.impute(gapped)
    pd.testing.assert_frame_equal(filled.mask(gaps), gapped)
    learned = ["age", "plan", "size", "since", "spent"]
    assert not filled[learned].isna().any().any()
    pd.testing.assert_series_equal(filled["remark"], gapped["remark"])
    assert set(filled["plan"]) == {"plus", "basic", "student"}
    assert filled["age"].between(18, 79).all()
    assert (filled["spent"].round(2) == filled["spent"]).all()


def test_what_the_other_columns_tell_is_filled_in(table, model):
    whole, gapped, _ = table
    filled = model.impute(gapped)
    for name in ("plan", "size"):
        gone = gapped[name].isna()
        assert (filled[name] == whole[name])[gone].mean() > 0.75
    gone = gapped["age"].isna()
    error = (filled["age"] - whole["age"])[gone].astype(float)
    assert np.sqrt(np.square(error).mean()) < 0.4 * whole["age"].astype(float).std()


def test_draws_differ_in_gaps_alone_and_follow_the_seed(table, model):
    _, gapped, _ = table
    first, second = model.impute(gapped, 2, random_state=3)
    again = model.impute(gapped, 2, random_state=3)
    pd.testing.assert_frame_equal(first, again[0])
    differ = (first != second) & first.notna()
    assert differ["age"].any()
    assert not (differ & gapped.notna()).any().any()


def test_a_level_that_is_new_stays_and_a_new_gap_is_filled(table, model):
    whole, _, _ = table
    other = whole[:5].assign(plan=["gold", None, "plus", "plus", "plus"])
    filled = model.impute(other)
    assert filled["plan"][0] == "gold"
    assert filled["plan"][1] in {"plus", "basic", "student"}


def test_a_saved_model_fills_alike(table, model, tmp_path):
    _, gapped, _ = table
    model.save(tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    pd.testing.assert_frame_equal(loaded.impute(gapped), model.impute(gapped))
    one, other = loaded.impute(gapped, 2, 1)[1], model.impute(gapped, 2, 1)[1]
    pd.testing.assert_frame_equal(one, other)


@pytest.fixture(scope="module")
def array():
    """Related numbers, where 30 % of them are missing, and a model of what is left."""
    X = related()
    gaps = np.random.default_rng(1).random(X.shape) < 0.3
    return X, gaps, fitted(np.where(gaps, np.nan, X))


def test_an_array_with_nan_comes_back_as_an_array(array):
    X, gaps, model = array
    holed = np.where(gaps, np.nan, X)
    filled = model.impute(holed)
    np.testing.assert_array_equal(filled[~gaps], X[~gaps])
    assert np.isfinite(filled).all()
    assert model.impute(holed, 3).shape == (3, *X.shape)
    assert model.transform(holed).shape == (500, 2)
    assert model.inverse_transform(model.transform(holed)).shape == X.shape
    np.testing.assert_array_equal(model.impute(X, hidden=gaps), filled)


def test_gaps_at_random_are_filled_nearly_as_well_as_can_be_and_draws_cover_them(array):
    X, gaps, model = array
    holed = np.where(gaps, np.nan, X)
    filled = model.impute(holed)
    # With three others the level is known up to NOISE / sqrt(3), with fewer less well.
    best = 3 * NOISE * np.sqrt(1 + 1 / 3)
    error = np.sqrt(np.square(filled - X)[gaps].mean())
    assert error < 1.25 * best
    low, high = np.quantile(model.impute(holed, 60, 0), [0.05, 0.95], axis=0)
    covered = ((low <= X) & (high >= X))[gaps].mean()
    assert 0.84 < covered < 0.95


@pytest.mark.parametrize("pattern", ["mar", "mnar"])
def test_a_mean_that_gaps_have_shifted_comes_back_where_other_columns_tell_them(pattern):
    X = related(300)
    rng = np.random.default_rng(1)
    # Large values are missing: by what another column says, or by their own value.
    says = X[:, 1] if pattern == "mar" else X[:, 0]
    gone = rng.random(300) < 0.6 / (1 + np.exp(-2 * (says - 10)))
    holed = X.copy()
    holed[gone, 0] = np.nan
    shift = np.nanmean(holed[:, 0]) - X[:, 0].mean()
    left = fitted(holed, epochs=5).impute(holed)[:, 0].mean() - X[:, 0].mean()
    assert shift < -0.4
    # Nothing tells that values are missing for their own sake; some of the shift stays.
    assert abs(left) < abs(shift) * (0.2 if pattern == "mar" else 0.6)


def test_what_is_not_linear_is_learned_from_hidden_cells():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, size=300)
    X = np.column_stack([x, x**2 + 0.1 * rng.normal(size=300), rng.normal(size=300)])
    holed = X.copy()
    gone = rng.random(300) < 0.3
    holed[gone, 1] = np.nan
    error = (fitted(holed, epochs=40).impute(holed) - X)[gone, 1]
    assert np.sqrt(np.square(error).mean()) < 0.5 * X[:, 1].std()  # a Gaussian is at 1


def test_a_model_of_complete_numbers_has_no_draws():
    X = related(60)
    model = fitted(X, epochs=1)
    assert not model.imputes
    holed = np.where(np.arange(60)[:, None] == 0, np.nan, X)
    assert np.isfinite(model.impute(holed)).all()
    with pytest.raises(ParameterError, match="n_draws"):
        model.impute(holed, 2)


def test_other_columns_are_refused(model):
    with pytest.raises((DataError, ValueError), match=r"feature|column"):
        model.impute(pd.DataFrame({"one": [1.0, np.nan], "two": [1.0, 2.0]}))


def test_few_rows_are_filled_with_what_they_say():
    X = np.array([[1.0, 2.0], [2.0, np.nan], [3.0, 6.0]])
    filled = fitted(X, epochs=1).impute(X)
    assert 2 <= filled[1, 1] <= 6


@pytest.mark.parametrize("epochs", [1, 5, 10])
def test_a_few_steps_are_a_training(epochs):
    X = related(120)
    holed = np.where(np.random.default_rng(1).random(X.shape) < 0.2, np.nan, X)
    assert np.isfinite(fitted(holed, epochs=epochs).impute(holed)).all()


def test_fill_in_warns_and_is_impute(table, model):
    with pytest.warns(FutureWarning, match="impute"):
        filled = model.fill_in(table[1])
    pd.testing.assert_frame_equal(filled, model.impute(table[1]))


def test_a_column_is_hidden_with_its_mark_and_gaps_are_no_cells(table):
    encoder = TableEncoder(mark_gaps="always").fit(table[1])
    offset, scale = (
        torch.tensor(part).float() for part in (encoder.scaling_.offset, encoder.scaling_.scale)
    )
    columns = HiddenColumns(encoder.blocks_, offset, scale)
    x = torch.tensor(encoder.transform(table[1])).float()
    torch.manual_seed(0)
    hidden = columns.hidden(torch.full((len(x),), 0.5))
    shown = encoder.scaling_.undo(columns.shown(x, hidden, torch.zeros(x.shape[1])).numpy())
    cells = columns.cells(x)
    for block in encoder.blocks_:
        own = [*block.places, block.gap]
        assert (hidden[:, own].all(1) == hidden[:, own].any(1)).all()
        np.testing.assert_allclose(shown[hidden[:, block.gap].numpy(), block.gap], 1, atol=1e-5)
        gone = torch.tensor(table[1][block.name].isna().tolist())
        assert not cells[gone][:, own].any()
        assert cells[~gone][:, list(block.places)].all()
        assert not cells[:, block.gap].any()
