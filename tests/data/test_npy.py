"""The .npy format: mapped, held against the file's size, never unpickled."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from latens.data import load
from latens.data.npz import open_npy, read_npy_header
from latens.exceptions import DataError

TABLE = np.arange(20.0).reshape(5, 4)


def header_of(text: str) -> bytes:
    """A .npy header that says whatever it is told to."""
    padded = text + " " * (118 - len(text) % 64 + 64 - 10) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode("latin-1")


def test_a_file_is_mapped_and_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", TABLE)
    X = load(tmp_path / "x.npy").X
    assert isinstance(X, np.memmap)
    assert not X.flags.writeable
    np.testing.assert_array_equal(X, TABLE)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["uint8", "float16", ">f4", "int64", "bool"])
def test_values_come_back_whatever_the_layout(tmp_path: Path, order: str, dtype: str) -> None:
    X = np.asarray(TABLE % 2, dtype=dtype, order=order)
    np.save(tmp_path / "x.npy", X)
    loaded = load(tmp_path / "x.npy").X
    np.testing.assert_array_equal(loaded, X)
    assert loaded.dtype.isnative


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000, 1)}",
            "makes 80,000,000",
        ),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}", "and it has"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-5, 4)}", "impossible shape"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (5,)}", "Python objects"),
        ("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (5,)}", "fields a"),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10**9, 10**9)}".replace(
                "10**9", "9" * 12
            ),
            "impossible shape",
        ),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (0, " + "9" * 5000 + ")}",
            "no .npy file|impossible",
        ),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 70 + ")}",
            "impossible shape",
        ),
        ("{'descr': '|S0', 'fortran_order': False, 'shape': (9,)}", "values of type"),
        ("{'descr': '|V8', 'fortran_order': False, 'shape': (9,)}", "values of type"),
        (
            "{'descr': ('<f4', (2, 3)), 'fortran_order': False, 'shape': (5,)}",
            "values of type|no .npy",
        ),
        ("{'descr': 'nonsense', 'fortran_order': False, 'shape': (5, 4)}", "no .npy file"),
        ("__import__('os').abort()", "no .npy file"),
        ("(" * 5000, "no .npy file"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: str, message: str) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(header_of(header) + TABLE.tobytes())
    with pytest.raises(DataError, match=message) as caught:
        load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUM",
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUMPY\x09\x00",
        b"PK\x03\x04",
        bytes(500),
    ],
)
def test_other_content_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"no \.npy file that can be read"):
        load(path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", TABLE)
    content = (tmp_path / "x.npy").read_bytes()
    for wrong in (content[:-1], content + b"\0"):
        (tmp_path / "x.npy").write_bytes(wrong)
        with pytest.raises(DataError, match="does not hold what its header says"):
            load(tmp_path / "x.npy")


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    np.save(tmp_path / "objects.npy", np.array([Trap()] * 3, dtype=object), allow_pickle=True)
    (tmp_path / "plain.npy").write_bytes(pickle.dumps(Trap()))
    for name in ("objects.npy", "plain.npy"):
        with pytest.raises(DataError):
            load(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_labels_lie_beside_the_samples(tmp_path: Path) -> None:
    np.save(tmp_path / "X_train.npy", TABLE)
    np.save(tmp_path / "y_train.npy", np.array(list("abcab")))
    dataset = load(tmp_path / "X_train.npy")
    assert dataset.names == ("a", "b", "c")
    assert dataset.y.tolist() == [0, 1, 2, 0, 1]
    assert dataset.name == "X_train"


def test_labels_that_do_not_fit_are_left_out_with_a_note(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", TABLE)
    np.save(tmp_path / "y.npy", np.arange(4))
    dataset = load(tmp_path / "X.npy")
    assert dataset.y is None
    assert "'y.npy' have the shape (4,), not one for each of 5 samples" in dataset.notes[0]


def test_a_folder_with_an_array_store_loads(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", TABLE)
    np.save(tmp_path / "y.npy", np.array([0, 0, 1, 1, 1]))
    dataset = load(tmp_path)
    assert isinstance(dataset.X, np.memmap)
    assert dataset.y.tolist() == [0, 0, 1, 1, 1]
    assert dataset.name == tmp_path.name


def test_an_empty_array_can_be_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.empty((0, 3)))
    assert open_npy(tmp_path / "x.npy").shape == (0, 3)


def test_the_header_alone_is_read() -> None:
    stream = io.BytesIO()
    np.save(stream, TABLE)
    total = len(stream.getvalue())
    stream.seek(0)
    header = read_npy_header(stream, "it")
    assert (header.shape, header.total_bytes) == ((5, 4), total)
    assert stream.tell() == header.data_start


@pytest.mark.parametrize("shape", ["(3.0,)", "('3',)", "(True,)", "(None,)"])
def test_a_shape_of_other_things_than_integers_is_refused(tmp_path, shape):
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    body = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    (tmp_path / "x.npy").write_bytes(body + bytes(24))
    with pytest.raises(DataError, match=r"x\.npy'.*(shape|no \.npy file)"):
        open_npy(tmp_path / "x.npy")
