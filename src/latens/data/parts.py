"""The parts that people divide data into: how they call them, and which part of the split each counts as."""

import re
from collections.abc import Collection

__all__ = ["counts_as", "part_called"]

_PARTS = {
    "train": ("train", "training", "trn", "learn", "fit"),
    "test": ("test", "testing", "tst", "holdout", "heldout"),
    "validation": (
        "val",
        "valid",
        "validation",
        "validate",
        "eval",
        "evaluation",
        "dev",
        "development",
    ),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}
# What stands beside the name of a part: "training_set", "test images", "train2017", "PublicTest".
_FILLERS = (
    *("dataset", "data", "sets", "set", "images", "image", "imgs", "img", "split", "samples"),
    *("public", "private"),
)


def part_called(name: str) -> str | None:
    """Return the part that a folder or an array is called by: "train", "test", "validation" or None.

    Examples
    --------
    >>> part_called("training_set"), part_called("val2017"), part_called("trains")
    ('train', 'validation', None)
    """
    word = re.sub(r"[^a-z]", "", name.lower())
    if word in _PART_OF:
        return _PART_OF[word]
    for filler in _FILLERS:
        bare = word.removesuffix(filler) if word.endswith(filler) else word.removeprefix(filler)
        if bare != word and bare in _PART_OF:
            return _PART_OF[bare]
    return None


def counts_as(part: str | None, parts: Collection[str]) -> str | None:
    """Return the part of the split that a part counts as, beside others that are there.

    Validation samples are training samples where there are test samples, and else the test samples.

    Examples
    --------
    >>> counts_as("validation", {"train", "test"}), counts_as("validation", {"train"})
    ('train', 'test')
    """
    if part == "validation":
        return "train" if "test" in parts else "test"
    return part
