"""Which encoding a text has that is no UTF-8 and bears no mark; a garbled name is never guessed."""

import re
from collections.abc import Sequence

__all__ = ["guess_encoding", "suspects"]

_HIGH = re.compile(rb"[\x80-\xff]+")
# Encodings of East Asia: the name to say, how Python calls it, and how text in it is told from chance.
_EASTERN = (
    ("GBK", "gb18030"),
    ("Shift-JIS", "cp932"),
    ("EUC-JP", "euc_jp"),
    ("EUC-KR", "cp949"),
    ("Big5", "big5"),
)
_CERTAIN, _COMMON, _RARE = 0.98, 0.9, 0.75
# Of Chinese letters 0.6 have the lead bytes of Hangul: of twelve all have them once in 500 texts.
_FEWEST, _FEWEST_HANGUL = 4, 12
_LOW = 0.15
_SINGLE = (("Windows-1252", "cp1252"), ("Windows-1251", "cp1251"), ("KOI8-R", "koi8_r"))


def is_western(text: bytes) -> bool:
    """Whether what is beyond ASCII stands as letters with accents do: one or two in a row.

    Examples
    --------
    >>> is_western("Größe, Höhe".encode("cp1252")), is_western("размер".encode("cp1251"))
    (True, False)
    """
    runs = [len(run) for run in _HIGH.findall(text)]
    return sum(run for run in runs if run >= 3) < 0.3 * sum(runs)


def guess_encoding(text: bytes) -> str | None:
    """Return the encoding of a text that is no UTF-8, if its letters leave no doubt.

    Examples
    --------
    >>> guess_encoding("城市,价格,面积,北京,上海".encode("gbk"))
    'gb18030'
    >>> guess_encoding("Größe".encode("cp1252"))
    'cp1252'
    """
    if is_western(text):
        return "cp1252" if _decodes(text, "cp1252") else None
    shares = {codec: _common_share(text, codec) for _, codec in _EASTERN}
    # Kana, and Hangul alone, are not met by chance.
    if shares["euc_jp"] >= _CERTAIN:
        return "euc_jp"
    if shares["cp949"] >= _CERTAIN:
        return "cp949" if _n_letters(text, "cp949") >= _FEWEST_HANGUL else None
    if shares["gb18030"] > _RARE and shares["big5"] > _RARE:
        del shares["big5" if _low_share(text) < _LOW else "gb18030"]
    likely = [codec for codec in ("gb18030", "cp932", "big5") if shares.get(codec, 0) >= _COMMON]
    others = [codec for codec, share in shares.items() if share > _RARE]
    return likely[0] if len(likely) == 1 and set(others) <= set(likely) else None


def _n_letters(text: bytes, codec: str) -> int:
    return sum(letter > "\x7f" for letter in text.decode(codec, "ignore"))


def _low_share(text: bytes) -> float:
    """The share of letters of Big5 that end in a byte that those of GBK in daily use do not: two of five."""
    letters = [one for one in text.decode("big5", "ignore") if one > "\x7f"]
    return sum(one.encode("big5", "replace")[-1] < 0xA1 for one in letters) / len(letters)


def suspects(text: bytes) -> Sequence[tuple[str, str, str]]:
    """Return encodings that a text may have: their name, how Python calls them, and its first word."""
    found = []
    for name, codec in (*_EASTERN, *_SINGLE):
        if _decodes(text, codec):
            letters = re.search(r"[^\x00-\x7f]+", text.decode(codec, "ignore"))
            found.append((name, codec, letters[0][:8] if letters else ""))
    return found


def _decodes(text: bytes, codec: str) -> bool:
    try:
        text.decode(codec)
    except UnicodeDecodeError as error:
        # The text may have been cut within its last letter.
        return (
            error.start >= len(text) - 3 and len(text) > 3 and error.reason.startswith("incomplete")
        )
    return True


def _common_share(text: bytes, codec: str) -> float:
    """The share of letters beyond ASCII that are common where an encoding is used; 0 if it is not that."""
    if not _decodes(text, codec):
        return 0.0
    letters = [letter for letter in text.decode(codec, "ignore") if letter > "\x7f"]
    if len(letters) < _FEWEST:
        return 0.0
    share = sum(_is_common(letter, codec) for letter in letters) / len(letters)
    n_kana = sum("\u3041" <= letter <= "\u30fe" for letter in letters)
    if codec == "euc_jp" and n_kana < 0.1 * len(letters):
        return 0.0
    if codec == "cp949" and share < _CERTAIN:
        return 0.0
    return share


def _is_common(letter: str, codec: str) -> bool:
    try:
        code = letter.encode(
            {"gb18030": "gb2312", "cp949": "euc_kr", "cp932": "shift_jis"}.get(codec, codec)
        )
    except UnicodeEncodeError:
        return False
    lead = code[0]
    if codec == "gb18030":
        return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)
    if codec == "cp932":
        # Katakana of half a width are what other encodings look like.
        return len(code) == 2 and 0x81 <= lead <= 0x98
    if codec == "euc_jp":
        return len(code) == 2 and 0xA1 <= lead <= 0xCF and lead != 0x8E and not 0xA6 <= lead <= 0xAF
    if codec == "cp949":
        return 0xB0 <= lead <= 0xC8 or lead in (0xA1, 0xA3)
    return 0xA4 <= lead <= 0xC6 or lead in (0xA1, 0xA2)
