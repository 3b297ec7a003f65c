"""How a text writes a table: what separates its columns, which lines are no data, what quotes mean."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from latens._memory import check_memory
from latens._text import shortened
from latens.data.headers import Header, cell_kind, find_header
from latens.data.table_options import TableOptions
from latens.data.text_content import TextContent, decoded, open_text
from latens.data.written_numbers import Marks, marks_of
from latens.exceptions import DataError

__all__ = ["QUOTES_ARE_LETTERS", "Dialect", "find_dialect", "quotes_are_letters"]

# What pandas takes for a cell while it reads, and for a column however few cells it has.
_CELL_BYTES, _COLUMN_BYTES = 24, 3_500
_END_OF_LINE = re.compile(r"\r\n|\r|\n")
# The comma last: it may stand for the decimal point beside any of the others. Blanks where nothing else does.
_DELIMITERS = (";", "\t", "|", ",", " ")
_NAMED_DELIMITER = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_COMMENTS = ("#", "%", "//")
_RULE = re.compile(r"[-+=|:,;\s]*-{3}[-+=|:,;\s]*")
_ONE_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")
_ESCAPED_QUOTE = re.compile(r"\\\"(?![,;\t|]|\s*$)", re.MULTILINE)
_LINES_FOR_DELIMITER, _MOST_LINES, _MOST_CELLS = 20, 200, 60_000
_MOST_SPLIT = 2_000
_SHOWN = 5
QUOTES_ARE_LETTERS = "Quotes were read as letters, as some are not closed in their line."


@dataclass(frozen=True)
class Dialect:
    """How a text file writes a table.

    Attributes
    ----------
    encoding, delimiter, decimal : str
    skipped : tuple of int
        Lines that are no data, counted from 0; names of columns are not among them.
    names : list of str or None
        The names of the columns where no line holds them as such.
    has_header : bool
        Whether the first line that is not skipped names the columns.
    has_row_names : bool
        Whether the rows have a cell more than the header, in front.
    quotes : bool
        Whether quotes enclose cells; else they are letters.
    escapes : bool
        Whether a backslash stands before a quote that is a letter.
    notes : tuple of str
        Guesses that a user should know of.
    summary : str
        In a few words, for people.
    sample : list of Marks
        What the first cells of each column say of numbers.
    """

    encoding: str
    delimiter: str
    decimal: str
    skipped: tuple[int, ...]
    names: list[str] | None
    has_header: bool
    has_row_names: bool
    quotes: bool
    escapes: bool
    notes: tuple[str, ...]
    summary: str
    sample: list[Marks]


@dataclass(frozen=True)
class _Lines:
    """The first lines that are neither empty nor remarks, with their numbers from 0."""

    numbers: list[int]
    texts: list[str]
    remarks: list[int]
    heading: str | None
    delimiter: str | None


def find_dialect(path: Path, content: TextContent, where: str, options: TableOptions) -> Dialect:
    """Tell how a text writes a table, by its first lines.

    Raises
    ------
    DataError
        If it is no table, or would not fit in memory.
    """
    lines = _first_lines(content, options.header, where)
    delimiter = lines.delimiter or _delimiter(path, lines.texts[:_LINES_FOR_DELIMITER])
    lines, ruled = _without_rule(lines)
    lines, again = _without_copies(lines, delimiter)
    width = max(1, lines.texts[0].count(delimiter))
    some = lines.texts[: max(3, min(_MOST_LINES, _MOST_CELLS // width))]
    quotes = not (content.has_quotes and _are_letters(some, delimiter))
    escapes = quotes and _ESCAPED_QUOTE.search(content.head) is not None
    rows, ends = _rows(some, delimiter, where, quotes=quotes, escapes=escapes)
    _check_size(content, max(map(len, rows)), where)
    heading = _heading(lines.heading, rows, delimiter)
    has_row_names = heading is None and _has_row_names(rows)
    if heading is not None:
        header = Header(0, has_names=False)
    elif options.header is not None:
        asked = find_header(rows, has_row_names=True)
        header = Header(0, options.header > 0, asked.below if options.header else 0)
    else:
        header = find_header(rows, has_row_names=has_row_names)
    if header.above:
        has_row_names = _has_row_names(rows[header.above :])
    rows_left = rows[header.above :]
    _check_widths(rows_left, has_row_names, where)
    if delimiter == " ":
        _check_no_gap(
            rows_left, [lines.numbers[line] for line in [0, *ends][header.above : -1]], where
        )
    if header.has_names:
        _check_names(rows_left[0], where)
    starts = [0, *ends]
    body = header.above + (1 if header.has_names else 0)
    skipped = {
        *lines.remarks,
        *ruled,
        *again,
        *(lines.numbers[line] for line in range(starts[header.above])),
    }
    units = rows[body : body + header.below]
    skipped |= {lines.numbers[starts[body + place]] for place in range(header.below)}
    # Above the header the empty lines go, too: pandas counts from the first line that is left.
    notes = _notes(lines, rows[: header.above], units, header, quotes, escapes)
    if ruled:
        notes += ("A line of dashes below the names of the columns was left out.",)
    if again:
        notes += (f"The names of the columns come again in {len(again):,} line(s), left out.",)
    looked_at = rows[body + header.below :][: max(1, _MOST_CELLS // len(rows[-1]))]
    sample = _sample(looked_at, has_row_names)
    decimal = options.decimal or _decimal(sample)
    return Dialect(
        encoding=content.encoding,
        delimiter=delimiter,
        decimal=decimal,
        skipped=tuple(sorted(skipped)),
        names=heading,
        has_header=header.has_names,
        has_row_names=has_row_names,
        quotes=quotes,
        escapes=escapes,
        notes=notes,
        summary=_summary(content, delimiter, decimal, lines, header, starts, heading),
        sample=sample,
    )


def _first_lines(content: TextContent, asked: int | None, where: str) -> _Lines:
    # Not splitlines: pandas takes no vertical tab or separator of paragraphs for the end of a line.
    texts = _END_OF_LINE.split(
        content.head, maxsplit=0 if _has_remarks(content.head) else _MOST_SPLIT
    )
    if len(texts) > _MOST_SPLIT or not content.is_whole:
        texts.pop()  # the rest, or cut off
    filled = [(number, text) for number, text in enumerate(texts) if text.strip()]
    if not filled:
        raise DataError(f"{where} is empty. Expected a table of text.")
    remarks: list[int] = []
    heading, delimiter = None, None
    named = _NAMED_DELIMITER.fullmatch(filled[0][1])
    if named is not None and len(filled) > 1:
        delimiter = named[1]
        remarks.append(filled.pop(0)[0])
    if asked is not None and asked > 1:
        remarks += [number for number, _ in filled if number < asked - 1]
        filled = [(number, text) for number, text in filled if number >= asked - 1]
        if not filled:
            raise DataError(f"{where} has no line {asked} to name its columns (--header).")
    elif asked is None or asked == 0:
        while len(filled) > 1 and filled[0][1].startswith(_COMMENTS):
            number, heading = filled.pop(0)
            remarks.append(number)
    if remarks and content.is_whole and heading is not None:
        later = [number for number, text in filled if text.startswith(heading[:1])]
        if len(later) < 0.1 * len(filled):
            remarks += later
            filled = [(number, text) for number, text in filled if number not in set(later)]
    return _Lines([n for n, _ in filled], [t for _, t in filled], remarks, heading, delimiter)


def _without_rule(lines: _Lines) -> tuple[_Lines, list[int]]:
    """The lines without one of dashes below the first, as databases print it, and its number."""
    if len(lines.texts) < 3 or not _RULE.fullmatch(lines.texts[1]):
        return lines, []
    numbers, texts = lines.numbers, lines.texts
    left = replace(lines, numbers=[numbers[0], *numbers[2:]], texts=[texts[0], *texts[2:]])
    return left, [numbers[1]]


def _without_copies(lines: _Lines, delimiter: str) -> tuple[_Lines, list[int]]:
    """The lines without copies of the names of the columns, as files put together have them, and which."""
    first = lines.texts[0]
    again = [number for number, text in enumerate(lines.texts) if number and text == first]
    if not again or len(again) > len(lines.texts) // 3 or lines.heading is not None:
        return lines, []
    kept = [number for number, text in enumerate(lines.texts) if not number or text != first]
    try:
        names, *rows = _parsed([lines.texts[number] for number in kept[:_MOST_LINES]], delimiter)[0]
    except csv.Error:
        return lines, []
    kinds = [
        {cell_kind(row[place]) for row in rows if place < len(row)} for place in range(len(names))
    ]
    are_names = any(
        cell_kind(name) == "word" and kind - {""} == {"number"}
        for name, kind in zip(names, kinds, strict=True)
    )
    if not are_names:
        return lines, []
    left = replace(
        lines,
        numbers=[lines.numbers[number] for number in kept],
        texts=[lines.texts[number] for number in kept],
    )
    return left, [lines.numbers[number] for number in again]


def _has_remarks(head: str) -> bool:
    return head.lstrip().startswith(_COMMENTS)


def _heading(remark: str | None, rows: Sequence[list[str]], delimiter: str) -> list[str] | None:
    """The names of columns in the last remark above a table of numbers, as NumPy writes them."""
    if remark is None:
        return None
    text = remark.lstrip("#%/").strip()
    names = text.split() if delimiter == " " else [name.strip() for name in text.split(delimiter)]
    widths = {len(row) for row in rows}
    if widths != {len(names)} or len(set(names)) < len(names):
        return None
    first = [cell_kind(cell) for cell in rows[0]]
    if find_header(rows, has_row_names=False).has_names or "number" not in first:
        return None
    return names if all(cell_kind(name) == "word" for name in names) else None


def _check_size(content: TextContent, n_columns: int, where: str) -> None:
    """Hold the table against the memory: rows that lack most of their cells are filled up."""
    needed = (_CELL_BYTES * content.n_lines + _COLUMN_BYTES) * n_columns
    check_memory(needed, where, stored=content.n_bytes)


def _delimiter(path: Path, lines: Sequence[str]) -> str:
    """The separator that most lines have equally many of, with most numbers between them."""
    is_tab = ".tsv" in [suffix.lower() for suffix in path.suffixes[-2:]]
    if is_tab and any("\t" in line for line in lines):
        return "\t"
    best, found = 0.0, ""
    for mark in _DELIMITERS:
        score = _score(lines, mark)
        if score > best + 1e-9:
            best, found = score, mark
    if found == " " and len(lines[0].split()) == 1:
        # Blanks within the cells of columns that something else separates in every line.
        others = [mark for mark in _DELIMITERS[:-1] if _splits_all(lines, mark)]
        found = others[0] if others else found
    # A name above numbers with decimal commas is one column.
    if found == "," and "," not in lines[0] and all(map(_ONE_COMMA.fullmatch, lines[1:])):
        return ";"
    if found:
        return found
    plain = re.sub(r'"[^"]*"', "", lines[0])
    return max(_DELIMITERS[:-1], key=plain.count)


def _splits_all(lines: Sequence[str], mark: str) -> bool:
    counts = {line.count(mark) for line in lines}
    return len(counts) == 1 and counts != {0} and len(lines) > 1


def _score(lines: Sequence[str], mark: str) -> float:
    if mark != " " and not any(mark in line for line in lines):
        return 0.0
    try:
        rows, _ = _parsed([line.strip() for line in lines] if mark == " " else lines, mark)
    except csv.Error:
        return 0.0
    counts = Counter(len(row) - (len(row) > 1 and not row[-1]) for row in rows)
    width, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]))
    if width < 2:
        return 0.0
    share = agreeing / max(len(rows), 1)
    if mark == " " and share < 1 and len(rows) < 3:
        return 0.0
    cells = [cell for row in rows if len(row) >= width for cell in row[:2_000]]
    numbers = sum(cell_kind(cell) == "number" for cell in cells) / len(cells)
    # Words between blanks are a sentence, or a name.
    if mark == " " and (numbers < 0.3 or share < 0.8):
        return 0.0
    return share + numbers


def _parsed(
    lines: Sequence[str], delimiter: str, *, quotes: bool = True, escapes: bool = False
) -> tuple[list[list[str]], list[int]]:
    """The cells of each row, and with how many lines it ends."""
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        skipinitialspace=True,
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        escapechar="\\" if escapes else None,
    )
    rows, ends = [], []
    for row in reader:
        if row:
            rows.append([field.strip() for field in row])
            ends.append(reader.line_num)
    return rows, ends


def _rows(
    lines: Sequence[str], delimiter: str, where: str, *, quotes: bool, escapes: bool
) -> tuple[list[list[str]], list[int]]:
    try:
        lines = [line.strip() for line in lines] if delimiter == " " else lines
        return _parsed(lines, delimiter, quotes=quotes, escapes=escapes)
    except csv.Error as error:
        raise DataError(f"{where} cannot be read as a table: {error}.") from error


def _are_letters(lines: Sequence[str], delimiter: str) -> bool:
    """Whether quotes are letters: not closed in their lines, each of which is a row without them."""
    counts = Counter(line.count(delimiter) for line in lines)
    if len(counts) != 1 or counts == {0: len(lines)}:
        return False
    odd = [line for line in lines if line.count('"') % 2]
    # In text between commas a quote before a digit is damage.
    is_damage = delimiter != "\t" and any(re.search(r'"\s*[\d.,-]', line) for line in odd)
    return bool(odd) and not is_damage


def quotes_are_letters(path: Path, dialect: Dialect) -> bool:
    """Whether quotes are letters anywhere in a file, of which the beginning did not show it."""
    counts: Counter[int] = Counter()
    n_odd = 0
    with open_text(path) as file:
        for number, line in enumerate(_lines_of(decoded(file, dialect.encoding))):
            if line.strip() and number not in dialect.skipped:
                counts[line.count(dialect.delimiter)] += 1
                n_odd += line.count('"') % 2
    return n_odd > 0 and len(counts) == 1 and 0 not in counts


def _lines_of(blocks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for block in blocks:
        *lines, rest = _END_OF_LINE.split(rest + block)
        yield from lines
    yield rest


def _check_widths(rows: Sequence[list[str]], has_row_names: bool, where: str) -> None:
    """Refuse more values than names, which pandas would shift."""
    first, second = rows[0], rows[1] if len(rows) > 1 else [""]
    # A delimiter at the end of a line holds nothing.
    width = len(second) - (not second[-1])
    if width > len(first) and not has_row_names:
        raise DataError(
            f"{where} has {len(first)} fields in its first line and {width} in the next. Name every column; "
            "if another line holds the names, give its number (--header)."
        )


def _check_no_gap(rows: Sequence[list[str]], numbers: Sequence[int], where: str) -> None:
    """Refuse a row that lacks a cell between blanks: nobody can tell which, and the others would shift."""
    width = Counter(map(len, rows[1:])).most_common(1)[0][0] if len(rows) > 1 else 0
    for row, number in zip(rows[1:], numbers[1:], strict=False):
        if len(row) < width:
            raise DataError(
                f"{where} has {len(row)} fields in line {number + 1} and {width} in others, with blanks "
                "between columns, so that nothing says which is missing. Write NA for it, or save the table "
                "with commas between columns."
            )


def _check_names(names: Sequence[str], where: str) -> None:
    """Refuse names that come twice, which pandas would change."""
    counts = Counter(name for name in names if name)
    twice = sorted(shortened(name) for name, count in counts.items() if count > 1)
    if twice:
        listed = ", ".join(twice[:_SHOWN])
        raise DataError(
            f"{where} has several columns with the same name: {listed}. Rename them; if another line holds "
            "the names, give its number (--header)."
        )


def _has_row_names(rows: Sequence[list[str]]) -> bool:
    """Whether each row but the first begins with a name or a number of its own, as R writes them."""
    first, *others = rows
    names = [row[0] for row in others]
    is_one_more = bool(others) and all(len(row) == len(first) + 1 for row in others)
    are_counted = names == [str(number) for number in range(1, len(names) + 1)]
    return is_one_more and (are_counted or not any(cell_kind(name) == "number" for name in names))


def _sample(rows: Sequence[list[str]], has_row_names: bool) -> list[Marks]:
    first = 1 if has_row_names else 0
    width = max((len(row) for row in rows), default=0)
    return [
        marks_of(row[place] for row in rows if place < len(row)) for place in range(first, width)
    ]


def _decimal(sample: Sequence[Marks]) -> str:
    """The mark that numbers are read with; columns that differ are settled later."""
    numeric = [marks for marks in sample if not marks.n_others]
    commas = sum("," in marks.decimal for marks in numeric)
    dots = sum("." in marks.decimal for marks in numeric)
    return "," if commas > dots else "."


def _notes(
    lines: _Lines,
    above: Sequence[list[str]],
    units: Sequence[list[str]],
    header: Header,
    quotes: bool,
    escapes: bool,
) -> tuple[str, ...]:
    notes = []
    if lines.delimiter is not None:
        notes.append(f"The first line names '{lines.delimiter}' as the separator of columns.")
    if lines.heading is not None:
        what = shortened(lines.heading, 40)
        notes.append(f"Lines that begin as '{what}' does were taken for remarks and left out.")
    if above:
        shown = shortened(" ".join(cell for cell in above[0] if cell), 40)
        notes.append(
            f"{len(above)} line(s) above the names of the columns were left out: '{shown}' "
            "(--header N, if line N holds the names)."
        )
    if units:
        shown = shortened(", ".join(cell for cell in units[0] if cell), 40)
        notes.append(
            f"{len(units)} line(s) below the names were taken for units and left out: {shown}."
        )
    if header.why:
        notes.append(header.why)
    if not quotes:
        notes.append(QUOTES_ARE_LETTERS)
    if escapes:
        notes.append("A backslash before a quote was read as a part of the quote.")
    return tuple(notes)


def _summary(
    content: TextContent,
    delimiter: str,
    decimal: str,
    lines: _Lines,
    header: Header,
    starts: Sequence[int],
    heading: list[str] | None,
) -> str:
    between = {"\t": "tabs", " ": "blanks", ",": "commas", ";": "semicolons", "|": "bars"}
    names = content.encoding.removesuffix("-sig").upper()
    parts = [f"text in {names} with {between.get(delimiter, repr(delimiter))} between columns"]
    if decimal == ",":
        parts.append("decimal commas")
    if header.has_names:
        parts.append(f"names in line {lines.numbers[starts[header.above]] + 1}")
    else:
        parts.append("names in a remark" if heading is not None else "no line of names")
    return ", ".join(parts)
