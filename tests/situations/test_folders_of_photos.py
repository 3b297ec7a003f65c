"""Folders as cameras, systems and downloads leave them."""

import numpy as np
import pytest

from latens.data import load
from latens.exceptions import DataError


def test_what_windows_and_macs_leave_in_folders_is_no_image(make) -> None:
    found = load(make("a.png", "b.png", "Thumbs.db", "desktop.ini", ".DS_Store", "._a.png"))
    assert found.X[:, 0, 0].tolist() == [0, 10]


def test_raw_files_beside_their_photos_are_counted(make, said) -> None:
    found = load(make("IMG_1.jpg", "IMG_1.CR2", "IMG_2.jpg", "IMG_2.xmp"))
    assert len(found) == 2
    assert said(found, "1 cr2", "IMG_1.CR2", "Convert")


@pytest.mark.parametrize("name", ["thumbs", "thumbnails", ".thumbnails", "Thumbnails"])
def test_small_copies_in_a_folder_of_thumbnails_are_no_samples(make, said, name: str) -> None:
    found = load(make("a.jpg", "b.jpg", f"{name}/a.jpg", f"{name}/b.jpg"))
    assert len(found) == 2
    assert name.startswith(".") or said(found, name)


def test_small_copies_of_wordpress_are_no_samples(make, said) -> None:
    root = make("a.jpg", "a-150x150.jpg", "a-300x200.jpg", "b.jpg", "b-150x150.jpg")
    found = load(root)
    assert found.X[:, 0, 0].tolist() == [0, 30]
    assert said(found, "3 images", "a-150x150.jpg", "a.jpg", "--as images")
    assert len(load(root, layout="images")) == 5


def test_sizes_in_names_without_an_original_are_names(make, said) -> None:
    assert len(load(make("a-150x150.jpg", "b-150x150.jpg", "b-300x200.jpg"))) == 3


def test_thumbs_of_hands_are_a_class(make) -> None:
    assert load(make("thumbs/a.jpg", "fists/b.jpg")).names == ("fists", "thumbs")


def test_dogs_and_cats_in_one_folder_have_no_classes_but_a_test_part(make) -> None:
    root = make("train/cat.0.jpg", "train/dog.0.jpg", "test1/1.jpg", "test1/2.jpg")
    found = load(root)
    assert found.y is None
    assert len(found) == 2
    assert len(load(root, "test")) == 2


def test_tests_of_ten_people_are_classes(make) -> None:
    found = load(make("person1/a.png", "person2/a.png", "test1/a.png"))
    assert found.names == ("person1", "person2", "test1")


def test_bottles_of_mvtec_have_parts_and_masks(make, said) -> None:
    root = make(
        "bottle/train/good/000.png",
        "bottle/train/good/001.png",
        "bottle/test/good/000.png",
        "bottle/test/broken_large/000.png",
        "bottle/ground_truth/broken_large/000_mask.png",
    )
    assert load(root).X[:, 0, 0].tolist() == [0, 10]
    found = load(root, "test")
    assert sorted(found.X[:, 0, 0].tolist()) == [20, 30]
    assert sorted(np.array(found.names)[found.y]) == ["broken_large", "good"]
    assert said(found, "ground_truth") or said(found, "mask")


def test_breast_ultrasound_of_kaggle_has_masks_of_several_numbers(make, said) -> None:
    root = make(
        "benign/benign (1).png",
        "benign/benign (1)_mask.png",
        "benign/benign (1)_mask_1.png",
        "normal/normal (1).png",
        "normal/normal (1)_mask.png",
    )
    found = load(root)
    assert found.X[:, 0, 0].tolist() == [0, 30]
    assert found.names == ("benign", "normal")
    assert said(found, "mask", "--as images")


def test_pets_of_oxford_have_trimaps(make, said) -> None:
    found = load(
        make(
            "images/a_1.jpg",
            "images/b_1.jpg",
            "annotations/trimaps/a_1.png",
            "annotations/trimaps/b_1.png",
            "annotations/list.txt",
        )
    )
    assert found.X[:, 0, 0].tolist() == [0, 10]
    assert said(found, "--as images")


def test_images_of_yolo_have_parts(make) -> None:
    root = make(
        "images/train/1.jpg",
        "images/train/2.jpg",
        "images/val/3.jpg",
        "labels/train/1.txt",
        "labels/val/3.txt",
        "data.yaml",
    )
    assert len(load(root)) == 2
    assert len(load(root, "test")) == 1
    assert load(root).y is None


def test_chests_of_kaggle_with_a_copy_made_by_a_mac(make, said) -> None:
    kinds = [
        f"{part}/{kind}" for part in ("train", "test", "val") for kind in ("NORMAL", "PNEUMONIA")
    ]
    root = make(
        *(f"chest_xray/{kind}/1.jpg" for kind in kinds),
        *(f"__MACOSX/chest_xray/{kind}/._1.jpg" for kind in kinds),
    )
    found = load(root)
    assert found.names == ("NORMAL", "PNEUMONIA")
    assert len(found) == 4
    assert len(load(root, "test")) == 2


def test_faces_with_a_public_and_a_private_test_have_two_parts(make) -> None:
    parts = ("Training", "PublicTest", "PrivateTest")
    root = make(*(f"{part}/{kind}/1.png" for part in parts for kind in ("happy", "sad")))
    assert load(root).X[:, 0, 0].tolist() == [0, 10]
    assert len(load(root, "test")) == 4
    assert load(root).names == ("happy", "sad")


def test_public_places_are_no_part(make) -> None:
    assert load(make("public/1.png", "private/2.png")).names == ("private", "public")


def test_folds_that_hold_the_same_classes_are_said(make, said) -> None:
    found = load(make(*(f"fold{k}/{kind}/1.png" for k in (1, 2) for kind in ("dog", "cat"))))
    assert said(found, "fold1", "cat")


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tgz", "x.rar", "x.7z"])
def test_packed_folders_are_refused_with_the_way_out(tmp_path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\3\4" if name == "x.zip" else b"\x1f\x8b\x08 whatever")
    with pytest.raises(DataError, match="npack"):
        load(tmp_path / name)


def test_a_folder_of_arrays_of_one_sample_each_is_refused_with_the_way_out(tmp_path) -> None:
    for row in range(3):
        np.save(tmp_path / f"{row:03d}.npy", np.zeros((8, 8)))
    with pytest.raises(DataError, match=r"np\.stack|\.npy"):
        load(tmp_path)


def test_a_folder_of_tables_is_refused_with_the_way_out(tmp_path) -> None:
    for day in ("mon", "tue"):
        (tmp_path / f"{day}.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DataError, match="name the file itself"):
        load(tmp_path)


def test_photos_under_endings_of_another_kind_are_read(make) -> None:
    root = make("a.png", "b.png")
    (root / "b.png").rename(root / "b.jpg")
    assert load(root).X[:, 0, 0].tolist() == [0, 10]


def test_scans_without_endings_are_refused_by_name(make) -> None:
    with pytest.raises(DataError, match=r"holds no images.*'IM0001'"):
        load(make("IM0001", "IM0002"))


def test_sets_of_two_styles_have_parts_that_are_said(make, said) -> None:
    found = load(make(*(f"{name}/1.png" for name in ("trainA", "trainB", "testA", "testB"))))
    assert said(found, "trainA", "parts of several sets", "by itself")


def test_trains_and_tests_are_classes_without_a_word(make) -> None:
    assert load(make("trains/1.png", "tests/1.png")).notes == ()


def test_unlabeled_images_beside_training_images_are_said(make, said) -> None:
    found = load(make("train/cat/1.png", "train/dog/1.png", "unlabeled/1.png"))
    assert said(found, "unlabeled", "to have parts")


@pytest.mark.parametrize(
    "names",
    [
        ("100CANON", "101CANON"),
        ("2023", "2024"),
        ("2023-12-24", "2024-01-01 Oslo"),
        ("202312", "202401"),
    ],
)
def test_folders_of_a_camera_or_of_days_are_hardly_classes(make, said, names) -> None:
    found = load(make(*(f"{name}/1.jpg" for name in names)))
    assert said(found, names[0], "into one folder")


@pytest.mark.parametrize("names", [("0", "1"), ("n01440764", "n02102040"), ("2023", "cat")])
def test_other_folders_with_numbers_are_classes(make, names) -> None:
    found = load(make(*(f"{name}/1.jpg" for name in names)))
    assert found.names == names
    assert found.notes == ()


def test_images_that_each_have_a_label_by_their_name(make, said) -> None:
    found = load(make("a.png", "a_label.png", "b.png", "b_label.png"))
    assert found.X[:, 0, 0].tolist() == [0, 20]
    assert said(found, "masks", "a_label.png", "--as images")


def test_a_bottle_with_a_label_is_no_mask(make) -> None:
    assert len(load(make("bottle.png", "bottle_label.png", "jar.png"))) == 3
