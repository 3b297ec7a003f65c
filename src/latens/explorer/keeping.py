"""What people add to a run in its explorer: labels.csv and views.json, read and written.

The page sends rows, labels and views; it never says where anything is written.
"""

import csv
import hashlib
import io
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from latens._csv_writing import safe_cell
from latens._identity import Identity
from latens._text import one_line
from latens._writing import atomic_write
from latens.data.label_files import read_label_file
from latens.exceptions import LatensError, RunError
from latens.explorer.predictions import read_predictions
from latens.runs import LABELS_FILE, Run, Views
from latens.runs.records import Count, Many, Record, Text, checked

__all__ = ["Keeping", "SentLabels"]

_LONGEST_LABEL, _MOST_LABELS = 100, 1_000
_NOT_LABELS = ("", "-1")  # what stands for none in a file of labels
_SENT = "what the page has sent"


class _Elsewhere(Record):
    row: Count
    label: Count


class SentLabels(Record):
    """Labels of some samples, as the page sends them: a place in `names` for each of `rows`."""

    names: Annotated[list[Text], Field(max_length=_MOST_LABELS)]
    rows: Many[Count]
    labels: Many[Count]
    elsewhere: Many[_Elsewhere] = Field(default_factory=list)
    version: Text = ""

    @classmethod
    def of(cls, sent: Any) -> "SentLabels":
        """Check what was sent; samples that are not on the maps come after the others.

        Raises
        ------
        RunError
            If it has another form.
        """
        found = checked(cls, sent, _SENT)
        names = [one_line(name).strip() for name in found.names]
        is_wrong = any(name in _NOT_LABELS or len(name) > _LONGEST_LABEL for name in names)
        if is_wrong or len(set(names)) < len(names):
            raise RunError(
                f"Labels must be different words of 1 to {_LONGEST_LABEL} letters, and not -1."
            )
        rows = [*found.rows, *(one.row for one in found.elsewhere)]
        labels = [*found.labels, *(one.label for one in found.elsewhere)]
        if len(rows) != len(labels) or len(set(rows)) < len(rows):
            raise RunError("Every row must be there once, with one label.")
        if labels and max(labels) >= len(names):
            raise RunError("Every label must be one of the names.")
        return found.model_copy(update={"names": names, "rows": rows, "labels": labels})


class Keeping:
    """The labels and the views of a run, and the classes that `latens classify` learned from labels.

    Parameters
    ----------
    run : Run
    rows : ndarray of shape (n_points,)
        The row numbers of the samples that are on the maps.
    codes : ndarray of shape (n_points, width) or None
        Of the first model.
    most_elsewhere : int or None, default=None
        Of labels of samples that are not on the maps: of more, a page without a server gets none, and how
        many there are. None: all.
    """

    def __init__(
        self,
        run: Run,
        rows: np.ndarray,
        codes: np.ndarray | None,
        *,
        most_elsewhere: int | None = None,
    ) -> None:
        self.run, self.codes, self.most_elsewhere = run, codes, most_elsewhere
        self._points = {row: point for point, row in enumerate(rows.tolist())}

    def read(self) -> dict[str, Any]:
        """Return labels, views and learned classes as the page takes them; what cannot be read is said."""
        kept: dict[str, Any] = {"can_keep": self._identity.rows is not None, "problems": []}
        for name, read in (
            ("labels", self._labels),
            ("views", self._views),
            ("classes", self._classes),
        ):
            try:
                kept[name] = read()
            except (LatensError, OSError) as error:
                kept["problems"].append(one_line(error))
        return kept

    def write_labels(self, sent: Any) -> str:
        """Write labels.csv anew; return its version.

        Raises
        ------
        RunError
            If what was sent has another form or names rows that the data do not have, the file has changed
            since the page has read it, or it cannot be written.
        """
        labels = SentLabels.of(sent)
        known = self._identity
        if known.rows is None:
            raise RunError(
                "This run of version 0.1 does not know the rows of its data. Train it anew."
            )
        places = np.searchsorted(known.rows, labels.rows)
        is_there = places < len(known.rows)
        if not is_there.all() or not np.array_equal(known.rows[places], labels.rows):
            raise RunError("The data of the run have no such rows.")
        # Label by label, in the order in which they came up, so that they keep it when they are read.
        order = np.lexsort((places, np.array(labels.labels, np.int64)))
        columns = known.columns(places[order])
        columns["label"] = [labels.names[labels.labels[one]] for one in order]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows(
            [safe_cell(cell) for cell in row] for row in zip(*columns.values(), strict=True)
        )
        content = text.getvalue().encode("utf-8", "replace")
        with self.run.writing():
            if labels.version != self._version():
                raise RunError(
                    f"{LABELS_FILE} of the run has changed since this page has read it. Save a copy of your "
                    "labels, load the page again, and open the copy there."
                )
            with atomic_write(self._path) as temporary:
                temporary.write_bytes(content)
        return _version_of(content)

    def write_views(self, sent: Any) -> None:
        """Write views.json anew.

        Raises
        ------
        RunError
            If what was sent has another form, or it cannot be written.
        """
        views = checked(Views, sent, _SENT)
        with self.run.writing():
            self.run.write("views", views)

    @cached_property
    def _identity(self) -> Identity:
        return self.run.identity

    @property
    def _path(self) -> Path:
        return self.run.path / LABELS_FILE

    def _version(self) -> str:
        return _version_of(self._path.read_bytes()) if self._path.is_file() else ""

    def _labels(self) -> dict[str, Any]:
        """The label of each sample on the maps and, as whole records, those of others."""
        kept: dict[str, Any] = {"names": [], "rows": [], "labels": [], "elsewhere": []}
        known = self._identity
        if known.rows is None or not self._path.is_file():
            return {**kept, "version": ""}
        # Before the file is read, so that a change in between is not missed.
        version, owner = self._version(), self.run.data.name or "this run"
        given = read_label_file(self._path, known.ids, len(known.rows), owner, known.rows)
        if len(given.names) > _MOST_LABELS:
            raise RunError(
                f"{LABELS_FILE} of the run has {len(given.names):,} different labels, and the explorer shows "
                f"at most {_MOST_LABELS:,}. Give them to `latens classify`."
            )
        numbers = {name: number for number, name in enumerate(given.names)}
        for place, label in enumerate(given.labels):
            if label is None:
                continue
            row = known.row(place)
            if row in self._points:
                kept["rows"].append(row)
                kept["labels"].append(numbers[label])
            else:
                cells = {key: values[0] for key, values in known.columns([place]).items()}
                kept["elsewhere"].append({**cells, "label": numbers[label]})
        n = len(kept["elsewhere"])
        if self.most_elsewhere is not None and n > self.most_elsewhere:
            kept |= {"elsewhere": [], "left_out": n}
        return {**kept, "names": list(given.names), "version": version}

    def _views(self) -> list[dict[str, str]]:
        return [one.model_dump() for one in self.run.views.views]

    def _classes(self) -> dict[str, Any] | None:
        return read_predictions(self.run, self._points, self.codes)


def _version_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
