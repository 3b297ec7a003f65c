"""Parts, classes and masks in folders of images, and what only looks like them."""

from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from latens.data import load
from latens.data.folder_files import list_files
from latens.data.folder_roles import folder_roles
from latens.data.parts import part_called
from latens.exceptions import DataError, ParameterError

GREY = np.arange(16, dtype=np.uint8).reshape(4, 4)


@pytest.fixture
def make(tmp_path: Path, save_image):
    """Make small images of the names that are given."""

    def make_all(*names: str) -> Path:
        for name in names:
            save_image(tmp_path / name, GREY, format="png")
        return tmp_path

    return make_all


def paths(*names: str) -> list[PurePosixPath]:
    return [PurePosixPath(name) for name in names]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *[(name, "train") for name in ("train", "Training_Set", "train2017", "TrainData", "trn")],
        *[(name, "test") for name in ("test", "testing", "test_set", "hold-out", "test images")],
        *[
            (name, "validation")
            for name in ("val", "valid", "dev", "eval", "Validation", "val_set")
        ],
        *[
            (name, None)
            for name in ("trains", "tests_of_time", "cat", "contest", "data", "set", "latest")
        ],
    ],
)
def test_parts_are_known_by_their_usual_names(name: str, part: str | None) -> None:
    assert part_called(name) == part


@pytest.mark.parametrize(
    "names",
    [
        ("training_set/cats/1.png", "training_set/dogs/1.png", "test_set/cats/2.png"),
        ("data/train/cats/1.png", "data/train/dogs/1.png", "data/test/cats/2.png"),
        ("train/img/cats/1.png", "train/img/dogs/1.png", "test/img/cats/2.png"),
        ("cats/train/1.png", "dogs/train/1.png", "cats/test/2.png"),
    ],
)
def test_parts_lie_above_classes_or_below_them(names: tuple[str, ...]) -> None:
    roles = folder_roles(paths(*names))
    assert roles.classes == ("cats", "dogs")
    assert roles.parts == {"train", "test"}
    assert [roles.is_in(path, "test") for path in paths(*names)] == [False, False, True]
    assert roles.codes(paths(*names)).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (("train/1.png", "bus/2.png", "car/3.png"), ("bus", "car", "train")),
        (("trains/1.png", "tests/2.png"), ("tests", "trains")),
        (("test/1.png", "val/2.png"), ("test", "val")),
        (("pets/cats/1.png", "pets/dogs/2.png"), ("cats", "dogs")),
        (("train/cats/1.png", "train/dogs/2.png"), ("cats", "dogs")),
    ],
)
def test_what_is_no_split_is_classes(names: tuple[str, ...], classes: tuple[str, ...]) -> None:
    roles = folder_roles(paths(*names))
    assert roles.classes == classes
    assert roles.part_at is None
    assert ", ".join(classes) in roles.read_as


def test_classes_that_hold_the_same_folders_are_said() -> None:
    names = [f"{camera}/{kind}/1.png" for camera in ("left", "right") for kind in ("cat", "dog")]
    (note,) = folder_roles(paths(*names)).notes
    assert "(left, right) holds the same sub-folders (cat, dog)" in note
    assert folder_roles(paths("left/cat/1.png", "right/dog/1.png")).notes == ()


def test_parts_beside_other_folders_are_said() -> None:
    roles = folder_roles(paths("train/1.png", "test/1.png", "unlabeled/1.png"))
    assert roles.classes == ("test", "train", "unlabeled")
    assert "test, train are called as parts are, and unlabeled not" in roles.notes[0]
    assert folder_roles(paths("train/1.png", "bus/1.png", "car/1.png")).notes == ()


def test_images_beside_sub_folders_are_said(make) -> None:
    dataset = load(make("cat/a.png", "dog/b.png", "c.png"))
    assert dataset.y is None
    assert any(
        "(cat, dog) were not taken as classes" in note and "'c.png'" in note
        for note in dataset.notes
    )
    assert folder_roles(paths("only/a.png", "c.png")).notes == ()


@pytest.mark.parametrize(
    ("images", "masks"),
    [
        (("images/a.png", "images/b.png"), ("masks/a.png", "masks/b.png")),
        (("train/images/a.png", "test/images/b.png"), ("train/masks/a.png", "test/masks/b.png")),
        (("imgs/a.png", "imgs/b.png"), ("labels/a.png", "labels/b.png")),
        (
            ("JPEGImages/a.png", "JPEGImages/b.png"),
            ("SegmentationClass/a.png", "SegmentationObject/b.png"),
        ),
        (("original/a.png", "original/b.png"), ("mask/a.png", "mask/b.png")),
        (("train_images/a.png", "test_images/b.png"), ("train_masks/a.png", "test_masks/b.png")),
        (("a.png", "b.png"), ("a_mask.png", "b-mask.png")),
        (
            ("benign/b (1).png", "normal/n (1).png"),
            ("benign/b (1)_mask.png", "benign/b (1)_mask_1.png"),
        ),
    ],
)
def test_masks_are_no_samples_and_no_class(make, images, masks) -> None:
    folder = make(*images, *masks)
    dataset = load(folder, "all")
    assert set(dataset.item_names) == set(images)
    assert any(
        f"{len(masks)} images are masks" in note and "--as images" in note for note in dataset.notes
    )
    assert len(load(folder, "all", layout="images")) == len(images) + len(masks)


@pytest.mark.parametrize(
    "names",
    [
        ("mask/1.png", "no_mask/2.png"),
        ("with_mask/1.png", "without_mask/2.png"),
        ("images/1.png", "labels/x.png", "labels/y.png", "labels/z.png"),
        ("images/1.png", "masks/1.png", "cats/1.png"),
        ("train_images/1.png", "test_masks/1.png", "val_frames/1.png"),
        ("hero_mask.png", "villain_mask.png", "hero.jpg.png"),
    ],
)
def test_other_names_are_no_masks(make, names: tuple[str, ...]) -> None:
    assert len(list_files(make(*names)).images) == len(names)


def test_folders_of_systems_are_passed_over_and_said(make) -> None:
    system = (
        "cats/@eaDir/1.png/THUMB_M.png",
        "#recycle/2.png",
        "lost+found/3.png",
        "$RECYCLE.BIN/4.png",
    )
    dataset = load(make("cats/1.png", "dogs/1.png", "@home/1.png", *system))
    assert dataset.item_names == ("@home/1.png", "cats/1.png", "dogs/1.png")
    (note,) = dataset.notes
    assert note.startswith(
        "4 images in folders of the system (#recycle, $RECYCLE.BIN, @eaDir, lost+found)"
    )


def test_a_folder_of_a_system_can_be_loaded_by_itself(make) -> None:
    assert len(load(make("lost+found/1.png", "lost+found/2.png") / "lost+found")) == 2


def test_images_of_other_kinds_are_named(make) -> None:
    folder = make("a.png", "b.png", "c.png")
    for name in ("d.HEIC", "e.avif", "f.CR2", "notes.txt", "more.txt", "noending"):
        (folder / name).touch()
    notes = load(folder).notes
    assert any(
        "3 images of kinds that are not read (1 heic, 1 avif, 1 cr2)" in note for note in notes
    )
    assert any("3 files that are no images (2 txt, 1 without an ending)" in note for note in notes)


def test_a_folder_of_mostly_other_kinds_is_refused(make) -> None:
    folder = make("a.png")
    for number in range(2):
        (folder / f"{number}.heic").touch()
    with pytest.raises(DataError, match=r"2 heic.* beside 1 that can be read. Convert them"):
        load(folder)


def test_only_the_meaning_of_arrays_can_be_chosen(make) -> None:
    for layout in ("table", "series", "channels-first"):
        with pytest.raises(
            ParameterError, match=r"for arrays and tables of pixels, not for the folder"
        ):
            load(make("a.png", "b.png"), layout=layout)


def test_files_that_cannot_be_read_are_left_out_and_listed(make) -> None:
    folder = make(*(f"{kind}/{number}.png" for kind in "ab" for number in range(3)))
    whole = (folder / "a/0.png").read_bytes()
    (folder / "a/1.png").write_bytes(whole[:-30])
    (folder / "b/0.png").write_text("x")
    (folder / "b/link.png").symlink_to("nowhere.png")
    dataset = load(folder)
    assert dataset.item_names == ("a/0.png", "a/2.png", "b/1.png", "b/2.png")
    assert dataset.read_as.startswith("4 images in 2 classes")
    assert dataset.y.tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(dataset.X, [GREY] * 4)
    assert [line.partition(":")[0] for line in dataset.left_out] == [
        "b/0.png",
        "b/link.png",
        "a/1.png",
    ]
    assert dataset.notes[0].startswith("3 images that cannot be read were left out")
    assert "--strict" in dataset.notes[0]
    with pytest.raises(DataError, match="2 of 7 images"):
        load(folder, strict=True)


def test_whole_folders_say_nothing_of_broken_files(make) -> None:
    dataset = load(make("a.png", "b.png"), strict=True)
    assert (dataset.left_out, dataset.notes) == ((), ())
