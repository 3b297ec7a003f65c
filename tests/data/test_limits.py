"""Limits on what a small file may become."""

import pytest

from latens.data.limits import MAX_BYTES, check_bytes, check_expansion, format_bytes
from latens.exceptions import DataError


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (2**20, "1.0 MiB"),
        (170_052_171, "162.2 MiB"),
        (2**40, "1.0 TiB"),
        (2**60, "1,024.0 PiB"),
    ],
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert format_bytes(size) == text


def test_the_limit_itself_is_allowed() -> None:
    check_bytes(MAX_BYTES, "It")
    with pytest.raises(DataError, match=r"^It would take 32.0 GiB in memory"):
        check_bytes(MAX_BYTES + 1, "It")


@pytest.mark.parametrize(
    ("compressed", "expanded"), [(1, 2**28), (2**20, 500 * 2**20), (2**30, 2**30), (0, 0)]
)
def test_honest_files_pass(compressed: int, expanded: int) -> None:
    check_expansion(compressed, expanded, "It")


@pytest.mark.parametrize(
    ("compressed", "expanded"), [(1, 2**28 + 1), (2**20, 501 * 2**20), (2**34, 2**36), (0, 2**30)]
)
def test_bombs_do_not(compressed: int, expanded: int) -> None:
    with pytest.raises(DataError, match=r"^It would"):
        check_expansion(compressed, expanded, "It")
