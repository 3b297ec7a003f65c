"""Classes learned from labels, for the points of the maps: those of classes.csv, or learned here and now."""

import csv
import io
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from latens._csv_writing import plain_cell
from latens._regular_files import open_regular
from latens.exceptions import DataError, RunError
from latens.runs import CLASSES_FILE, Run

__all__ = ["Learner", "read_predictions"]

NEXT = 20
_NO_CLASS = -1
_CAUTION = "Paler points are less certain; nothing here says how many are right."


class Learner:
    """Learns classes from labels of some points, on the codes of one model.

    Parameters
    ----------
    Z : ndarray of shape (n_points, width)
        Codes.
    name : str
        What the model is called.
    """

    def __init__(self, Z: np.ndarray, name: str) -> None:
        from latens.applications.classify.rounds import CodeLabels

        self.Z, self.name = Z, name
        self._codes = CodeLabels(Z)
        self._lock = threading.Lock()

    def learn(self, y: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
        """Return the class of every point, how certain it is, and which points to name next.

        Parameters
        ----------
        y : ndarray of shape (n_points,), int
            Places in `names`, -1 where there is no label.
        names : sequence of str

        Raises
        ------
        DataError
            If fewer than two classes have a label.
        """
        from latens.applications.classify.rounds import margins

        classes, inverse = np.unique(y[y >= 0], return_inverse=True)
        if len(classes) < 2:
            raise DataError(
                "Name samples of two kinds at least: with one there is nothing to tell apart."
            )
        codes = np.full(len(y), _NO_CLASS)
        codes[y >= 0] = inverse
        with self._lock:  # one after the other: each takes all cores
            shares = self._codes.learn(codes, len(classes))
        likeliest, margin = shares.argmax(axis=1), margins(shares)
        n_given = int((y >= 0).sum())
        sentence = (
            f"Classes of {len(y) - n_given:,} samples, learned from the {n_given:,} that you named: names "
            f"spread over the graph of nearest codes of {self.name}. {_CAUTION}"
        )
        return {
            "names": [names[one] for one in classes],
            "values": likeliest.tolist(),
            "probability": shares.max(axis=1).round(3).tolist(),
            "margin": margin.round(3).tolist(),
            "next": _next(margin, self.Z, y >= 0),
            "sentence": sentence,
        }

    def first(self, is_named: np.ndarray) -> list[int]:
        """Return points to name where nothing is learned yet: in the middles of clusters of the codes."""
        return _next(None, self.Z, is_named)


def read_predictions(
    run: Run, points: Mapping[int, int], Z: np.ndarray | None
) -> dict[str, Any] | None:
    """Read classes.csv of a run for the points of its maps; None where there is none.

    Parameters
    ----------
    run : Run
    points : mapping of int to int
        The point of each row number that is on the maps.
    Z : ndarray of shape (n_points, width) or None
        Codes, which say what is unlike one another.

    Raises
    ------
    RunError
        If the file is not as `latens classify` writes it.
    """
    path = run.path / CLASSES_FILE
    if not path.is_file() or not points:
        return None
    names: dict[str, int] = {}
    values = np.full(len(points), _NO_CLASS)
    probability, margin = np.full((2, len(points)), np.nan)
    is_given = np.ones(len(points), dtype=bool)
    n_given = n_all = 0
    try:
        with open_regular(path) as raw:
            text = io.StringIO(raw.read().decode("utf-8", "replace"), newline="")
        for line in csv.DictReader(text):
            n_all, n_given = n_all + 1, n_given + (line["given"] == "1")
            point = points.get(int(line["row"]))
            if point is not None:
                values[point] = names.setdefault(plain_cell(line["label"]), len(names))
                probability[point], margin[point] = (
                    float(line["probability"]),
                    float(line["margin"]),
                )
                is_given[point] = line["given"] == "1"
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise RunError(
            f"'{path}' is not as `latens classify` writes it. Make it anew, or remove it."
        ) from error
    codes = np.zeros((len(points), 1)) if Z is None else Z
    sentence = (
        f"Classes of {n_all - n_given:,} samples, learned by latens classify from {n_given:,} labels. "
        f"{_CAUTION}"
    )
    return {
        "names": list(names),
        "values": values.tolist(),
        "probability": _numbers(probability),
        "margin": _numbers(margin),
        "next": _next(margin, codes, is_given | np.isnan(margin)),
        "sentence": sentence,
    }


def _next(margin: np.ndarray | None, Z: np.ndarray, is_named: np.ndarray) -> list[int]:
    from latens.applications.classify.rounds import next_to_name

    return [int(one) for one in next_to_name(margin, Z.__getitem__, NEXT, is_named=is_named)]


def _numbers(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(one) else round(one, 3) for one in values.tolist()]
