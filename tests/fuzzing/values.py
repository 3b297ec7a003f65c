"""Values that programs stumble over."""

from random import Random
from typing import Any

__all__ = ["FLOATS", "INTEGERS", "TEXTS", "TRAPS", "any_value", "nested"]

INTEGERS = (
    *(0, 1, -1, 2, 3, 7, 8, 15, 16, 100, 127, 128, 255, 256, 1000),
    *(2**15 - 1, 2**15, 2**16 - 1, 2**16, 10**6, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**32),
    *(2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**12, 10**30),
    *(-2, -128, -(2**15), -(2**31), -(2**63), -(10**30)),
)
FLOATS = (
    *(0.5, -0.0, 1e-300, 1e-45, 5e-324, 1e15, 1e38, 3.5e38, 1e300, -1e308, 1.0000001),
    *(float("nan"), float("inf"), float("-inf")),
)
# Modules that nothing may import because a file names them: one with an effect, one that is not there,
# one of Python that nobody uses, and classes that are loaded already and do something when they are made.
TRAPS = (
    "fuzz_trap:Trap",
    "fuzz_trap",
    "fuzz_missing.module:Class",
    "antigravity:fly",
    "subprocess:Popen",
    "os:system",
    "builtins:eval",
    "latens.models:VAE",
    "latens.fuzz_missing:Class",
    "torch.nn:Linear",
    ":",
    "a:b:c",
    ".relative:Class",
)
TEXTS = (
    "",
    " ",
    "x",
    "nan",
    "inf",
    "-1",
    "1e999",
    "None",
    "null",
    "true",
    "../../../etc/passwd",
    "/etc/passwd",
    "/dev/zero",
    "..",
    ".",
    "a/b",
    "a\\b",
    "~",
    "$HOME",
    "%s%n",
    "{0}",
    "<script>alert(1)</script>",
    "'\"`;",
    "a\nb",
    "a\rb\tc",
    "a\x00b",
    "\x1b[31mred",
    "\ufeff",
    "\u202egnp",
    "\ud800",
    "\U0001f600",
    "é" * 50,
    "x" * 300,
    "x" * 10_000,
    "__class__",
    "__proto__",
    "constructor",
    "[bold]",
    "=1+1",
)


def any_value(rng: Random) -> Any:
    """Something of any type that JSON has."""
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(INTEGERS)
    if draw < 0.45:
        return rng.choice(FLOATS)
    if draw < 0.65:
        return rng.choice(TEXTS)
    if draw < 0.7:
        return rng.choice(TRAPS)
    if draw < 0.8:
        return rng.choice((None, True, False))
    if draw < 0.95:
        return rng.choice(([], {}, [[]], [None], [1, 2], [1.5, "x"], {"a": 1}, {"class": "MLP"}))
    return rng.choice((nested(30), nested(200), ["x"] * 5000, list(range(5000))))


def nested(depth: int) -> Any:
    """Lists in lists."""
    inside: Any = []
    for _ in range(depth):
        inside = [inside]
    return inside
