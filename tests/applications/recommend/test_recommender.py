"""Users and items by name, and a recommender on disk."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from latens.applications.recommend import (
    EASE,
    EDLAE,
    InfiniteAE,
    MultDAE,
    MultVAE,
    Popularity,
    Recommender,
    RecVAE,
    kinds,
)
from latens.data.interactions import interactions_from_frame
from latens.exceptions import DataError, ModelError
from latens.training import Trainer

QUICK = Trainer(max_epochs=2, device="cpu", callbacks=())
MODELS = {
    "Popularity": Popularity(),
    "EASE": EASE(),
    "EDLAE": EDLAE(),
    "MultDAE": MultDAE(4, trainer=QUICK, random_state=0),
    "MultVAE": MultVAE(4, hidden=(8,), beta=0.1, trainer=QUICK, random_state=0),
    "RecVAE": RecVAE(4, width=8, depth=2, trainer=QUICK, random_state=0),
    "InfiniteAE": InfiniteAE(),
}


@pytest.fixture(scope="module")
def interactions(tastes):
    users, items = tastes.nonzero()
    names = np.array([f"The {word} {n}" for n in range(15) for word in ("Tea", "Rum")])
    frame = pd.DataFrame({"user": users, "item": [f"i{item}" for item in items], "rating": 5})
    extra = pd.DataFrame({"user": ["low"], "item": ["i3"], "rating": [1]})
    found = interactions_from_frame(pd.concat([frame, extra]))
    from dataclasses import replace

    order = [int(item[1:]) for item in found.items]
    return replace(found, names=names[order])


@pytest.fixture(scope="module")
def recommender(interactions):
    return Recommender(EASE()).fit(interactions)


def test_auto_is_edlae_where_it_fits(interactions):
    assert isinstance(Recommender().fit(interactions).model_, EDLAE)


def test_a_user_gets_what_he_has_not_met(recommender, interactions):
    row = list(interactions.users).index("0")
    met = set(interactions.items[interactions.seen[[row]].nonzero()[1]])
    ranking = recommender.recommend(0, n=4)
    assert not met & set(ranking.items)
    assert {int(item[1:]) < 15 for item in ranking.items} == {True}
    assert list(ranking.frame().columns) == ["item", "name", "score"]


def test_what_was_rated_low_is_not_recommended(recommender):
    ranking = recommender.recommend("low", n=30)
    assert "i3" not in ranking.items
    assert len(ranking) == 29


def test_everybody_is_recommended_something(recommender, interactions):
    frame = pd.concat(recommender.recommend_to_all(n=3))
    assert set(frame["user"]) == set(interactions.users)
    assert (frame.groupby("user").size() == 3).all()
    assert frame["rank"].tolist()[:3] == [1, 2, 3]


def test_items_are_found_by_id_by_name_and_by_a_part_of_it(recommender):
    by_id = recommender.recommend_to_items(["i0", "i4"], n=3)
    by_name = recommender.recommend_to_items(["The Tea 0", "the tea 2"], n=3)
    by_part = recommender.recommend_to_items(["a 0", "a 2"], n=3)
    assert by_id.items.tolist() == by_name.items.tolist() == by_part.items.tolist()
    assert recommender.similar_items("i0", n=2).items.tolist() != ["i0", "i0"]
    found = recommender.explain("i6", items=["i0", "i4", "i20"])
    assert sorted(found.items) == ["i0", "i20", "i4"]
    assert len(recommender.explain("i6", user="0"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.recommend("nobody"), "There is no user 'nobody'.*`items`"),
        (
            lambda r: r.recommend_to_items(["Tea"]),
            r"15 items have the id or name 'Tea'.*Did you mean",
        ),
        (lambda r: r.recommend_to_items(["xyzzy"]), "No item has the id or name 'xyzzy'"),
        (lambda r: r.recommend_to_items([]), "No items were given"),
        (lambda r: r.explain("i1", user="nobody"), "There is no user 'nobody'"),
        (lambda r: r.similar_items(""), "No item has"),
    ],
)
def test_what_is_not_there_is_said(recommender, call, words):
    with pytest.raises(DataError, match=words):
        call(recommender)


def test_only_popular_items_are_kept_if_asked(interactions):
    kept = Recommender(EASE(), max_items=10).fit(interactions).interactions_
    assert kept.liked.shape == (121, 10)
    counts = np.sort(interactions.liked.sum(axis=0))[::-1]
    assert kept.liked.sum() == counts[:10].sum()
    assert "The 10 most popular of 30 items were kept" in kept.notes[-1]


def test_users_with_few_items_alone_are_refused(interactions):
    with pytest.raises(DataError, match="No user has 99 liked items or more"):
        Recommender(min_items=99).fit(interactions)


def test_all_kinds_are_saved_in_tests():
    assert sorted(MODELS) == sorted(kinds.KINDS)


@pytest.mark.parametrize("name", list(MODELS))
def test_what_is_read_back_answers_the_same(name, interactions, tmp_path):
    before = Recommender(MODELS[name]).fit(interactions)
    before.save(tmp_path / "r")
    after = Recommender.load(tmp_path / "r")
    for one, other in (
        (before.recommend(5), after.recommend("5")),
        (before.recommend_to_items(["i2"]), after.recommend_to_items(["i2"])),
        (before.similar_items("i2"), after.similar_items("i2")),
    ):
        assert one.names.tolist() == other.names.tolist()
        np.testing.assert_allclose(one.scores, other.scores, rtol=1e-5, atol=1e-6)
    assert sorted(file.suffix for file in (tmp_path / "r").iterdir()) == [".json", ".safetensors"]


def test_a_folder_is_not_overwritten_unasked_and_damage_is_said(recommender, tmp_path):
    recommender.save(tmp_path / "r")
    with pytest.raises(ModelError, match="exists already"):
        recommender.save(tmp_path / "r")
    recommender.save(tmp_path / "r", overwrite=True)
    with pytest.raises(ModelError, match=r"has no recommender\.json"):
        Recommender.load(tmp_path)
    about = json.loads((tmp_path / "r" / "recommender.json").read_text())
    (tmp_path / "r" / "recommender.json").write_text(json.dumps(about | {"kind": "os.system"}))
    with pytest.raises(ModelError, match=r"no recommender of the kind 'os\.system'"):
        Recommender.load(tmp_path / "r")
    (tmp_path / "r" / "recommender.json").write_text(json.dumps(about | {"items": ["one"]}))
    with pytest.raises(ModelError, match="damaged"):
        Recommender.load(tmp_path / "r")
    (tmp_path / "r" / "tensors.safetensors").write_bytes(pickle.dumps("no"))
    with pytest.raises(ModelError, match="damaged"):
        Recommender.load(tmp_path / "r")


def test_numbers_of_numpy_are_saved_as_any(interactions, tmp_path):
    model = MultVAE(np.int64(4), hidden=(np.int64(8),), beta=0.1, trainer=QUICK, random_state=0)
    for number, one in enumerate((EASE(np.int64(5)), model)):
        fitted = Recommender(one, min_items=np.int64(5)).fit(interactions)
        read = Recommender.load(fitted.save(tmp_path / str(number)))
        assert read.recommend(5).items.tolist() == fitted.recommend(5).items.tolist()
