"""What `impute_table` says of the ways to fill a table."""

import numpy as np
import pandas as pd
import pytest

from latens.applications import impute_table
from latens.applications.impute.comparison import FilledScore, cells_to_hide, score
from latens.applications.impute.finding import imputation_headline
from latens.applications.impute.ways import BASELINES, filled_features
from latens.data import TableEncoder
from latens.training import Trainer


@pytest.fixture
def frame():
    """Two numbers and levels that follow from them, with gaps in two of three columns."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    table = pd.DataFrame(
        {"x": x, "y": 2 * x + 0.1 * rng.normal(size=300), "level": np.where(x > 0, "up", "down")}
    )
    table.loc[rng.random(300) < 0.2, "y"] = np.nan
    table.loc[rng.random(300) < 0.2, "level"] = None
    return table


def test_cells_are_hidden_where_gaps_are(frame):
    encoder = TableEncoder(mark_gaps="always").fit(frame)
    hidden = cells_to_hide(encoder, frame, 0)
    assert not hidden[frame.isna().to_numpy()].any()
    assert not hidden[:, 0].any()
    assert (np.abs(hidden[:, 1:].mean(axis=0) - 0.8 * 0.2) < 0.08).all()
    whole = frame.dropna()
    assert cells_to_hide(encoder, whole, 0).any(axis=0).all()


def test_every_way_leaves_what_is_there_and_mean_and_most_frequent_level_are_worth_nothing(frame):
    hidden = cells_to_hide(TableEncoder(mark_gaps="always").fit(frame), frame, 0)
    seen = frame.mask(hidden)
    encoder = TableEncoder(mark_gaps="always").fit(seen)
    features = encoder.features(seen)
    ways = {name: filled_features(name, encoder, seen, seed=0) for name in BASELINES}
    for filled in ways.values():
        for block in encoder.blocks_:
            there = features[:, block.gap] < 0.5
            places = list(block.places)
            np.testing.assert_allclose(
                filled[there][:, places], features[there][:, places], atol=1e-5
            )
    mean, *others = score(encoder, frame, hidden, ways)
    assert 0.8 < mean.error < 1.2
    assert all(other.error < 0.5 for other in others)


def test_the_finding_counts_what_was_filled(frame):
    found = impute_table(frame, n_draws=2, trainer=Trainer(max_epochs=2, callbacks=()))
    assert found.n_filled == {name: int(frame[name].isna().sum()) for name in ("y", "level")}
    assert len(found.filled) == 2
    kept = found.to_finding()
    assert kept.sentence == found.sentence
    assert [row[0] for row in kept.tables[0].rows] == [one.name for one in found.compared]


def test_a_table_without_gaps_is_what_it_was(frame):
    whole = frame.dropna().reset_index(drop=True)
    found = impute_table(whole, trainer=Trainer(max_epochs=1, callbacks=()))
    pd.testing.assert_frame_equal(found.filled[0], whole)
    assert found.sentence.startswith("The table has no gaps to fill.")


def scored(name, error):
    return FilledScore(name, error, None, error, error + 0.01 * np.sin(np.arange(50)))


def test_the_sentence_names_the_better_way():
    forest, mean = scored("IterativeImputer, ExtraTrees", 0.5), scored("mean", 1.0)
    better = imputation_headline(9, 2, (scored("network", 0.4), forest, mean))
    assert better.startswith("9 cells of 2 columns filled. The network is better here: error 0.400")
    worse = imputation_headline(9, 2, (scored("network", 0.6), forest, mean))
    assert "IterativeImputer, ExtraTrees is better here: error 0.500" in worse
    alike = imputation_headline(9, 2, (scored("network", 0.5), forest, mean))
    assert "no clear difference" in alike
    assert "too few known cells" in imputation_headline(1, 1, ())
