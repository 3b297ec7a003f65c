"""The named sets: what each is, under which licence, which files it has, and whether they are here."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from latens.data.cache_dirs import data_folders
from latens.data.cifar import CIFAR_ARCHIVE, has_batches
from latens.data.idx import find_idx

__all__ = [
    "IDX_STEMS",
    "NamedSet",
    "RemoteFile",
    "canonical_name",
    "find_named",
    "list_named",
    "named_set",
]

IDX_STEMS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class RemoteFile:
    """A file to download.

    Attributes
    ----------
    name : str
        Below the set's address.
    size : int
        Its length in bytes at the official address.
    sha256 : str
        The checksum of an archive as it is, of a single gzipped file once it is unpacked: a mirror
        that compresses the same content anew is as good as the original.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class NamedSet:
    """A data set that is loaded by its name.

    Attributes
    ----------
    name, description, licence : str
        For people; `name` is what `load` takes.
    n_samples : int
        Training and test samples together.
    sample_shape : tuple of int
        Height and width in pixels, and 3 where the images are in color.
    address : str
        Where the files are downloaded from; empty for sets that ship with the software.
    files : tuple of RemoteFile
        What is downloaded.
    folders : tuple of str
        What the folder of its files may be called, below those of `data_folders`.
    found : str or None
        Where the set is on this machine; None if it would be downloaded.
    """

    name: str
    description: str
    licence: str
    n_samples: int
    sample_shape: tuple[int, ...]
    address: str = ""
    files: tuple[RemoteFile, ...] = ()
    folders: tuple[str, ...] = ()
    found: str | None = None

    @property
    def download_bytes(self) -> int:
        """How much a download fetches; 0 for sets that ship with the software."""
        return sum(file.size for file in self.files)


_FASHION_FILES = (
    RemoteFile(
        "train-images-idx3-ubyte.gz",
        26_421_880,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    RemoteFile(
        "train-labels-idx1-ubyte.gz",
        29_515,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        4_422_102,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        5_148,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
)

_MNIST_FILES = (
    RemoteFile(
        "train-images-idx3-ubyte.gz",
        9_912_422,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    RemoteFile(
        "train-labels-idx1-ubyte.gz",
        28_881,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        1_648_877,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        4_542,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

_CIFAR_FILES = (
    RemoteFile(
        CIFAR_ARCHIVE,
        170_052_171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    ),
)

_SETS = (
    NamedSet(
        name="digits",
        description="handwritten digits of 8 x 8 pixels, values 0 to 16 (UCI, in scikit-learn)",
        licence="CC BY 4.0",
        n_samples=1797,
        sample_shape=(8, 8),
        found="ships with scikit-learn",
    ),
    NamedSet(
        name="fashion-mnist-10k",
        description="the first 10,000 training images of Fashion-MNIST, 2,000 of them to test",
        licence="MIT, Zalando SE 2017",
        n_samples=10_000,
        sample_shape=(28, 28),
        found="ships with latens",
    ),
    NamedSet(
        name="fashion-mnist",
        description="articles of clothing of 28 x 28 pixels, 10 classes (Xiao et al. 2017)",
        licence="MIT, Zalando SE 2017",
        n_samples=70_000,
        sample_shape=(28, 28),
        address="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        files=_FASHION_FILES,
        folders=("fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"),
    ),
    NamedSet(
        name="mnist",
        description="handwritten digits of 28 x 28 pixels, 10 classes (LeCun et al. 1998)",
        licence="CC BY-SA 3.0",
        n_samples=70_000,
        sample_shape=(28, 28),
        address="https://ossci-datasets.s3.amazonaws.com/mnist/",
        files=_MNIST_FILES,
        folders=("mnist", "MNIST/raw", "MNIST"),
    ),
    NamedSet(
        name="cifar-10",
        description="photographs of 32 x 32 pixels in color, 10 classes (Krizhevsky 2009)",
        licence="none stated; for research, cite Krizhevsky 2009",
        n_samples=60_000,
        sample_shape=(32, 32, 3),
        address="https://www.cs.toronto.edu/~kriz/",
        files=_CIFAR_FILES,
        folders=("cifar-10", "cifar-10/cifar-10-batches-bin", "cifar-10-batches-bin"),
    ),
)


def list_named() -> tuple[NamedSet, ...]:
    """Return every named set, with where it was found on this machine.

    Examples
    --------
    >>> [known.name for known in list_named()]
    ['digits', 'fashion-mnist-10k', 'fashion-mnist', 'mnist', 'cifar-10']
    """
    return tuple(_with_place(known) for known in _SETS)


def canonical_name(text: str) -> str | None:
    """Return the named set that a spelling means, or None: case, dashes and spaces do not count.

    Examples
    --------
    >>> canonical_name("Fashion_MNIST"), canonical_name("cifar10"), canonical_name("imagenet")
    ('fashion-mnist', 'cifar-10', None)
    """
    return next((known.name for known in _SETS if _bare(known.name) == _bare(text)), None)


def named_set(name: str) -> NamedSet:
    """Return the named set of that canonical name."""
    return next(known for known in _SETS if known.name == name)


def find_named(known: NamedSet) -> Path | None:
    """Return where the files of a named set are on this machine: a folder, an archive, or None."""
    candidates = (path for root in data_folders() for path in _candidates(known, root))
    return next((path for path in candidates if _holds(known, path)), None)


def _with_place(known: NamedSet) -> NamedSet:
    path = None if known.found else find_named(known)
    return known if path is None else replace(known, found=str(path))


def _bare(text: str) -> str:
    return re.sub(r"[-_\s]", "", text.lower())


def _candidates(known: NamedSet, root: Path) -> list[Path]:
    """Where the files would be below a folder, the folder itself included where its name says so."""
    folders = [root / name for name in known.folders]
    if root.name in {Path(name).name for name in known.folders} - {"raw"}:
        folders.insert(0, root)
    if known.name == "mnist":
        folders.append(root / "mnist.npz")  # as Keras keeps it
    if known.name == "cifar-10":
        folders += [folder / CIFAR_ARCHIVE for folder in (root / "cifar-10", root)]
    return folders


def _holds(known: NamedSet, path: Path) -> bool:
    if path.suffix:
        return path.is_file()
    if known.name == "cifar-10":
        return has_batches(path)
    return all(find_idx(path, stem) is not None for stem in IDX_STEMS)
