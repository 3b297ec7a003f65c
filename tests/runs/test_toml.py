import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latens.runs import to_toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    SCALARS | st.lists(SCALARS, max_size=3),
    lambda inner: (
        st.dictionaries(TEXT, inner, min_size=1, max_size=3)
        | st.lists(st.dictionaries(TEXT, inner, max_size=2), max_size=2)
    ),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_what_is_written_reads_back_the_same(settings: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml(settings)) == settings


def test_none_is_left_out() -> None:
    assert tomllib.loads(to_toml({"a": None, "b": [1, None], "c": {"d": None}})) == {
        "b": [1],
        "c": {},
    }


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_numbers_that_json_lacks_are_toml(value: float) -> None:
    assert repr(tomllib.loads(to_toml({"a": value}))["a"]) == repr(value)
