from typing import Any

import pytest

from latens.exceptions import DataError
from latens.plots import silhouettes


@pytest.mark.parametrize("chosen", [2, 4, 10])
def test_the_chosen_number_is_marked_even_if_it_was_not_tried(chosen: int, look: Any) -> None:
    picture = silhouettes([2, 3, 4], [0.1, 0.3, 0.2], chosen=chosen)
    assert f"k = {chosen} used" in look.texts(picture)
    assert picture.frame["chosen"].sum() == (chosen <= 4)
    low, high = picture.figure.axes[0].get_xlim()
    assert low < chosen < high
    assert look.outside(picture) == []


@pytest.mark.parametrize("scores", [[], [0.1]])
def test_sequences_that_do_not_fit_are_refused(scores: list[float]) -> None:
    with pytest.raises(DataError, match="equally long"):
        silhouettes([2, 3], scores, chosen=2)


@pytest.mark.parametrize("scores", [[0.181, 0.182], [0.0001, 0.0002], [-0.1, 0.3]])
def test_silhouettes_that_nearly_agree_look_as_if_they_did(scores: list[float]) -> None:
    low, high = silhouettes([2, 3], scores, chosen=2).figure.axes[0].get_ylim()
    assert low <= min(0, *scores)
    assert high > max(0.1, *scores)
