"""Files of items and their labels: which item each line means, by its name, its stem or its row number."""

import csv
import io
import os.path
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from latens._csv_writing import plain_cell, safe_cell
from latens._text import shortened
from latens.data.text_content import open_text, read_content
from latens.exceptions import DataError

__all__ = ["GivenLabels", "read_label_file"]

Usual = TypeVar("Usual", int, None)

_NONE = "-1"  # as FewLabelClassifier has it
_LABEL_NAMES = ("label", "class", "target", "y")
_ITEM_NAMES = ("item", "file", "filename", "file_name", "image", "path", "id", "name", "row")
# What every table of latens begins with; the last of a run of version 0.1 that does not know its rows.
_ROW, _NAMES, _OLD_ROW = "row", ("file", "id"), "held-out sample"


@dataclass(frozen=True)
class GivenLabels:
    """Labels of some samples.

    Attributes
    ----------
    labels : list of str or None
        For every sample; None where the file gives none.
    notes : tuple of str
        What was guessed.
    names : tuple of str
        The different labels, in the order in which they come up.
    """

    labels: list[str | None]
    notes: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Items:
    """The rows of items by what a line may call them."""

    names: dict[str, int]
    stems: dict[str, int]
    numbers: dict[int, int]
    spellings: dict[str, int]
    rows: dict[int, int]

    @classmethod
    def of(cls, names: Sequence[str] | None, rows: np.ndarray) -> "_Items":
        names = names or ()
        stems: dict[str, list[int]] = {}
        for row, name in enumerate(names):
            path = PurePosixPath(name)
            for stem in {path.name, path.stem, str(path.with_suffix("")) if path.name else name}:
                stems.setdefault(stem, []).append(row)
        unique = {stem: rows[0] for stem, rows in stems.items() if len(rows) == 1}
        numbers: dict[int, list[int]] = {}
        every = [PurePosixPath(name).stem for name in names]
        start = os.path.commonprefix(every).rstrip("0123456789")  # noqa: RUF071 - of letters
        for stem, row in unique.items():
            # 7 is img_007 where all are called img_ and a number.
            if _is_number(stem.removeprefix(start)):
                numbers.setdefault(int(stem.removeprefix(start)), []).append(row)
        by_value = {value: rows[0] for value, rows in numbers.items() if len(set(rows)) == 1}
        spellings: dict[str, list[int]] = {}
        for row, name in enumerate(names):
            spellings.setdefault(_plain_path(name), []).append(row)
        spelt = {name: rows[0] for name, rows in spellings.items() if len(rows) == 1}
        places = {row: place for place, row in enumerate(rows.tolist())}
        return cls({name: row for row, name in enumerate(names)}, unique, by_value, spelt, places)

    def named(self, item: str) -> int | None:
        """The row of an item by its name or by its name without folder and ending."""
        for text in (item, plain_cell(item)):
            for known in (self.names, self.stems):
                if text in known:
                    return known[text]
        if _is_number(item):
            return self.numbers.get(int(item))
        return self._spelt_otherwise(item)

    def _spelt_otherwise(self, item: str) -> int | None:
        """The row of an item by a path of another machine, or by letters that only look different."""
        parts = _plain_path(plain_cell(item)).split("/")
        for start in range(len(parts)):
            row = self.spellings.get("/".join(parts[start:]))
            if row is not None:
                return row
        return None

    def numbered(self, item: str) -> int | None:
        return self.rows.get(int(item)) if _is_number(item) else None


def read_label_file(
    path: Path,
    item_names: Sequence[str] | None,
    n: int,
    owner: str,
    rows: np.ndarray | None = None,
) -> GivenLabels:
    """Read the labels of some samples from a .csv file of items and labels, with or without headings.

    An item is a name, or a name without folder and ending; where no item of the file is either, all are row
    numbers from 0. In a column called "row" they always are, and a column "file" or "id" beside it, as in
    every table of latens, must have the names of these rows.

    Parameters
    ----------
    path : Path
    item_names : sequence of str or None
        What the samples are called.
    n : int
        How many there are.
    owner : str
        What the samples are, for errors.
    rows : ndarray of shape (n,) or None, default=None
        Their row numbers; None: 0, 1, 2, ...

    Raises
    ------
    DataError
        If the file cannot be read, or a line means no item, contradicts another, or has the row of one sample
        and the name of another.
    """
    lines = _lines(path)
    rows = np.arange(n) if rows is None else rows
    items = _Items.of(item_names, rows)
    heading, pairs = _pairs(lines, items, path)
    headings = [] if heading is None else _headings(lines)
    if _OLD_ROW in headings:
        raise DataError(
            f"'{path}' counts the held-out samples of a run of version 0.1, and nobody knows which rows of "
            "the data they are. Train the run anew, and give labels in its explorer."
        )
    if _ROW in headings:
        return _by_row(path, lines, items, item_names, owner)
    by_name = any(items.named(item) is not None for _, item, _ in pairs)
    found = items.named if by_name else items.numbered
    notes = []
    if heading is not None:
        notes.append(f"the first line of '{path}', {heading}, was taken for headings")
    labels: list[str | None] = [None] * n
    n_stems = 0
    for number, item, label in pairs:
        place = found(item)
        if place is None:
            what = (
                "the name of an item"
                if by_name
                else f"the name of an item or a row number from {rows.min()} to {rows.max()}"
            )
            raise DataError(
                f"'{path}', line {number}: {owner} has no item '{shortened(item)}'. Give {what}."
            )
        n_stems += by_name and item not in items.names and plain_cell(item) not in items.names
        _keep(labels, place, label, item, f"'{path}', line {number}")
    if n_stems and item_names is not None:
        first = next(item for _, item, _ in pairs if item not in items.names)
        meant = item_names[items.named(first) or 0]
        notes.append(
            f"the items of '{path}' were taken for names without folder or ending: '{shortened(first)}' is "
            f"'{shortened(meant)}'"
        )
    elif not by_name and item_names is not None and pairs:
        first = pairs[0][1]
        notes.append(
            f"the items of '{path}' were taken for row numbers, from 0: {first} is "
            f"'{shortened(item_names[items.rows[int(first)]])}'; give names if others were meant"
        )
    return GivenLabels(labels, tuple(notes), _different(pairs))


def _headings(lines: Sequence[tuple[int, list[str]]]) -> list[str]:
    return [cell.lower() for cell in lines[0][1]]


def _by_row(
    path: Path,
    lines: Sequence[tuple[int, list[str]]],
    items: _Items,
    item_names: Sequence[str] | None,
    owner: str,
) -> GivenLabels:
    """Read a file that has the rows of samples in a column of this name, and maybe their names beside it."""
    headings = _headings(lines)
    at_row = headings.index(_ROW)
    at_label = _place_of(headings, _LABEL_NAMES, 0 if at_row else 1)
    at_name = None if item_names is None else _place_of(headings, _NAMES, None)
    labels: list[str | None] = [None] * len(items.rows)
    taken = list(_taken(lines[1:], at_row, at_label, path))
    for (number, row, label), (_, cells) in zip(taken, lines[1:], strict=True):
        where = f"'{path}', line {number}"
        place = items.numbered(row)
        if place is None:
            raise DataError(
                f"{where}: {owner} has no row '{shortened(row)}'. Give rows from {min(items.rows)} to "
                f"{max(items.rows)} that were not left out when the data were read."
            )
        name = cells[at_name] if at_name is not None and at_name < len(cells) else ""
        if item_names is not None and name not in ("", *_spellings(item_names[place])):
            raise DataError(
                f"{where}: row {row} of {owner} is '{shortened(item_names[place])}', and the file calls it "
                f"'{shortened(name)}': its labels are of other data. Give those data, or remove the column "
                f"'row' to go by '{headings[at_name or 0]}'."
            )
        _keep(labels, place, label, row, where)
    return GivenLabels(labels, (), _different(taken))


def _different(pairs: Sequence[tuple[int, str, str | None]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for _, _, label in pairs if label is not None))


def _spellings(name: str) -> tuple[str, str]:
    """A name as it is in a cell, where spaces at the ends are not read, and no formula is written."""
    return name.strip(), str(safe_cell(name)).strip()


def _keep(labels: list[str | None], place: int, label: str | None, item: str, where: str) -> None:
    """Take the label of a line, unless another line has another one."""
    before = labels[place]
    if before not in (None, label):
        raise DataError(
            f"{where}: '{shortened(item)}' is '{shortened(before)}' further up and '{shortened(label)}' here."
        )
    labels[place] = label


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    content = read_content(path, f"'{path}'")
    first = content.head.split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    try:
        with open_text(path) as raw:
            text = raw.read().decode(content.encoding)
        # Not by `splitlines`, which takes letters of names for the ends of lines.
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [
            (number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1) if row
        ]
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"'{path}' cannot be read: {error}.") from error


def _pairs(
    lines: Sequence[tuple[int, list[str]]], items: _Items, path: Path
) -> tuple[str | None, list[tuple[int, str, str | None]]]:
    """The headings, if the first line is none of an item, and line number, item and label of all others."""
    if not lines:
        return None, []
    for number, row in lines:
        if len(row) < 2:
            got = shortened(row)
            raise DataError(f"'{path}', line {number}, must be an item and its label: got {got}.")
    first = lines[0][1]
    heading, at_item, at_label = None, 0, 1
    if items.named(first[0]) is None and items.numbered(first[0]) is None:
        plain = [cell.lower() for cell in first]
        heading = shortened(",".join(first))
        at_label = _place_of(plain, _LABEL_NAMES, 1)
        at_item = _place_of(plain, _ITEM_NAMES, 0 if at_label != 0 else 1)
        lines = lines[1:]
    return heading, list(_taken(lines, at_item, at_label, path))


def _place_of(names: Sequence[str], wanted: Sequence[str], usual: Usual) -> int | Usual:
    return next((names.index(name) for name in wanted if name in names), usual)


def _taken(
    lines: Sequence[tuple[int, list[str]]], at_item: int, at_label: int, path: Path
) -> Iterator[tuple[int, str, str | None]]:
    for number, row in lines:
        if len(row) <= max(at_item, at_label):
            raise DataError(
                f"'{path}', line {number}, must be an item and its label: got {shortened(row)}."
            )
        label = plain_cell(row[at_label])
        yield number, row[at_item], None if label in ("", _NONE) else label


def _plain_path(name: str) -> str:
    """A path in small letters, with slashes, letters and their accents in one."""
    return unicodedata.normalize("NFC", name).casefold().replace("\\", "/").removeprefix("./")


def _is_number(text: str) -> bool:
    # Python refuses to make numbers of more than 4,300 digits.
    return text.isascii() and text.isdecimal() and len(text) < 20
