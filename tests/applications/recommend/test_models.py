"""What every recommender keeps, whatever its kind."""

import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from torch import nn

from latens.applications.recommend import (
    EASE,
    EDLAE,
    InfiniteAE,
    MultDAE,
    MultVAE,
    Popularity,
    RecVAE,
    kinds,
)
from latens.applications.recommend.held_out import hide_targets
from latens.exceptions import DataError, ParameterError
from latens.training import Trainer


def quick(epochs=30):
    return Trainer(max_epochs=epochs, learning_rate=0.01, device="cpu", callbacks=())


MODELS = {
    "Popularity": Popularity(),
    "EASE": EASE(),
    "EDLAE": EDLAE(),
    "MultDAE": MultDAE(8, trainer=quick(), random_state=0),
    "MultVAE": MultVAE(8, hidden=(16,), beta=0.1, trainer=quick(), random_state=0),
    "RecVAE": RecVAE(8, width=16, depth=2, trainer=quick(), random_state=0),
    "InfiniteAE": InfiniteAE(),
}
LEARNING = sorted(set(MODELS) - {"Popularity"})
NEURAL = ["MultDAE", "MultVAE", "RecVAE"]


@pytest.fixture(scope="module")
def fitted(tastes):
    return {name: clone(model).fit(tastes) for name, model in MODELS.items()}


def one_user(*items, n_items=30):
    row = np.zeros((1, n_items), dtype=np.float32)
    row[0, list(items)] = 1
    return row


def test_all_kinds_are_tested():
    assert sorted(MODELS) == sorted(kinds.KINDS)


@pytest.mark.parametrize("name", LEARNING)
def test_a_new_user_gets_items_of_his_own_taste_and_none_that_he_has(fitted, name):
    items, scores = fitted[name].recommend(one_user(0, 3, 7), n=5)
    assert items.shape == scores.shape == (1, 5)
    assert set(items[0]) <= set(range(15)) - {0, 3, 7}
    assert (np.diff(scores[0]) <= 0).all()
    items, _ = fitted[name].recommend(one_user(20, 22), n=5)
    assert set(items[0]) <= set(range(15, 30)) - {20, 22}


@pytest.mark.parametrize("name", list(MODELS))
def test_what_is_seen_or_excluded_never_comes_back(fitted, name):
    model, row = fitted[name], one_user(*range(0, 30, 3))
    assert not set(model.recommend(row, n=30)[0][0]) & set(range(0, 30, 3))
    included, _ = model.recommend(row, n=30, exclude_seen=False)
    assert sorted(included[0]) == list(range(30))
    all_but_one = one_user(*range(29))
    items, scores = model.recommend(row, n=4, exclude=all_but_one)
    assert items[0].tolist() == [29, -1, -1, -1]
    assert np.isfinite(scores[0]).tolist() == [True, False, False, False]


@pytest.mark.parametrize("name", list(MODELS))
def test_an_empty_user_gets_a_full_list(fitted, name):
    items, scores = fitted[name].recommend(one_user(), n=6)
    assert len(set(items[0])) == 6
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", list(MODELS))
def test_blocks_do_not_change_the_answer(fitted, name, tastes, monkeypatch):
    from latens.applications.recommend import base

    whole, scores = fitted[name].recommend(tastes, n=5)
    monkeypatch.setattr(base, "_BLOCK_VALUES", 7 * 30)
    parts, part_scores = fitted[name].recommend(tastes, n=5)
    np.testing.assert_allclose(part_scores, scores, atol=1e-5)
    assert (parts == whole).mean() > 0.99  # ties may fall either way by a rounding


@pytest.mark.parametrize("name", LEARNING)
def test_similar_items_are_of_the_same_taste(fitted, name):
    items, similarities = fitted[name].similar_items(2, n=5)
    assert 2 not in items
    assert set(items) <= set(range(15))
    assert (np.diff(similarities) <= 0).all()


@pytest.mark.parametrize("name", ["EASE", "EDLAE"])
def test_the_parts_of_a_linear_score_add_up_to_it(fitted, name):
    row = one_user(1, 4, 9, 20)
    items, parts = fitted[name].explain(row, 6)
    assert sorted(items) == [1, 4, 9, 20]
    assert parts.sum() == pytest.approx(fitted[name].score_items(row)[0, 6])


@pytest.mark.parametrize("name", LEARNING)
def test_what_led_to_an_item_is_of_its_taste(fitted, name):
    items, parts = fitted[name].explain(one_user(1, 4, 9, 20, 25), 6)
    assert sorted(items) == [1, 4, 9, 20, 25]
    assert parts[items < 15].sum() > parts[items >= 15].sum()
    assert (np.diff(parts) <= 0).all()


@pytest.mark.parametrize("name", list(MODELS))
def test_one_item_or_one_user_is_no_crash(name):
    for rows in (np.ones((12, 1)), np.ones((1, 6)), np.ones((1, 1))):
        model = clone(MODELS[name])
        if name in NEURAL:
            model.set_params(trainer=quick(2))
        items, _ = model.fit(rows).recommend(np.zeros((1, rows.shape[1])), n=3)
        assert (items >= 0).all()


@pytest.mark.parametrize("name", NEURAL)
def test_a_seed_decides_everything_and_global_seeds_are_left_alone(name, tastes):
    model = clone(MODELS[name]).set_params(trainer=quick(2))
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = model.fit(tastes).score_items(tastes)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(clone(model).fit(tastes).score_items(tastes), first)
    other = clone(model).set_params(random_state=1).fit(tastes).score_items(tastes)
    assert not np.allclose(other, first)


@pytest.mark.parametrize("name", NEURAL)
def test_the_weights_are_those_of_the_best_epoch_on_validation_users(name, tastes):
    from latens.applications.recommend import split_users

    split = split_users(tastes, seed=0)
    model = clone(MODELS[name]).set_params(trainer=quick(8))
    model.fit(split.train, validation=split.validation)
    assert len(model.validation_ndcg_) == 8
    reached = split.validation.evaluate(model.score_items)["ndcg@100"]
    assert reached == pytest.approx(max(model.validation_ndcg_), abs=1e-6)


def test_mult_vae_takes_the_weight_that_ranks_best(tastes):
    model = MultVAE(4, hidden=(8,), beta=None, trainer=quick(3), random_state=0).fit(tastes)
    assert model.beta_ in (0.05, 0.1, 0.2, 0.4, 0.8)
    fixed = MultVAE(4, hidden=(8,), beta=model.beta_, trainer=quick(3), random_state=0).fit(tastes)
    np.testing.assert_allclose(fixed.score_items(tastes), model.score_items(tastes), atol=1e-5)


@pytest.mark.parametrize(("n_users", "widths"), [(100, []), (6_000, [600])])
def test_mult_vae_has_a_hidden_layer_only_for_many_users(tastes, n_users, widths):
    rows = sparse.csr_array(tastes)
    users = rows[np.arange(n_users) % rows.shape[0]]
    model = MultVAE(trainer=quick(1), random_state=0)
    model.fit(users, validation=hide_targets(rows, seed=0))
    layers = [layer for layer in model.network_.encoder if isinstance(layer, nn.Linear)]
    assert [layer.out_features for layer in layers] == widths
    assert (model.latent_dim_, model.beta_) == (200, 0.2)


def test_the_weight_of_mult_vae_rises_to_its_cap():
    model = MultVAE(beta=0.4)
    model.beta_ = 0.4
    assert [model._weight(progress) for progress in (0, 0.25, 0.5, 1)] == [0, 0.2, 0.4, 0.4]


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.zeros((20, 4)), "nobody liked anything"),
        ([[1, np.nan]], "finite numbers of 0 or more"),
        ([[1, -1]], "finite numbers of 0 or more"),
        ([1, 0, 1], "must have shape"),
        ([["a", "b"]], "must hold numbers"),
    ],
)
def test_bad_rows_are_refused_with_words(X, words):
    with pytest.raises(DataError, match=words):
        EASE().fit(X)


def test_rows_of_another_width_and_items_that_are_not_there_are_refused(fitted):
    with pytest.raises(DataError, match="X has 4 items, but this EASE was fitted on 30"):
        fitted["EASE"].recommend(np.ones((1, 4)))
    with pytest.raises(ParameterError, match=r"'item' parameter of EASE must be .* \[0, 29\]"):
        fitted["EASE"].similar_items(30)
    with pytest.raises(ParameterError, match="'n' parameter of recommend"):
        fitted["EASE"].recommend(one_user(1), n=0)


def test_duplicate_and_explicit_zero_entries_do_not_matter(fitted):
    twice = sparse.coo_array(([1.0, 0.0], ([0, 0], [3, 5])), shape=(1, 30))
    np.testing.assert_allclose(
        fitted["EASE"].score_items(twice), fitted["EASE"].score_items(one_user(3))
    )


def test_what_says_nothing_is_not_similar(fitted):
    assert fitted["Popularity"].similar_items(2)[0].size == 0
    X = np.kron(np.eye(2), np.ones((30, 3)))  # two groups of items without a link
    items, _ = EASE(regularization=1.0).fit(X).similar_items(0, n=6)
    assert sorted(items) == [1, 2]


@pytest.mark.parametrize("name", ["EDLAE", "MultDAE"])
def test_an_explanation_in_blocks_is_the_same(fitted, name, monkeypatch):
    from latens.applications.recommend import base

    row, sizes = one_user(*range(9)), []
    whole, parts = fitted[name].explain(row, 10)
    scores = fitted[name]._scores
    monkeypatch.setattr(fitted[name], "_scores", lambda X: sizes.append(X.shape[0]) or scores(X))
    monkeypatch.setattr(base, "_BLOCK_VALUES", 4 * 30)
    again, block_parts = fitted[name].explain(row, 10)
    assert max(sizes) == 4
    np.testing.assert_array_equal(again, whole)
    np.testing.assert_allclose(block_parts, parts, atol=1e-5)


def test_scores_are_ones_own_to_write_in(fitted):
    scores = fitted["Popularity"].score_items(one_user(1))
    scores[0, 1] = 0
    assert fitted["Popularity"].score_items(one_user(1))[0, 1] > 0


def test_of_few_users_no_target_is_learned(tastes, monkeypatch):
    learned = {}
    monkeypatch.setattr(
        EASE, "_choose", lambda self, X, validation: learned.update(X=X, held=validation)
    )
    monkeypatch.setattr(EASE, "_learn", lambda self, X: None)
    EASE().fit(tastes[:20])
    assert learned["held"].target.nnz > 0
    assert (learned["X"] * learned["held"].target).nnz == 0


def test_the_callback_of_the_user_is_the_one_that_is_called(tastes):
    class Counts:
        n_epochs = 0

        def on_start(self, plan): ...
        def on_heartbeat(self, progress): ...
        def on_end(self, history): ...
        def on_epoch(self, epoch):
            self.n_epochs += 1

    counts = Counts()
    MultDAE(4, trainer=Trainer(max_epochs=3, device="cpu", callbacks=[counts])).fit(tastes)
    assert counts.n_epochs == 3


def test_a_checkpoint_is_refused_as_it_does_not_know_the_best_ranking(tmp_path):
    trainer = quick(1).set_params(checkpoint=tmp_path / "state")
    rows = sparse.csr_array((np.random.default_rng(0).random((60, 12)) < 0.4).astype(float))
    model = MultDAE(4, trainer=trainer, random_state=0)
    with pytest.raises(ParameterError, match="checkpoint"):
        model.fit(rows)
    with pytest.raises(NotFittedError):
        model.recommend(rows)
