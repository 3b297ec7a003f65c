"""Text from data, which may hold anything, as text for terminals, files and pictures."""

import json
import re
from collections.abc import Collection
from itertools import islice
from typing import Any

__all__ = ["json_text", "listed", "one_line", "printable", "shortened"]

# What moves a cursor, ends a line or cannot be encoded: control characters, separators of lines and
# paragraphs, halves of surrogate pairs.
_CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
# What is not seen, or turns the order of what is: marks of direction, spaces of no width, tags.
_UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# The joiners make Persian words and families of emoji what they are; elsewhere nobody sees them.
_JOINERS = "(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"

_SPACED = re.compile(f"[{_CONTROLS}]")
_DROPPED = re.compile(f"[{_UNSEEN}]|{_JOINERS}")
_ESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029\ud800-\udfff\u200c\u200d{_UNSEEN}]")


def printable(text: object) -> str:
    r"""Return any text without what moves a cursor, turns the order of words or is not seen; new lines stay.

    Letters that run from right to left keep their direction.

    Examples
    --------
    >>> printable("red\x1b[31m\nblue\u202e")
    'red [31m\nblue'
    """
    words = str(text)
    # Most text has nothing of the kind.
    if words.isascii() and words.isprintable():
        return words
    return _DROPPED.sub("", _SPACED.sub(" ", words))


def one_line(text: object) -> str:
    r"""Return any text as one line of what `printable` leaves of it.

    Examples
    --------
    >>> one_line("two\nlines\x1b")
    'two lines'
    """
    return " ".join(printable(text).split())


def listed(names: Collection[object], most: int = 5) -> str:
    """Return the first names in quotes, each shortened, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b"]), listed("abcdefg", most=2)
    ("'a', 'b'", "'a', 'b' and 5 more")
    """
    shown = ", ".join(f"'{shortened(name)}'" for name in islice(names, most))
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def shortened(text: object, most: int = 80) -> str:
    """Return any text as one line of at most this many characters: a file may call a column anything.

    Examples
    --------
    >>> shortened("a" * 1000, 10)
    'aaaaaaa...'
    """
    # One line of a megabyte takes a second, of which nobody reads more than this.
    line = one_line(str(text)[: 4 * most])
    return line if len(line) <= most else f"{line[: most - 3]}..."


def json_text(data: Any, **options: Any) -> str:
    r"""Return data as JSON in which letters are letters, and what no terminal should get is escaped.

    Names of files may be made of bytes that are no text; escaped, they come back as the same names.

    Parameters
    ----------
    data : object
    options : object
        Of `json.dumps`.

    Examples
    --------
    >>> print(json_text("\u05e9\u202e"))
    "ש\u202e"
    """
    # Outside of strings JSON is ASCII, so that what is found is inside of one.
    return _ESCAPED.sub(_escape, json.dumps(data, ensure_ascii=False, **options))


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
