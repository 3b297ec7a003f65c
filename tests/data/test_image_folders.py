"""Folders of images as people have them."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.data import load
from latens.exceptions import DataError, ParameterError

RNG = np.random.default_rng(0)


def noise(height: int, width: int, *channels: int) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, *channels), dtype=np.uint8)


def test_a_flat_folder_comes_in_natural_order(tmp_path: Path, save_image) -> None:
    images = {f"img{number}.png": noise(8, 8) for number in (10, 9, 2, 1, 100)}
    for name, pixels in images.items():
        save_image(tmp_path / name, pixels)
    dataset = load(tmp_path)
    assert dataset.item_names == ("img1.png", "img2.png", "img9.png", "img10.png", "img100.png")
    np.testing.assert_array_equal(dataset.X, [images[name] for name in dataset.item_names])
    assert dataset.X.dtype == np.uint8
    assert dataset.y is None
    assert dataset.names is None
    assert dataset.notes == ()
    assert (dataset.name, dataset.source) == (tmp_path.name, str(tmp_path))


def test_first_sub_folders_are_labels_at_any_depth(tmp_path: Path, save_image) -> None:
    for name in ("dog/a.png", "cat/deep/er/b.png", "cat/c.png", "class10/d.png", "class9/e.png"):
        save_image(tmp_path / name, noise(4, 4))
    dataset = load(tmp_path)
    assert dataset.names == ("cat", "class9", "class10", "dog")
    assert [dataset.names[code] for code in dataset.y] == [
        name.partition("/")[0] for name in dataset.item_names
    ]


@pytest.mark.parametrize(
    "names", [("only/a.png", "only/b.png"), ("cat/a.png", "dog/b.png", "c.png")]
)
def test_one_sub_folder_or_stray_images_make_no_labels(
    tmp_path: Path, save_image, names: tuple[str, ...]
) -> None:
    for name in names:
        save_image(tmp_path / name, noise(4, 4))
    dataset = load(tmp_path)
    assert dataset.y is None
    assert len(dataset) == len(names)


def test_train_and_test_folders_are_a_split_and_no_labels(tmp_path: Path, save_image) -> None:
    train_names = ("train/cat/1.png", "train/dog/2.png", "train/dog/3.png")
    test_names = ("test/owl/4.png", "test/owl/5.png")
    for name in (*train_names, *test_names):
        save_image(tmp_path / name, noise(4, 4))
    train, test, both = (load(tmp_path, split) for split in ("train", "test", "all"))
    assert train.item_names == train_names
    assert test.item_names == test_names
    assert both.item_names == (*train_names, *test_names)
    assert train.names == test.names == ("cat", "dog", "owl")
    assert (train.y.tolist(), test.y.tolist()) == ([0, 1, 1], [2, 2])
    assert train.has_split


def test_both_parts_have_one_size_and_one_kind_of_colors(tmp_path: Path, save_image) -> None:
    for number in range(3):
        save_image(tmp_path / f"train/{number}.png", noise(6, 4, 3) if number else noise(8, 8))
        save_image(tmp_path / f"test/{number}.png", noise(4, 4))
    train, test = (load(tmp_path, split).X for split in ("train", "test"))
    assert train.shape == test.shape
    assert train.shape[3:] == (3,)


def test_validation_images_test_where_nothing_else_does(tmp_path: Path, save_image) -> None:
    for part in ("train", "val"):
        for number in range(3):
            save_image(tmp_path / part / f"{number}.png", noise(4, 4))
    assert load(tmp_path, "test").item_names == ("val/0.png", "val/1.png", "val/2.png")
    save_image(tmp_path / "test" / "a.png", noise(4, 4))
    save_image(tmp_path / "test" / "b.png", noise(4, 4))
    train = load(tmp_path, "train")
    assert len(train) == 6
    assert train.notes == ("The validation images count as training images.",)
    assert len(load(tmp_path, "test")) == 2


def test_grey_stays_grey_and_one_color_image_makes_all_rgb(tmp_path: Path, save_image) -> None:
    grey = noise(4, 6)
    save_image(tmp_path / "a.png", grey)
    save_image(tmp_path / "b.png", noise(4, 6))
    assert load(tmp_path).X.shape == (2, 4, 6)
    save_image(tmp_path / "c.png", noise(4, 6, 3))
    dataset = load(tmp_path)
    assert dataset.X.shape == (3, 4, 6, 3)
    np.testing.assert_array_equal(dataset.X[0], np.dstack([grey] * 3))
    assert dataset.notes == ("2 grey images beside images in color were made RGB.",)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(96, 50), (96, 50)], (96, 50)),
        ([(97, 97), (97, 97)], (64, 64)),
        ([(200, 100), (200, 100)], (64, 32)),
        ([(100, 50), (100, 100), (50, 100)], (64, 64)),
        ([(300, 400), (30, 40), (10, 500)], (48, 64)),
        ([(8, 8), (10, 10)], (10, 10)),
        ([(1, 3000), (1, 2000)], (1, 64)),
    ],
)
def test_the_size_rule(
    tmp_path: Path, save_image, sizes: list[tuple[int, int]], expected: tuple[int, int]
) -> None:
    for number, size in enumerate(sizes):
        save_image(tmp_path / f"{number}.png", noise(*size))
    dataset = load(tmp_path)
    assert dataset.X.shape[1:] == expected
    assert bool(dataset.notes) == any(size != expected for size in sizes)


def test_resizing_is_said(tmp_path: Path, save_image) -> None:
    save_image(tmp_path / "a.png", noise(10, 10))
    save_image(tmp_path / "b.png", noise(64, 48))
    save_image(tmp_path / "c.png", noise(64, 48))
    notes = load(tmp_path, image_size=(64, 48)).notes
    assert notes == (
        "1 images of different sizes were resized to 64 x 48 pixels (height x width).",
    )


@pytest.mark.parametrize(
    ("image_size", "expected"), [(5, (5, 5)), ((3, 7), (3, 7)), ([2, 2], (2, 2))]
)
def test_a_size_can_be_asked_for(tmp_path: Path, save_image, image_size, expected) -> None:
    for name in "ab":
        save_image(tmp_path / f"{name}.png", noise(20, 20, 3))
    assert load(tmp_path, image_size=image_size).X.shape == (2, *expected, 3)


@pytest.mark.parametrize("image_size", [0, -3, 4097, 2.5, "64", (3,), (3, 4, 5), (0, 3), True])
def test_impossible_sizes_are_refused(tmp_path: Path, save_image, image_size) -> None:
    save_image(tmp_path / "a.png", noise(4, 4))
    with pytest.raises(
        ParameterError, match="'image_size' parameter of load must be None, an integer"
    ):
        load(tmp_path, image_size=image_size)


def test_images_of_sixteen_bits_stay_as_they_are(tmp_path: Path, save_image) -> None:
    for number, value in enumerate((4095, 7)):
        save_image(tmp_path / f"{number}.png", np.full((4, 4), value, np.uint16))
    dataset = load(tmp_path)
    assert dataset.X.dtype == np.uint16
    assert dataset.X[:, 0, 0].tolist() == [4095, 7]
    assert load(tmp_path, image_size=2).X.tolist() == [[[4095] * 2] * 2, [[7] * 2] * 2]


def test_twelve_bits_in_sixteen_beside_bytes_are_scaled_by_what_is_used(
    tmp_path: Path, save_image
) -> None:
    save_image(tmp_path / "a.png", np.full((4, 4), 4095, np.uint16))
    save_image(tmp_path / "b.png", np.full((4, 4), 2048, np.uint16))
    save_image(tmp_path / "c.png", np.full((4, 4), 9, np.uint8))
    dataset = load(tmp_path)
    assert dataset.X[:, 0, 0].tolist() == [255, 128, 9]
    assert dataset.notes == ("2 images of 16 bits were scaled from 0..4095 to 0..255.",)
    save_image(tmp_path / "d.png", noise(4, 4, 3))
    assert load(tmp_path).X[:3, 0, 0].tolist() == [[255] * 3, [128] * 3, [9] * 3]


def test_frames_are_said(tmp_path: Path, save_image) -> None:
    frames = [Image.fromarray(np.full((4, 4), value, np.uint8)) for value in (50, 100)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    save_image(tmp_path / "b.png", noise(4, 4))
    notes = load(tmp_path).notes
    assert notes == ("Of 1 images with several frames the first frame was taken.",)


def test_hidden_files_are_passed_over_and_others_are_said(tmp_path: Path, save_image) -> None:
    for name in ("a.png", "b.PNG", ".hidden.png", ".git/c.png", "sub/._d.png"):
        save_image(tmp_path / name, noise(4, 4), format="png")
    (tmp_path / "readme.txt").touch()
    (tmp_path / ".DS_Store").touch()
    dataset = load(tmp_path)
    assert dataset.item_names == ("a.png", "b.PNG")
    assert dataset.notes == (
        "1 files that are no images (1 txt) were left out, such as 'readme.txt'.",
    )


def test_file_names_of_the_world(tmp_path: Path, save_image) -> None:
    names = ("Äpfel und Öl.png", "日本語/写真 1.png", "'quoted' \"and\" more.png", "new\nline.png")
    for name in names:
        save_image(tmp_path / name, noise(4, 4))
    odd = os.fsencode(tmp_path) + b"/latin-\xe9.png"
    Path(os.fsdecode(odd)).write_bytes((tmp_path / names[0]).read_bytes())
    dataset = load(tmp_path)
    assert set(names) < set(dataset.item_names)
    for name in dataset.item_names:
        name.encode()  # can be shown and stored


def test_links_are_followed_but_not_round_and_round(tmp_path: Path, save_image) -> None:
    save_image(tmp_path / "elsewhere" / "a.png", noise(4, 4))
    save_image(tmp_path / "images" / "b.png", noise(4, 4))
    (tmp_path / "images" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "images" / "loop").symlink_to(tmp_path / "images")
    assert load(tmp_path / "images").item_names == ("b.png", "link/a.png")


def test_broken_images_are_one_error_that_names_them(tmp_path: Path, save_image) -> None:
    for number in range(5):
        save_image(tmp_path / f"good{number}.png", noise(64, 64))
    (tmp_path / "bad1.png").write_text("no image")
    whole = (tmp_path / "good0.png").read_bytes()
    with pytest.raises(DataError) as caught:
        load(tmp_path, strict=True)
    assert str(caught.value) == (
        f"1 of 6 images in '{tmp_path}' cannot be read, first 'bad1.png': "
        "its content is no image of a known kind. Repair or remove them."
    )
    (tmp_path / "bad1.png").unlink()
    for number in range(5):
        (tmp_path / f"cut{number}.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(
        DataError, match=r"5 of 10 .* first 'cut0.png': .*also 'cut1.png'.*, \.\.\."
    ):
        load(tmp_path, strict=True)


def test_a_bomb_among_images_is_refused_without_a_warning(tmp_path: Path, save_image) -> None:
    save_image(tmp_path / "a.png", noise(4, 4))
    Image.new("1", (10_000, 10_000)).save(tmp_path / "bomb.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb2.png")
    with pytest.raises(DataError, match=r"2 of 3 .*'bomb.png': it has 10000 x 10000 pixels"):
        load(tmp_path, strict=True)
    assert load(tmp_path).item_names == ("a.png",)


def test_empty_folders_and_folders_of_other_things(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is empty. Expected images"):
        load(tmp_path)
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"no images .* such as 'table.csv'. To load a single file"):
        load(tmp_path)


@pytest.mark.parametrize("pixels", [noise(4, 6), noise(4, 6, 3), noise(4, 6).astype(np.uint16)])
def test_a_single_image_is_what_it_is_in_its_folder(tmp_path: Path, save_image, pixels) -> None:
    path = save_image(tmp_path / "a.png", pixels)
    for settings in ({}, {"image_size": 8}):
        alone, folder = load(path, **settings), load(tmp_path, **settings)
        np.testing.assert_array_equal(alone.X, folder.X)
        assert alone.X.dtype == folder.X.dtype
        assert alone.item_names == folder.item_names == ("a.png",)
    with pytest.raises(ParameterError, match="'label_column' parameter"):
        load(path, label_column="x")
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"'a\.png': its content is no image"):
        load(path)


def test_progress_counts_to_the_end(tmp_path: Path, save_image) -> None:
    for number in range(7):
        save_image(tmp_path / f"{number}.png", noise(4, 4))
    seen = []
    load(tmp_path, progress=lambda *step: seen.append(step))
    assert seen == [
        (task, done, 7) for task in ("opening images", "reading images") for done in range(1, 8)
    ]


def test_an_interruption_ends_the_reading(tmp_path: Path, save_image) -> None:
    for number in range(50):
        save_image(tmp_path / f"{number}.png", noise(4, 4))

    def interrupt(task: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(tmp_path, progress=interrupt)


def test_real_photographs(real_data) -> None:
    dataset = load(real_data("denoise") / "BSD68")
    assert dataset.X.shape == (68, 43, 64)
    assert 90 < dataset.X.mean() < 130
    assert dataset.item_names[0] == "test001.png"
