"""Labels as people store them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latens.data.labels import encode_labels


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["b", "a", "b"], ("a", "b")),
        ([b"b", b"a", b"b"], ("a", "b")),
        ([3, 1, 3], ("1", "3")),
        ([3.0, 1.0, 3.0], ("1", "3")),
        ([True, False, True], ("False", "True")),
        ([10, 9, 10], ("9", "10")),
        ([-1, -5, -1], ("-5", "-1")),
        ([[3], [1], [3]], ("1", "3")),
        ([[0, 1], [1, 0], [0, 1]], ("0", "1")),
        (np.array([3, 1, 3], dtype=np.uint8), ("1", "3")),
    ],
)
def test_codes_follow_the_order_of_the_values(values: object, names: tuple[str, ...]) -> None:
    labels = encode_labels(np.array(values))
    assert labels.names == names
    assert labels.codes.tolist() == [1, 0, 1]
    assert labels.codes.dtype == np.int64
    assert labels.note is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([0.5, 1.0], "numbers with fractions"),
        ([1.0, np.nan], "missing for 1 of 2 samples"),
        ([np.inf, 1.0], "missing for 1 of 2 samples"),
        ([[1, 2], [3, 4]], "not one label per sample"),
        ([[0.5, 0.5], [1, 0]], "not one label per sample"),
        ([1j, 2j], "no kind of label"),
        (np.array([None, "a"], dtype=object), "no kind of label"),
        (np.array(["2020", "2021"], dtype="datetime64[Y]"), "no kind of label"),
    ],
)
def test_what_is_no_label_is_left_out_with_a_reason(values: object, reason: str) -> None:
    labels = encode_labels(np.array(values) if isinstance(values, list) else values)
    assert labels.codes is None
    assert labels.names is None
    assert reason in labels.note


@given(st.lists(st.integers(-5, 5) | st.integers(250, 260), min_size=1, max_size=30))
def test_names_and_codes_give_the_values_back(values: list[int]) -> None:
    labels = encode_labels(np.array(values))
    assert [int(labels.names[code]) for code in labels.codes] == values
    assert len(labels.names) == len(set(values))


def test_text_beyond_unicode_is_left_out() -> None:
    values = np.array([ord("a"), 2**31, ord("b")], dtype=np.uint32).view("<U1")
    assert "characters that there are not" in encode_labels(values).note
    halves = np.array([ord("a"), 0xD800], dtype=np.uint32).view("<U1")
    assert encode_labels(halves).names == ("a", "?")
