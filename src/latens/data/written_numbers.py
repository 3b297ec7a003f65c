"""Numbers as people write them: decimal commas, thousands, minus signs, percent, currencies and units.

A dot or a comma before exactly three digits may mean either; what it means in a column is decided by all
cells of the column, then by the other columns. Where nothing decides it the file is refused.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = [
    "MISSING_WORDS",
    "Marks",
    "is_missing_word",
    "is_written_number",
    "marks_of",
    "plain_number",
]

# What stands in tables of numbers where there is none, beside what pandas knows.
MISSING_WORDS = frozenset(
    [
        *(
            "",
            "?",
            "-",
            "--",
            "\u2013",
            "\u2014",
            ".",
            "..",
            "...",
            "n.a.",
            "k.a.",
            "na",
            "n/a",
            "#n/a",
            "nan",
        ),
        *("-nan", "null", "none", "<na>", "#num!", "#div/0!", "#value!", "#ref!", "nil", "\\n"),
    ]
)
_BLANKS = "\u00a0\u202f\u2009\u2007 "
_CURRENCY = (
    r"(?:[$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u20ab\u0e3f]|R\$|Rs\.?|kr\.?|z\u0142|K\u010d|Ft|(?:US|C|A)\$"
    r"|USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|AUD|CAD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|RUB|TRY|KRW|MXN|ZAR)"
)
# A word of a unit begins as no number goes on: 1e5 is a number, and 5E a code.
_UNIT = (
    r"(?:%|\u2030|[^\W\d_]{1,8}\.?|[\u00b0\u00b5\u03bc\u03a9'\"/][^\s\d]{0,8}"
    r"|[^\W\d_]{1,5}[/^\u00b7*][\w/^\u00b7*\u00b2\u00b3]{1,7}|[^\W\d_]{1,4}[\u00b2\u00b3])"
)
_CELL = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+\u2212])?[ ]?(?P<before>{_CURRENCY})?[ ]?(?P<inner>[-+\u2212])?"
    rf"(?P<body>\d[\d.,'\u2019 ]*|[.,]\d+)(?P<exponent>[eE][-+\u2212]?\d+|[dD][-+]\d+)?"
    rf"(?P<after>[ ]?(?:{_CURRENCY}|{_UNIT}))?(?P<behind>-)?(?P<close>\))?"
)
_PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SPACED = re.compile(r"\d{1,3}(?:[ '\u2019]\d{3})+(?![\d ])")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in ".,"}
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
_GROUP_OF_TENS = re.compile(r"[.,]\d\d0(?!\d)")
# 0012e3 may be a code, too.
_MAYBE_CODE = re.compile(r"\d+(?:[eE]\d+)?")
_LONGEST = 60


@dataclass
class Marks:
    """What the cells of a column say about dots and commas.

    Attributes
    ----------
    decimal, thousands : dict of str to str
        Marks that can be nothing else in some cell, with the first such cell.
    either : dict of str to list of str
        Marks before exactly three digits, with the cells.
    has_short, has_long : bool
        Whether there are whole numbers without a mark of at most three, or of more digits.
    affixes : Counter
        What stands around the numbers, with how many cells.
    numbers : int
        How many cells are numbers.
    n_others : int
        How many cells are none.
    example : dict of str to str
        A cell for each affix.
    bracketed : str
        The first number in brackets, if there is one.
    gaps : set of str
        Words that stand where a number is missing.
    zeros : str
        The first whole number of three digits or more that begins with 0.
    widths : set of int
        How many digits whole numbers have, all of them; 0 for any other number.
    """

    decimal: dict[str, str] = field(default_factory=dict)
    thousands: dict[str, str] = field(default_factory=dict)
    either: dict[str, list[str]] = field(default_factory=dict)
    has_short: bool = False
    has_long: bool = False
    affixes: "Counter[str]" = field(default_factory=Counter)
    numbers: int = 0
    n_others: int = 0
    example: dict[str, str] = field(default_factory=dict)
    bracketed: str = ""
    gaps: set[str] = field(default_factory=set)
    zeros: str = ""
    widths: set[int] = field(default_factory=set)

    @property
    def padded(self) -> str:
        """The first number with zeros in front, if all are whole and of one length; else empty."""
        return self.zeros if len(self.widths) == 1 and not self.n_others else ""

    @property
    def is_grouped(self) -> bool:
        """Whether the cells alone say that the mark before three digits separates thousands.

        1.050 beside 998: numbers with three decimals would have 998.000, and the shortest ones 1.05.
        """
        return (
            self.has_short
            and not self.has_long
            and not self.decimal
            and len(self.either) == 1
            and any(_GROUP_OF_TENS.search(cell) for cells in self.either.values() for cell in cells)
        )


def is_missing_word(text: str) -> bool:
    """Whether a cell says that there is no number."""
    return text.strip().lower() in MISSING_WORDS


def is_written_number(text: str) -> bool:
    """Whether a cell is a number in some way of writing it.

    Examples
    --------
    >>> [is_written_number(one) for one in ("1.234,5", "12 %", "A12", "2024-01-01")]
    [True, True, False, False]
    """
    return _parts(text) is not None


def marks_of(cells: Iterable[str]) -> Marks:
    """Collect what cells say about dots and commas, and what else stands in them.

    Examples
    --------
    >>> marks = marks_of(["7,39", "1.050"])
    >>> list(marks.decimal), list(marks.either)
    ([','], ['.'])
    """
    marks = Marks()
    for cell in cells:
        parts = _parts(cell)
        if parts is None:
            if is_missing_word(cell):
                marks.gaps.add(cell.strip())
                continue
            marks.n_others += 1
            continue
        marks.numbers += 1
        affix, body, has_exponent = parts
        marks.affixes[affix] += 1
        if not marks.bracketed and cell.lstrip().startswith("("):
            marks.bracketed = cell
        if affix not in marks.example:
            marks.example[affix] = cell
        _note(marks, cell, body, has_exponent)
        code = cell.strip()
        is_plain = _MAYBE_CODE.fullmatch(code) is not None
        marks.widths.add(len(code) if is_plain else 0)
        if is_plain and not marks.zeros and len(body) > 2 and body[0] == "0":
            marks.zeros = code
    return marks


def _parts(text: str) -> tuple[str, str, bool] | None:
    """What stands around a number, its digits with their marks, and whether an exponent follows."""
    if len(text) > _LONGEST:
        return ("", text.strip(), False) if _PLAIN.fullmatch(text.strip()) else None
    found = _CELL.fullmatch(_with_plain_letters(text).strip())
    if found is None:
        return None
    if bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found["sign"], found["inner"], found["behind"], found["open"]]
    if sum(sign is not None for sign in signs) > 1:
        return None
    body = found["body"].rstrip(" ")
    if " " in body or "'" in body or "\u2019" in body:
        grouped = _SPACED.match(body)
        if grouped is None:
            return None
        body = re.sub("[ '\u2019]", "", body)
    if not _is_body(body):
        return None
    affix = f"{found['before'] or ''}#{(found['after'] or '').strip()}"
    return ("" if affix == "#" else affix), body, found["exponent"] is not None


def _with_plain_letters(text: str) -> str:
    text = text.strip()
    # As databases put cells in quotes, and Fortran writes 1.5D+03.
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    if text.isascii():
        return text
    return "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    """A blank for any blank, an ASCII digit for a digit of any script, a plain letter for a wide one."""
    if letter in _BLANKS:
        return " "
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    is_wide = "\uff01" <= letter <= "\uff5e" or letter == "\uffe5"
    return unicodedata.normalize("NFKC", letter) if is_wide else letter


def _is_body(body: str) -> bool:
    dots, commas = body.count("."), body.count(",")
    if dots + commas <= 1:
        return True
    if dots and commas:
        last = max(body.rfind("."), body.rfind(","))
        mark, other = body[last], "," if body[last] == "." else "."
        return body.count(mark) == 1 and _is_grouped(body[:last], other)
    return _is_grouped(body, "." if dots else ",")


def _is_grouped(body: str, mark: str) -> bool:
    return bool(_GROUPED[mark].fullmatch(body)) or (mark == "," and bool(_INDIAN.fullmatch(body)))


def _note(marks: Marks, cell: str, body: str, has_exponent: bool) -> None:
    dots, commas = body.count("."), body.count(",")
    if not dots and not commas:
        is_long = len(body) > 3
        marks.has_long |= is_long
        marks.has_short |= not is_long
        return
    last = max(body.rfind("."), body.rfind(","))
    mark = body[last]
    if dots and commas:
        marks.decimal.setdefault(mark, cell)
        marks.thousands.setdefault("," if mark == "." else ".", cell)
    elif dots + commas > 1:
        marks.thousands.setdefault(mark, cell)
    elif len(body) - last == 4 and 1 <= last <= 3 and body[0] != "0" and not has_exponent:
        marks.either.setdefault(mark, []).append(cell)
    else:
        marks.decimal.setdefault(mark, cell)


def plain_number(text: str, decimal: str) -> str:
    """Return a cell as programs write numbers; the empty text where there is none.

    Examples
    --------
    >>> plain_number("1.234,5 €", ","), plain_number("(12)", "."), plain_number("\u2212.5", ".")
    ('1234.5', '-12', '-.5')
    """
    found = _CELL.fullmatch(_with_plain_letters(text).strip()) if len(text) <= _LONGEST else None
    if found is None:
        return text.strip() if _PLAIN.fullmatch(text.strip()) else ""
    body = re.sub("[ '\u2019]", "", found["body"])
    body = body.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    signs = (found["sign"], found["inner"], found["behind"])
    is_negative = found["open"] is not None or any(
        sign in ("-", "\u2212") for sign in signs if sign
    )
    exponent = (found["exponent"] or "").replace("\u2212", "-").replace("D", "e").replace("d", "e")
    return f"{'-' if is_negative else ''}{body}{exponent}"
