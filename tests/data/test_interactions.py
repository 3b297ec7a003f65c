"""Events as people have them, and what is wrong with some of them."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from latens.data.interactions import EventColumns, as_interactions, interactions_from_frame
from latens.exceptions import DataError


def events(**columns):
    return pd.DataFrame(columns)


def test_ratings_of_four_and_more_are_likes_and_the_others_are_seen():
    found = interactions_from_frame(
        events(user_id=[1, 1, 2, 3], item_id=[7, 8, 7, 8], rating=[5, 3, 4, 1])
    )
    assert found.users.tolist() == ["1", "2", "3"]
    assert found.items.tolist() == ["7"]  # nobody liked 8
    assert found.liked.toarray().tolist() == [[1], [1], [0]]
    assert found.seen.toarray().tolist() == [[1], [1], [0]]
    assert "Liked means 'rating' of 4 or more" in found.notes[0]


@pytest.mark.parametrize(("largest", "least"), [(5, 4), (10, 8), (1, 0.8), (100, 80)])
def test_the_threshold_follows_the_scale(largest, least):
    ratings = np.linspace(largest / 10, largest, 10)
    found = interactions_from_frame(events(user=range(10), item=[0] * 10, score=ratings))
    assert found.liked.nnz == int((ratings >= least - 1e-12).sum())


def test_min_rating_is_obeyed_and_nobody_liking_anything_is_said():
    frame = events(user=[1, 2], item=[1, 1], stars=[2, 3])
    assert interactions_from_frame(frame, min_rating=3).liked.nnz == 1
    with pytest.raises(DataError, match=r"no event with a rating of 9 or more.*--min-rating"):
        interactions_from_frame(frame, min_rating=9)


def test_without_ratings_every_event_is_a_like():
    found = interactions_from_frame(events(userId=["a", "b"], movieId=["x", "y"]))
    assert found.liked.nnz == 2
    assert found.notes[0] == "No column of ratings: every event counts as a like."
    assert "Users are in column 'userId', items in 'movieId'" in found.notes[1]


def test_of_repeated_events_the_largest_rating_counts():
    found = interactions_from_frame(
        events(user=[1, 1, 1, 2], item=[1, 1, 1, 1], rating=[1, 5, 2, 1])
    )
    assert found.liked.toarray().tolist() == [[1], [0]]
    assert found.seen.toarray().tolist() == [[1], [1]]
    assert "2 repeated events of one user with one item were merged." in found.notes


def test_ids_are_text_and_whole_floats_are_integers():
    found = interactions_from_frame(events(user=[1.0, 2.0], item=["a ", "b"]))
    assert found.users.tolist() == ["1", "2"]
    assert found.items.tolist() == ["a", "b"]


def test_columns_are_found_by_name_in_any_spelling():
    frame = pd.DataFrame({"rating:float": [5.0], "item_id:token": [3], "User-ID:token": [1]})
    assert interactions_from_frame(frame).users.tolist() == ["1"]
    frame = pd.DataFrame({"who": ["a"], "what": ["b"], "how": [1]})
    named = interactions_from_frame(frame, columns=EventColumns("who", "what", "how"))
    assert named.items.tolist() == ["b"]


@pytest.mark.parametrize(
    ("frame", "columns", "words"),
    [
        (
            events(a=[1], item=[2]),
            None,
            "no column whose name says that it holds users.*'a', 'item'",
        ),
        (events(user=[1], b=[2]), None, "no column whose name says that it holds items"),
        (events(user=[1], item=[2]), EventColumns(user="x"), "no column 'x'.*--user-column"),
        (events(user=[1], item=[2]), EventColumns(rating="x"), "no column 'x'.*--rating-column"),
        (events(user=[1, None], item=[2, 2]), None, r"no value in column 'user' in 1 row.*row 2"),
        (
            events(user=[1, 2], item=[2, 2], rating=["5", "good"]),
            None,
            "no number in column 'rating' in 1 row.*'good' in row 2",
        ),
        (events(user=[1, 2], item=[2, 2], rating=[5, np.nan]), None, "no number .* 'nan' in row 2"),
        (events(user=[1, 2], item=[2, 2], rating=[5, np.inf]), None, "no number .* 'inf' in row 2"),
        (events(user=[], item=[]), None, "holds no events"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(frame, columns, words):
    with pytest.raises(DataError, match=words):
        interactions_from_frame(frame, columns=columns)


def test_ids_are_merged_by_their_text():
    found = interactions_from_frame(events(user=[7, "7", "7 ", 8], item=["a", "b", "b", "a"]))
    assert found.users.tolist() == ["7", "8"]
    assert found.liked.toarray().tolist() == [[1, 1], [1, 0]]


def test_floats_beyond_the_whole_numbers_stay_apart():
    found = interactions_from_frame(events(user=[np.inf, 1e300, 2e300, 3.0], item=[1] * 4))
    assert found.users.tolist() == ["inf", "1e+300", "2e+300", "3"]


def test_a_recommender_takes_frames_and_matrices_and_names_what_it_does_not():
    frame = events(user=[0, 0, 1], item=[0, 1, 1])
    matrix = sparse.csr_array(np.array([[1, 1], [0, 1]]))
    for one in (frame, matrix, matrix.tocoo()):
        assert as_interactions(one).liked.toarray().tolist() == [[1, 1], [0, 1]]
    ratings = sparse.csr_array(np.array([[5, 1], [0, 4]]))
    assert as_interactions(ratings).liked.toarray().tolist() == [[1, 0], [0, 1]]
    for wrong in ([[1, 2]], np.eye(3), "events.csv", {"user": [1]}):
        with pytest.raises(DataError, match=f"learns from events.*Got {type(wrong).__name__}"):
            as_interactions(wrong)
    with pytest.raises(DataError, match="no column whose name says that it holds users"):
        as_interactions(events(a=[1], b=[2]))
