"""The .npz archives of the world, and those made to harm."""

import io
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from latens.data import load
from latens.exceptions import DataError

X = np.arange(12, dtype=np.uint8).reshape(6, 2)
Y = np.array([3, 5, 3, 5, 3, 5])


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


@pytest.mark.parametrize("samples", ["X", "x", "images", "data", "IMAGES", "features"])
@pytest.mark.parametrize("labels", ["y", "labels", "targets", "target", "Y"])
def test_the_usual_names(tmp_path: Path, samples: str, labels: str) -> None:
    np.savez(tmp_path / "x.npz", **{samples: X, labels: Y, "other": np.zeros(3)})
    dataset = load(tmp_path / "x.npz")
    np.testing.assert_array_equal(dataset.X, X)
    assert dataset.X.dtype == np.uint8
    assert dataset.y.tolist() == [0, 1, 0, 1, 0, 1]
    assert dataset.names == ("3", "5")


def test_the_only_array_is_the_samples_whatever_its_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", X)
    np.testing.assert_array_equal(load(tmp_path / "x.npz").X, X)


@pytest.mark.parametrize("pattern", ["x_{}", "{}_images", "X_{}"])
def test_an_archive_with_its_own_split(tmp_path: Path, pattern: str) -> None:
    labels = "{}_labels" if "images" in pattern else "y_{}"
    np.savez(
        tmp_path / "x.npz",
        **{
            pattern.format("train"): X[:4],
            pattern.format("test"): X[4:],
            labels.format("train"): np.array(["b", "c", "b", "c"]),
            labels.format("test"): np.array(["a", "b"]),
        },
    )
    train, test, both = (load(tmp_path / "x.npz", split) for split in ("train", "test", "all"))
    np.testing.assert_array_equal(train.X, X[:4])
    np.testing.assert_array_equal(test.X, X[4:])
    np.testing.assert_array_equal(both.X, X)
    assert train.names == test.names == ("a", "b", "c")
    assert both.y.tolist() == [1, 2, 1, 2, 0, 1]
    assert test.y.tolist() == [0, 1]
    assert train.has_split


def test_training_samples_alone_are_no_split(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x_train=X, y_train=Y)
    dataset = load(tmp_path / "x.npz")
    assert not dataset.has_split
    assert dataset.names == ("3", "5")
    with pytest.raises(DataError, match="no test samples of its own"):
        load(tmp_path / "x.npz", "test")


def test_parts_that_differ_in_shape_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x_train=X, x_test=X[:, :1])
    with pytest.raises(DataError, match="differ in shape"):
        load(tmp_path / "x.npz")


def test_names_that_say_nothing_are_listed(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", first=X, second=X)
    with pytest.raises(DataError, match=r"not clear which array.*Got: first, second"):
        load(tmp_path / "x.npz")


def test_objects_are_refused_and_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    traps = np.array([[Trap()], [Trap()]], dtype=object)
    np.savez(tmp_path / "x.npz", X=traps, y=Y[:2])
    with pytest.raises(DataError, match=r"The array 'X' of the file .* holds Python objects"):
        load(tmp_path / "x.npz")
    np.savez(tmp_path / "y.npz", X=X[:2], y=traps[:, 0])
    dataset = load(tmp_path / "y.npz")
    assert dataset.y is None
    assert "holds Python objects" in dataset.notes[0]
    assert not (tmp_path / "sprung").exists()


def test_labels_that_do_not_fit_are_left_out_with_a_note(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", X=X, y=Y[:5])
    assert load(tmp_path / "x.npz").notes == ("The labels have the shape (5,) and were left out.",)


def test_a_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez_compressed(path, X=np.zeros((2**19, 600), dtype=np.uint8))
    assert path.stat().st_size < 2**19
    with pytest.raises(DataError, match="more than 500 to 1"):
        load(path)


def test_honest_zeros_are_read(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", X=np.zeros((1000, 1000), dtype=np.uint8))
    assert load(tmp_path / "x.npz").X.shape == (1000, 1000)


def test_a_member_that_lies_about_its_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("X.npy", npy(X)[:-1])
    with pytest.raises(DataError, match="does not hold what its header says"):
        load(path)


def test_damage_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, X=X)
    content = bytearray(path.read_bytes())
    content[content.index(X.tobytes())] ^= 255
    cases = {"damaged": bytes(content), "cut": bytes(content[:-30]), "text": b"no zip", "": b""}
    for case in cases.values():
        path.write_bytes(case)
        with pytest.raises(
            DataError, match=r"^The file .* is no \.npz file that can be read"
        ) as caught:
            load(path)
        assert "\n" not in str(caught.value)


def test_a_sparse_matrix_is_made_dense(tmp_path: Path) -> None:
    matrix = sparse.random(20, 10, density=0.2, format="csr", random_state=0)
    sparse.save_npz(tmp_path / "x.npz", matrix)
    dataset = load(tmp_path / "x.npz")
    np.testing.assert_array_equal(dataset.X, matrix.toarray())
    assert dataset.notes == ("The sparse matrix was made dense.",)


@pytest.mark.parametrize("shape", [[4, 5, 2], [-1, 5], 4, [4.0, 5.0]])
def test_a_sparse_matrix_of_an_odd_shape_is_refused(tmp_path: Path, shape: object) -> None:
    np.savez(tmp_path / "x.npz", data=np.ones(3), shape=np.array(shape), format=np.array("csr"))
    with pytest.raises(DataError, match=r"is damaged: its shape is"):
        load(tmp_path / "x.npz")


def test_a_huge_sparse_matrix_is_refused(tmp_path: Path) -> None:
    matrix = sparse.coo_array(([1.0], ([0], [0])), shape=(10**6, 10**6))
    sparse.save_npz(tmp_path / "x.npz", matrix)
    with pytest.raises(DataError, match=r"would take 7\.3 TiB in memory"):
        load(tmp_path / "x.npz")


FORMATS = ("csr", "csc", "bsr", "coo", "dia")


@pytest.mark.parametrize("form", FORMATS)
def test_every_sparse_format_is_read(tmp_path: Path, form: str) -> None:
    matrix = sparse.random_array((20, 10), density=0.2, rng=np.random.default_rng(0))
    sparse.save_npz(tmp_path / "x.npz", matrix.asformat(form))
    np.testing.assert_array_equal(load(tmp_path / "x.npz").X, matrix.toarray())


@pytest.mark.parametrize(
    ("form", "part", "value"),
    [
        ("csr", "indices", 10**6),
        ("csr", "indices", -(10**6)),
        ("csr", "indptr", 10**6),
        ("csc", "indices", 10**6),
        ("csc", "indptr", -5),
        ("bsr", "indices", 10**6),
        ("bsr", "indptr", 10**6),
        ("coo", "row", 10**6),
        ("coo", "col", -1),
    ],
)
def test_a_sparse_matrix_with_an_index_outside_its_shape_is_refused(
    tmp_path: Path, form: str, part: str, value: int
) -> None:
    # SciPy would write there: the process died, or a value was in another row.
    sparse.save_npz(tmp_path / "x.npz", sparse.csr_array(np.eye(8)).asformat(form))
    parts = dict(np.load(tmp_path / "x.npz"))
    parts[part][1] = value
    np.savez(tmp_path / "x.npz", **parts)
    with pytest.raises(DataError, match=rf"^The sparse matrix of .* is damaged: '{part}' must"):
        load(tmp_path / "x.npz")


def test_a_small_sparse_file_cannot_ask_for_gigabytes(tmp_path: Path) -> None:
    sparse.save_npz(tmp_path / "x.npz", sparse.coo_array(([1.0], ([0], [0])), shape=(10**4, 10**4)))
    with pytest.raises(DataError, match="more than 500 to 1"):
        load(tmp_path / "x.npz")


def test_diagonals_far_longer_than_the_matrix_are_refused(tmp_path: Path) -> None:
    np.savez_compressed(
        tmp_path / "x.npz",
        data=np.zeros((2, 10**7), dtype=np.uint8),
        offsets=np.array([0, 1]),
        shape=np.array([3, 3]),
        format=np.array("dia"),
    )
    with pytest.raises(DataError, match="more than 500 to 1"):
        load(tmp_path / "x.npz")


PEAK = """
import resource, sys
from latens.data import load
from latens.exceptions import DataError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load(sys.argv[1], "all")
except DataError as error:
    print(error, file=sys.stderr)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_parts_and_labels_are_held_against_the_file_together(tmp_path: Path) -> None:
    # Each array alone would be let through; together, sorted and joined they took gigabytes.
    many = np.zeros(10 * 2**20, dtype=np.uint8)
    parts = {f"{name}_{part}": many for part in ("train", "test") for name in "xy"}
    np.savez_compressed(tmp_path / "x.npz", **parts)
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path / "x.npz")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30)),
    )
    assert "more than 500 to 1" in run.stderr
    assert int(run.stdout) < 500 * 1024  # kB


def test_labels_of_many_columns_are_not_read(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", X=X, y=np.zeros((6, 2 * 10**7), dtype=np.uint8))
    with pytest.raises(DataError, match=r"Encoding the labels .* more than 500 to 1"):
        load(tmp_path / "x.npz")


def test_other_compressions_than_those_of_numpy_are_refused(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(tmp_path / "x.npz", "w", method) as file:
            file.writestr("X.npy", npy(X))
        with pytest.raises(DataError, match="is not compressed as NumPy does it"):
            load(tmp_path / "x.npz")


def test_many_arrays_with_names_that_say_nothing_are_one_short_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **{f"array\n{number}": X for number in range(500)})
    with pytest.raises(DataError, match=r"array 0, array 1, .* and 490 more") as caught:
        load(tmp_path / "x.npz")
    assert len(str(caught.value)) < 500


def test_the_anomaly_sets_of_adbench_load(real_data) -> None:
    paths = sorted(real_data("adbench").glob("*.npz"))
    assert len(paths) == 22
    for path in paths[::4]:
        dataset = load(path)
        assert dataset.names == ("0", "1")
        assert 0 < dataset.y.mean() < 0.5  # anomalies are the rarer class


def test_parts_of_types_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    dates = np.zeros((3, 2), dtype="M8[s]")
    np.savez(tmp_path / "x.npz", X_train=np.ones((3, 2)), X_test=dates)
    with pytest.raises(DataError, match=r"differ in type: float64 and datetime64\[s\]"):
        load(tmp_path / "x.npz")
    labels = {"y_train": np.arange(3), "y_test": dates[:, 0]}
    np.savez(tmp_path / "y.npz", X_train=np.ones((3, 2)), X_test=np.ones((3, 2)), **labels)
    assert "left out" in load(tmp_path / "y.npz").notes[0]


def three_parts(path: Path, names: tuple[str, str, str]) -> Path:
    """Parts of 5, 2 and 3 samples, whose values and labels tell where they are from."""
    arrays = {}
    for start, n, name in zip((0, 100, 200), (5, 2, 3), names, strict=True):
        values = np.arange(start, start + n, dtype=np.uint8)
        arrays[f"{name}_images"] = np.broadcast_to(values[:, None, None], (n, 4, 4))
        arrays[f"{name}_labels"] = values[:, None] // 100
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("names", [("train", "val", "test"), ("training", "valid", "testing")])
def test_validation_samples_count_as_training_samples(tmp_path: Path, names) -> None:
    path = three_parts(tmp_path / "x.npz", names)
    train, test, both = (load(path, split) for split in ("train", "test", "all"))
    assert train.X[:, 0, 0].tolist() == [0, 1, 2, 3, 4, 100, 101]
    assert test.X[:, 0, 0].tolist() == [200, 201, 202]
    assert len(both) == 10
    assert train.y.tolist() == [0] * 5 + [1] * 2
    assert test.y.tolist() == [2] * 3
    assert train.notes == (
        f"The validation samples '{names[1]}_images' count as training samples.",
    )
    assert f"{names[1]}_images (train)" in train.read_as


def test_validation_samples_are_the_test_part_where_there_is_no_other(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x_train=np.zeros((5, 2)), x_val=np.ones((3, 2)))
    assert len(load(tmp_path / "x.npz", "train")) == 5
    test = load(tmp_path / "x.npz", "test")
    assert (len(test), test.notes) == (3, ())


def test_arrays_that_are_not_read_are_named(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "x.npz",
        images=np.zeros((5, 4, 4)),
        masks=np.zeros((5, 4, 4)),
        labels=np.arange(5),
    )
    (note,) = (note for note in load(tmp_path / "x.npz").notes if "not read" in note)
    assert note == "Arrays that are neither samples nor labels were not read: masks."


def test_validation_samples_of_another_shape_are_refused(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "x.npz",
        x_train=np.zeros((5, 2)),
        x_test=np.zeros((5, 2)),
        x_val=np.zeros((5, 3)),
    )
    with pytest.raises(DataError, match=r"\(2,\) for training and \(3,\) for validation"):
        load(tmp_path / "x.npz")
