import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from latens.exceptions import DataError, ParameterError
from latens.metrics import average_precision_samples, mean_average_precision, precision_at_k


def test_average_precision_is_that_of_scikit_learn_over_whole_rankings(rng):
    relevance = rng.random((20, 50)) < 0.3
    scores = -np.arange(50.0)
    expected = [average_precision_score(row, scores) for row in relevance]
    np.testing.assert_allclose(average_precision_samples(relevance), expected)
    assert mean_average_precision(relevance) == pytest.approx(np.mean(expected))


def test_only_the_first_k_places_count(rng):
    relevance = rng.random((20, 50)) < 0.3
    other = relevance.copy()
    other[:, 10:] = ~other[:, 10:]
    assert mean_average_precision(relevance, 10) == mean_average_precision(other, 10)
    assert precision_at_k(relevance, 10) == relevance[:, :10].mean()


def test_of_first_places_alone_both_scores_are_the_share_that_is_relevant(rng):
    relevance = rng.random((40, 5)) < 0.3
    share = relevance[:, 0].mean()
    assert mean_average_precision(relevance, 1) == precision_at_k(relevance, 1) == share


def test_the_best_ranking_scores_one_and_the_worst_its_closed_form():
    best = np.array([[True] * 3 + [False] * 7])
    assert mean_average_precision(best) == precision_at_k(best, 3) == 1
    worst = best[:, ::-1]
    assert mean_average_precision(worst) == pytest.approx((1 / 8 + 2 / 9 + 3 / 10) / 3)
    assert mean_average_precision(np.zeros((2, 4), dtype=bool)) == 0


def test_rankings_by_chance_score_the_share_of_relevant_items(rng):
    relevance = rng.random((200, 2000)) < 0.2
    assert mean_average_precision(relevance) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize(
    "relevance", [[[1, 0]], [True, False], np.zeros((0, 3), dtype=bool), [[0.5]], [["a"]]]
)
def test_what_is_no_ranking_is_refused(relevance):
    with pytest.raises(DataError, match="matrix of True and False"):
        mean_average_precision(relevance)


@pytest.mark.parametrize("k", [0, 3, -1, 1.5, True])
def test_places_that_are_not_there_are_refused(k):
    with pytest.raises(ParameterError, match="The 'k' parameter of"):
        precision_at_k([[True, False]], k)
    with pytest.raises(ParameterError, match="The 'k' parameter of"):
        mean_average_precision([[True, False]], k)
