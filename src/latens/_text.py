"""Text from data, which may hold anything, as text for terminals, files and pictures."""

import json
import unicodedata
from typing import Any

__all__ = ["json_text", "one_line", "printable", "shortened"]

# Control characters, halves of surrogate pairs, and separators of lines and paragraphs.
_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")


def printable(text: object) -> str:
    """Return any text without what moves a terminal's cursor or cannot be encoded; new lines stay.

    Examples
    --------
    >>> printable("red\\x1b[31m\\nblue")
    'red [31m\\nblue'
    """
    return "".join(
        " " if unicodedata.category(one) in _UNPRINTABLE and one != "\n" else one
        for one in str(text)
    )


def one_line(text: object) -> str:
    """Return any text as one line without control characters and halves of broken characters.

    Examples
    --------
    >>> one_line("two\\nlines\\x1b")
    'two lines'
    """
    return " ".join(printable(text).split())


def shortened(text: object, most: int = 80) -> str:
    """Return any text as one line of at most so many characters: a file may call a column anything.

    Examples
    --------
    >>> shortened("a" * 1000, 10)
    'aaaaaaa...'
    """
    # One line of a megabyte takes a second, of which nobody reads more than this.
    line = one_line(str(text)[: 4 * most])
    return line if len(line) <= most else f"{line[: most - 3]}..."


def json_text(data: Any, **options: Any) -> str:
    """Return data as the text of a JSON file, readable, and such that it can be encoded.

    Names of files may be made of bytes that are no text. They are kept as escapes, and come back as the
    same names.

    Examples
    --------
    >>> json_text("café")
    '"café"\\n'
    >>> json_text("caf\\udce9")
    '"caf\\\\udce9"\\n'
    """
    text = json.dumps(data, indent=2, ensure_ascii=False, **options)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(data, indent=2, **options)
    return text + "\n"
