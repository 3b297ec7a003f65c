"""The reading of saved things: facts of checked types, finite tensors, one line for whatever goes wrong."""

import os

import numpy as np
import pytest
from safetensors.numpy import save_file

import latens
from latens import _memory
from latens._json_records import Count, Facts, Finite, facts_from
from latens._saved import SavedKind, check_shapes, read_tensors, text_array
from latens.exceptions import MissingDependencyError, ModelError, ParameterError

KIND = SavedKind("toy", "x.safetensors")


class Toy(Facts):
    size: Count
    share: Finite
    names: list[str] | None = None


@pytest.fixture
def toy(tmp_path):
    """A folder as `writing` leaves it."""
    path = tmp_path / "toy"
    with KIND.writing(path, {"size": 3, "share": 0.5, "more": None}, overwrite=False) as folder:
        save_file({"x": np.arange(3.0)}, folder / "x.safetensors")
    return path


class Fitted:
    """A thing with a scalar, an array in another order of memory and a part."""

    def facts(self):
        return {"size": 3, "share": 0.5}

    def tensors(self):
        return {"scalar": np.array(2.5), "turned": np.arange(6.0).reshape(2, 3).T}

    def save(self, path):
        return KIND.write(self, path, overwrite=False)


def test_a_thing_and_its_parts_are_written_as_they_are(tmp_path):
    path = KIND.write(Fitted(), tmp_path / "whole", overwrite=False, parts={"part": Fitted()})
    for folder in (path, path / "part"):
        with reading(folder) as saved:
            assert saved.facts == Toy(size=3, share=0.5)
            assert saved.tensors["scalar"].shape == ()
            np.testing.assert_array_equal(saved.tensors["turned"], Fitted().tensors()["turned"])
    assert f'"latens": "{latens.__version__}"' in (path / "toy.json").read_text()


def reading(path):
    return KIND.reading(path, Toy)


def test_what_was_written_comes_back(toy):
    with reading(toy) as saved:
        assert saved.facts == Toy(size=3, share=0.5)
        assert saved.tensors["x"].tolist() == [0, 1, 2]
        assert saved.path == toy


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("votes"), "'votes' is missing"),
        (AssertionError(), "AssertionError"),
        (RecursionError("maximum\nrecursion"), "maximum recursion"),
        (MemoryError(), "MemoryError"),
        (ParameterError("It must be one. Got 2 instead."), r"Got 2 instead\.$"),
        (ValueError("x" * 10_000), r"x{200}\.\.\.|x{200}\.$"),
        (OSError("gone"), "gone"),
    ],
)
def test_whatever_goes_wrong_inside_says_that_it_is_damaged(toy, error, words):
    with (
        pytest.raises(ModelError, match=f"^The toy '.*' is damaged or incomplete: .*{words}") as e,
        reading(toy),
    ):
        raise error
    assert "\n" not in str(e.value)
    assert e.value.__cause__ is error


@pytest.mark.parametrize("error", [ModelError("Pass it."), MissingDependencyError("Install it.")])
def test_errors_that_say_what_to_do_stay_as_they_are(toy, error):
    with pytest.raises(type(error), match=str(error)), reading(toy):
        raise error


@pytest.mark.parametrize(
    "text",
    [
        '{"size": 3.0, "share": 0.5}',
        '{"size": true, "share": 0.5}',
        '{"size": "3", "share": 0.5}',
        '{"size": 0, "share": 0.5}',
        '{"size": 3, "share": NaN}',
        '{"size": 3, "share": 1e999}',
        '{"size": 3, "share": 0.5, "names": "abc"}',
        '{"size": 3, "share": 0.5, "names": [1]}',
        '{"size": 3}',
    ],
)
def test_facts_have_the_types_that_they_are_declared_with(text):
    with pytest.raises(ValueError, match=r"^(size|share|names)") as error:
        facts_from(text, Toy)
    assert "\n" not in str(error.value)


def test_a_float_may_be_written_as_an_integer():
    assert facts_from('{"size": 3, "share": 1}', Toy).share == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is not JSON"),
        (b"[1]", "is not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"size": 1, "size": 2}', "names 'size' twice"),
        (b'{"format": "latens toy", "version": "' + b"9" * 100_000 + b'"}', "format version 9"),
        (b'{"format": ["latens toy"]}', "another format"),
        (b'{"format": "latens toy", "version": 1, "size": 1e400}', "size"),
    ],
)
def test_a_description_may_be_anything(toy, text, words):
    (toy / "toy.json").write_bytes(text)
    with pytest.raises(ModelError, match=words) as error, reading(toy):
        pass
    assert len(str(error.value)) < 500


def test_a_description_that_does_not_fit_is_not_read(toy, monkeypatch):
    monkeypatch.setattr(_memory, "available_memory", lambda: 2**20)
    (toy / "toy.json").write_text("[" + "0," * 200_000 + "0]")
    with pytest.raises(ModelError, match="more than half"), reading(toy):
        pass


def test_tensors_are_finite_numbers_in_a_file(tmp_path):
    file = tmp_path / "x.safetensors"
    for values in (np.array([1.0, np.nan]), np.array([np.inf], dtype=np.float32)):
        save_file({"x": values}, file)
        with pytest.raises(ValueError, match=r"'x' of x\.safetensors"):
            read_tensors(file)
    with pytest.raises(ValueError, match="is missing"):
        read_tensors(tmp_path / "y.safetensors")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is missing"):
        read_tensors(tmp_path / "pipe")


def test_shapes_are_held_against_what_they_must_be():
    tensors = {"a": np.zeros((2, 3)), "b": np.zeros(3)}
    check_shapes(tensors, {"a": (None, 3), "b": (3,)})
    for shapes in (
        {"a": (None, 3)},
        {"a": (None, 3), "b": (3,), "c": ()},
        {"a": (None, 2), "b": (3,)},
        {"a": (6,), "b": (3,)},
        {"a": (2, 3, None), "b": (3,)},
    ):
        with pytest.raises(ValueError, match="the tensor"):
            check_shapes(tensors, shapes)
    for wrong in (np.zeros((0, 3)), np.zeros((2, 3), np.int64), np.zeros((2, 3), np.float16)):
        with pytest.raises(ValueError, match="the tensor 'a' is"):
            check_shapes({"a": wrong}, {"a": (None, 3)})


def test_one_long_name_does_not_make_all_of_them_long():
    assert text_array(["ab", "c"], stored=10).tolist() == ["ab", "c"]
    with pytest.raises(ModelError, match="names would"):
        text_array(["x" * 50_000, *map(str, range(50_000))], stored=400_000)
