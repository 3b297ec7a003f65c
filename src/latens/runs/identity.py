"""The arrays that say which sample of a run is which row of the data."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latens._identity import HELD_OUT, Identity
from latens._seeds import derive
from latens.exceptions import RunError
from latens.runs import array_names
from latens.runs.info import DataInfo, Items, RunInfo

__all__ = ["draw_held_out", "read_identity", "write_identity"]

_SPLIT = 0
# A data set of unlucky size still leaves this many rows on either side.
FEWEST_ROWS = 2
# Of version 0.1 beyond this many samples nobody is told which row is which: run.json may say any number.
_MOST_DRAWN = 10_000_000
# Names one behind the other, each with this at its end, which no file name and hardly a cell holds.
_END = "\0"


def draw_held_out(n: int, fraction: float, seed: int) -> np.ndarray:
    """Return which of n samples are held out where the data have no test part: their places, ascending."""
    order = np.random.default_rng(derive(seed, _SPLIT)).permutation(n)
    held_out: np.ndarray = np.sort(order[: n_held_out(n, fraction)])
    return held_out


def n_held_out(n: int, fraction: float) -> int:
    """Return how many of n samples are held out."""
    return max(FEWEST_ROWS, round(fraction * n))


class RunFolder(Protocol):
    """What of a run is needed here."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def info(self) -> RunInfo:
        """The content of run.json."""

    @property
    def data(self) -> DataInfo:
        """What run.json says of the data."""

    @property
    def items(self) -> Items:
        """The content of items.json."""

    def has_array(self, name: str) -> bool:
        """Whether there is an array of a name."""

    def array(self, name: str) -> np.ndarray:
        """Return an array."""

    def write_array(self, name: str, values: np.ndarray) -> None:
        """Write an array."""


def write_identity(run: RunFolder, identity: Identity) -> None:
    """Write the rows, the names and the parts of all samples, in the order of the data."""
    assert identity.rows is not None
    assert identity.part is not None
    run.write_array(array_names.ROWS, identity.rows.astype(np.int64))
    run.write_array(array_names.PART, identity.part.astype(np.uint8))
    if identity.ids is not None:
        # A half of a surrogate pair is no text that can be written.
        text = "".join(f"{name.replace(_END, chr(0xFFFD))}{_END}" for name in identity.ids)
        content = text.encode("utf-8", "replace")
        run.write_array(array_names.IDS, np.frombuffer(content, np.uint8))


def read_identity(run: RunFolder) -> Identity:
    """Return what the samples of a run are known by.

    A run of version 0.1 does not say it: it is told by its settings where every row of the data was kept.

    Raises
    ------
    RunError
        If the arrays are damaged.
    """
    if not run.has_array(array_names.ROWS):
        return _recovered(run)
    rows, part = run.array(array_names.ROWS), run.array(array_names.PART)
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows) or rows.min() < 0:
        raise _damaged(run, array_names.ROWS, "row numbers")
    if part.shape != rows.shape or part.dtype.kind not in "iu" or part.max() > 1 or part.min() < 0:
        raise _damaged(run, array_names.PART, f"{len(rows)} times 0 (trained on) or 1 (held out)")
    ids = _ids(run, len(rows)) if run.has_array(array_names.IDS) else None
    return Identity(
        np.array(rows, np.int64), ids, np.array(part, np.uint8), run.data.item_kind or "id"
    )


def _ids(run: RunFolder, n: int) -> tuple[str, ...]:
    content = run.array(array_names.IDS)
    is_text = content.ndim == 1 and content.dtype == np.uint8
    names = content.tobytes().decode("utf-8", "replace").split(_END) if is_text else []
    if len(names) != n + 1:
        raise _damaged(run, array_names.IDS, f"{n} names, each with a zero byte at its end")
    return tuple(names[:-1])


def _damaged(run: RunFolder, name: str, wanted: str) -> RunError:
    return RunError(f"'{run.path}/arrays/{name}.npy' should hold {wanted}.")


def _recovered(run: RunFolder) -> Identity:
    """What a run of format version 1 does not say."""
    info = run.info
    part = _old_part(info.data, info.study) if info.version == 1 else None
    id_name = "file" if len(info.data.sample_shape) > 1 else "id"
    if part is None:
        return Identity(None, id_name=id_name)
    identity = Identity(np.arange(len(part)), None, part, id_name)
    files = run.items.files
    if files and run.has_array(array_names.MAP_ROWS):
        names = np.full(len(part), "", dtype=object)
        numbers = np.asarray(run.array(array_names.MAP_ROWS))
        is_known = numbers.shape == (len(files),) and numbers.dtype.kind in "iu"
        if is_known and 0 <= numbers.min() <= numbers.max() < int((part == HELD_OUT).sum()):
            names[identity.to_places(numbers)] = files
            return Identity(identity.rows, tuple(names), part, id_name)
    return identity


def _old_part(data: DataInfo, study: dict[str, Any] | None) -> np.ndarray | None:
    """Which samples were held out, by the settings; None where rows may have been left out."""
    n_train, n_test = data.n_train or 0, data.n_test or 0
    asked = (study or {}).get("data") or {}
    # Version 0.1 had no list of what could not be read, but a note.
    is_torn = bool(data.left_out) or any("be read" in note for note in data.notes)
    may_have_gaps = is_torn or asked.get("missing", "refuse") == "drop"
    n = n_train + n_test
    if not n_train or not n_test or n > _MOST_DRAWN or may_have_gaps or study is None:
        return None
    part = np.zeros(n, np.uint8)
    if data.held_out == "the test part that comes with the data":
        part[n_train:] = HELD_OUT
        return part
    fraction, seed = asked.get("test_fraction", 0.2), study.get("seed", 0)
    if not isinstance(fraction, float) or not isinstance(seed, int) or seed < 0:
        return None
    if not 0 < fraction < 1 or n_held_out(n, fraction) != n_test:
        return None
    part[draw_held_out(n, fraction, seed)] = HELD_OUT
    return part
