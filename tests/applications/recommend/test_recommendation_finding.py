"""What a recommender is asked and answers in Python, in the words of the command line."""

import pandas as pd
import pytest

from latens.applications import (
    EASE,
    Popularity,
    RecommendationQuestion,
    Recommender,
    answer_question,
)
from latens.applications.recommend.kinds import recommenders
from latens.exceptions import DataError, ParameterError
from latens.training import Trainer

EVENTS = pd.DataFrame({"user": list("aabbccdd"), "item": list("xyxyuvuv")})


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(EASE(), min_items=2).fit(EVENTS)


def test_each_question_is_answered_with_its_sentence_and_ranking(recommender):
    for asked, sentence, first in [
        ({"items": ("x",)}, "For one who likes x", "y"),
        ({"items": ("x, u",), "n": 1}, "For one who likes x, u", "y"),
        ({"similar": "u"}, "Items that go with u", "v"),
        ({"user": "a", "explain": "y"}, "What led user a to y", "x"),
    ]:
        found = answer_question(recommender, RecommendationQuestion(**asked))
        assert (found.sentence, found.model) == (sentence, "EASE")
        assert found.ranking.items[0] == first


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "Say what to answer"),
        ({"user": "a", "items": ("x",)}, "not both"),
        ({"similar": "x", "user": "a"}, "an item alone"),
        ({"similar": "x", "explain": "y"}, "an item alone"),
        ({"explain": "y"}, "Say what to answer"),
    ],
)
def test_a_question_asks_one_thing(asked, words):
    with pytest.raises(ParameterError, match=words):
        RecommendationQuestion(**asked)


def test_a_model_without_an_answer_says_so():
    popular = Recommender(Popularity(), min_items=2).fit(EVENTS)
    with pytest.raises(DataError, match="says nothing about any other item"):
        answer_question(popular, RecommendationQuestion(similar="x"))


def test_recommenders_are_made_by_name_beside_popularity():
    trainer = Trainer(max_epochs=3)
    made = recommenders("mult-vae", trainer=trainer)
    assert list(made) == ["Popularity", "MultVAE"]
    assert made["MultVAE"].trainer is trainer
    assert list(recommenders("popularity")) == ["Popularity"]
    with pytest.raises(ParameterError, match="There is no model 'magic'"):
        recommenders("magic")
