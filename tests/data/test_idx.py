"""IDX files, honest and not."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from latens.data.idx import find_idx, is_idx_name, labels_beside, read_idx, write_idx
from latens.exceptions import DataError

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
# The magic number of images in MNIST, 2051, then 2 images of 3 x 4: written out by hand.
BYTES = bytes.fromhex("00000803 00000002 00000003 00000004") + bytes(range(24))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("idx")


@pytest.mark.parametrize("compress", [False, True])
def test_the_format_is_that_of_mnist(tmp_path: Path, compress: bool) -> None:
    path = tmp_path / "x.idx"
    path.write_bytes(gzip.compress(BYTES) if compress else BYTES)
    np.testing.assert_array_equal(read_idx(path), IMAGES)
    write_idx(path, IMAGES)
    assert path.read_bytes() == BYTES


@given(
    values=hnp.arrays(
        st.sampled_from([np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64]),
        hnp.array_shapes(max_dims=4, max_side=5),
    ),
    ending=st.sampled_from(["", ".gz"]),
)
def test_every_type_and_shape_comes_back(folder: Path, values: np.ndarray, ending: str) -> None:
    path = folder / f"x.idx{ending}"
    write_idx(path, values)
    back = read_idx(path)
    np.testing.assert_array_equal(back, values)
    assert back.dtype == values.dtype
    assert back.dtype.isnative


def test_the_same_values_make_the_same_file(tmp_path: Path) -> None:
    write_idx(tmp_path / "a.idx.gz", IMAGES)
    write_idx(tmp_path / "b.idx.gz", IMAGES)
    assert (tmp_path / "a.idx.gz").read_bytes() == (tmp_path / "b.idx.gz").read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no IDX file: it begins with nothing"),
        (b"\x89PNG\r\n\x1a\n", "no IDX file: it begins with 89 50 4e 47"),
        (b"\0\0\x0a\x03" + BYTES[4:], "no IDX file"),
        (b"\0\0\x08\x00", "no IDX file"),
        (b"\0\0\x08\xff" + bytes(1020), "no IDX file"),
        (BYTES[:10], "cut short within its header"),
        (BYTES[:-1], "needs 24 bytes of data, and the file has 39 bytes"),
        (BYTES + b"\0", "and the file has 41 bytes"),
        (struct.pack(">4I", 0x803, 0, 3, 4), "is empty"),
        (struct.pack(">4I", 0x803, *[2**32 - 1] * 3) + bytes(24), "needs 79,228,162,458,924"),
        (gzip.compress(BYTES[:-1], mtime=0), "its data end after 23 bytes"),
        (gzip.compress(BYTES + b"\0", mtime=0), "there are more"),
        (gzip.compress(BYTES, mtime=0)[:-9], "damaged gzip"),
        (gzip.compress(BYTES, mtime=0)[:10] + b"\x07" * 30, "damaged gzip"),
        (gzip.compress(struct.pack(">4I", 0x803, *[2**32 - 1] * 3), mtime=0), "PiB in memory"),
    ],
)
def test_a_file_that_lies_is_refused_in_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "x-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_gzip_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "x.idx.gz"
    header = struct.pack(">4I", 0x803, 2**20, 28, 28)
    path.write_bytes(gzip.compress(header + bytes(10_000)))
    with pytest.raises(DataError, match=r"from .* bytes to 784.0 MiB, more than 500 to 1"):
        read_idx(path)


@pytest.mark.parametrize(
    "name",
    ["x.idx", "x.IDX.gz", "a-idx3-ubyte", "a.idx3-ubyte.gz", "emnist-images-ubyte", "x.idx3"],
)
def test_idx_names(name: str) -> None:
    assert is_idx_name(name)


@pytest.mark.parametrize("name", ["x.npy", "idx.csv", "index.idx.txt", "x.gz", "ubyte"])
def test_other_names(name: str) -> None:
    assert not is_idx_name(name)


def test_labels_are_found_beside_images_in_every_spelling(tmp_path: Path) -> None:
    images = tmp_path / "train-images-idx3-ubyte.gz"
    assert labels_beside(images) is None
    for name in (
        "train-labels-idx1-ubyte.gz",
        "train-labels.idx1-ubyte",
        "train-labels-idx1-ubyte",
    ):
        (tmp_path / name).touch()
        assert labels_beside(images) == tmp_path / name  # the plain file before the gzipped
    assert labels_beside(tmp_path / "pixels.idx") is None


def test_find_idx_passes_over_folders(tmp_path: Path) -> None:
    (tmp_path / "x-idx3-ubyte").mkdir()
    assert find_idx(tmp_path, "x-idx3-ubyte") is None
