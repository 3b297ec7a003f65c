"""What a run says of which sample is which row of the data, and what it is believed."""

from pathlib import Path

import numpy as np
import pytest

from latens._identity import Identity
from latens.exceptions import RunError
from latens.runs import Run
from latens.runs.identity import draw_held_out


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = Run.create(tmp_path / "run")
    run.write_info(status="complete", data={"sample_shape": [3]})
    return run


def test_rows_names_and_parts_come_back(run: Run) -> None:
    names = ("", "日本語 🎈.png", "a\nb", "c,d", "x\0y")
    rows, part = np.array([0, 2, 3, 8, 9]), np.array([0, 1, 0, 0, 1], np.uint8)
    run.write_identity(Identity(rows, names, part, "file"))
    known = run.identity
    assert known.rows.tolist() == rows.tolist()
    assert known.part.tolist() == part.tolist()
    # Only the byte that ends a name is not kept.
    assert known.ids == (*names[:-1], "x\ufffdy")
    assert known.label(4) == "row 9 (x\ufffdy, held out)"
    assert known.columns([0]) == {"row": [0], "file": [""], "part": ["train"]}
    assert known.to_places(np.array([1, 0])).tolist() == [4, 1]
    assert known.to_numbers(np.array([4, 1])).tolist() == [1, 0]
    assert run.info.version == 2


def test_names_take_no_more_room_than_their_letters(run: Run) -> None:
    names = (*(f"{at}.png" for at in range(999)), "x" * 10_000)
    run.write_identity(Identity(np.arange(1000), names, np.zeros(1000, np.uint8), "file"))
    assert (run.path / "arrays" / "ids.npy").stat().st_size < 20_000


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("rows", np.array([0.5, 1])),
        ("rows", np.array([-1, 0])),
        ("rows", np.array([[0, 1]])),
        ("part", np.array([0, 2])),
        ("part", np.array([0])),
        ("ids", np.frombuffer(b"a\0b", np.uint8)),
        ("ids", np.array([97, 0, 98, 0])),
    ],
)
def test_damaged_arrays_are_refused(run: Run, name: str, array: np.ndarray) -> None:
    run.write_identity(Identity(np.array([0, 3]), ("a", "b"), np.array([0, 1], np.uint8)))
    run.write_array(name, array)
    with pytest.raises(RunError, match=rf"arrays/{name}.npy' should hold"):
        run.identity  # noqa: B018


def test_a_run_without_rows_says_that_it_does_not_know_them(run: Run) -> None:
    known = run.identity
    assert known.rows is None
    assert known.label(390) == "held-out sample 390"
    assert known.columns([390]) == {"held-out sample": [390]}


def old(run: Run, **changes: object) -> Identity:
    """What is known of a run of format version 1, of 20 samples."""
    data = {"n_train": 16, "n_test": 4, "held_out": "a random 20% of the data"} | changes
    run.write_info(
        version=1, study={"seed": 3, "data": {"source": "x.csv", "test_fraction": 0.2}}, data=data
    )
    return run.identity


def test_rows_of_an_old_run_are_told_by_its_settings(run: Run) -> None:
    known = old(run)
    assert known.held_out.tolist() == draw_held_out(20, 0.2, 3).tolist()
    assert known.rows.tolist() == list(range(20))
    parts = old(run, held_out="the test part that comes with the data")
    assert parts.held_out.tolist() == [16, 17, 18, 19]


@pytest.mark.parametrize(
    "changes",
    [
        {"left_out": ["a.png: damaged"]},
        {"notes": ["1 image that cannot be read was left out (a.png)."]},
        {"n_test": 5},
        {"n_train": 2**52},
        {"n_train": 0},
    ],
)
def test_rows_of_an_old_run_with_gaps_are_unknown(run: Run, changes: dict[str, object]) -> None:
    assert old(run, **changes).rows is None
