"""Text that came from strangers, as terminals and files get it."""

import json

import pytest

from latens._text import json_text, one_line, printable

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\u2060\ufeff\u00ad\u180e\U000e0041"


def test_marks_that_turn_the_order_of_words_are_taken_out():
    assert printable(f"invoice{MARKS}gpj.exe") == "invoicegpj.exe"
    assert printable(f"a{UNSEEN}b") == "ab"


@pytest.mark.parametrize(
    "end", ["\u2028", "\u2029", "\r", "\x0b", "\x85", "\x1b", "\x9b", "\ud800"]
)
def test_what_ends_a_line_or_moves_a_cursor_is_a_space(end):
    assert printable(f"a{end}b") == "a b"
    assert printable("a\nb") == "a\nb"
    assert one_line(f"a{end}\nb") == "a b"


@pytest.mark.parametrize(
    "words",
    ["שלום עולם", "مرحبا بالعالم", "می‌خواهم", "क्‍ष", "👩‍👩‍👧 🎈", "日本語", "naïve", "tab-free"],
)
def test_letters_of_all_scripts_stay_as_they_are(words):
    assert printable(words) == one_line(words) == words


def test_joiners_that_join_nothing_are_taken_out():
    assert printable("pass\u200dword\u200c") == "password"


def test_json_holds_no_raw_marks_and_says_the_same():
    data = {f"k\u202e{UNSEEN}": ["\x9b\x7f\u2028\ud800", "שלום", MARKS]}
    text = json_text(data, indent=2)
    assert json.loads(text) == data
    assert "שלום" in text
    assert not any(one in text for one in f"\u202e\x9b\x7f\u2028\ud800{MARKS}{UNSEEN}")
