"""The bytes of an exploration, read back by their own description."""

import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from latens.explorer.exploration import Codes, Column, Exploration, Map
from latens.explorer.packing import pack_exploration

TYPES = {
    "i8": np.int8,
    "u8": np.uint8,
    "u16": np.uint16,
    "i32": np.int32,
    "f32": np.float32,
    "f64": np.float64,
}


def unpacked(content):
    """The head, and a function that gives a block."""
    (length,) = struct.unpack_from("<I", content)
    head = json.loads(content[4 : 4 + length])

    def block(about):
        start = 4 + length + about["at"]
        assert start % 8 == 0, "typed arrays in the page need aligned blocks"
        return np.frombuffer(content, TYPES[about["type"]], about["length"], start)

    return head, block


@pytest.fixture
def exploration(rng):
    places = rng.normal(size=(30, 2)).astype(np.float32)
    names = ('</script>"', "x" * 5_000, "\ud800")
    return Exploration(
        "a name\ud800",
        np.arange(100, 130),
        (Map("raw", places), Map("flat", np.zeros((30, 2)))),
        (
            Column("label", np.arange(30) % 3, names, "label"),
            Column("error", np.where(np.arange(30) % 2, np.nan, 0.5)),
        ),
        (Codes("model", 1e3 * rng.normal(size=(30, 5)), None, "why not"),),
        rng.integers(0, 255, (30, 8, 8), dtype=np.uint8),
        (8, 8),
    )


def test_numbers_come_back_to_a_step_of_their_range(exploration):
    head, block = unpacked(pack_exploration(exploration, most_pixels=10**6))
    np.testing.assert_array_equal(block(head["rows"]), exploration.rows)
    for about, values in [
        (head["maps"][0]["places"], exploration.maps[0].places),
        (head["maps"][1]["places"], exploration.maps[1].places),
        (head["codes"][0]["values"], exploration.codes[0].values),
    ]:
        steps = block(about["block"]).reshape(values.shape)
        back = np.array(about["low"]) + steps * np.array(about["step"])
        assert np.all(np.abs(back - values) <= np.ptp(values, axis=0) / 65_535)


def test_columns_come_back(exploration):
    head, block = unpacked(pack_exploration(exploration, most_pixels=10**6))
    label, error = head["columns"]
    np.testing.assert_array_equal(block(label["values"]), np.arange(30) % 3)
    assert [len(name) for name in label["names"]] == [10, 1_000, 1]
    assert np.isnan(block(error["values"])).sum() == 15


def test_a_sheet_comes_back_as_a_picture(exploration):
    head, block = unpacked(pack_exploration(exploration, most_pixels=10**6))
    (file,) = head["thumbnails"]["files"]
    assert block(file).tobytes()[8:12] == b"WEBP"


def test_row_numbers_beyond_single_precision_come_back(exploration):
    rows = 2**24 + np.arange(30)
    columns = (Column("row", rows.astype(np.float64), role="row"),)
    content = pack_exploration(replace(exploration, columns=columns, rows=rows), most_pixels=10**6)
    head, block = unpacked(content)
    np.testing.assert_array_equal(block(head["columns"][0]["values"]), rows)


def test_the_users_numbers_come_back_as_they_were_written(exploration):
    values = {"price": [12.35, np.nan, 7.1] * 10, "id": [2**30 + 1.0] * 30, "n": [1.0, 2, 3] * 10}
    own = [Column(name, np.array(one), role="own", kind="number") for name, one in values.items()]
    when = Column(
        "when", np.arange(30) % 2, ("2024", "2025"), "own", "date", np.array([1.0, np.nan])
    )
    packed = pack_exploration(replace(exploration, columns=(*own, when)), most_pixels=10)
    head, block = unpacked(packed)
    for column, about in zip(own, head["columns"], strict=False):
        assert about["role"] == "own"
        assert about["kind"] == "number"
        np.testing.assert_array_equal(block(about["values"]), column.values)
    # What single precision holds takes half of the room.
    assert [about["values"]["type"] for about in head["columns"]] == ["f64", "f64", "f32", "i32"]
    np.testing.assert_array_equal(block(head["columns"][3]["meanings"]), when.meanings)
