"""Changes to the bytes of a valid file, blind to what they mean."""

from collections.abc import Callable, Sequence
from random import Random

from values import INTEGERS

__all__ = ["Mutation", "mutated", "plain", "several"]

Mutation = Callable[[Random, bytes], bytes]

# An input stays below a megabyte.
MOST_BYTES = 900_000


def several(rng: Random, content: bytes, mutations: Sequence[Mutation]) -> bytes:
    """Some of the mutations, one after the other: mostly one, so that what is wrong is a single thing."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = mutated(rng, content, mutations)
    return content


def mutated(rng: Random, content: bytes, mutations: Sequence[Mutation]) -> bytes:
    """One mutation; a blind one where that one finds nothing to change."""
    try:
        return rng.choice(mutations)(rng, content)
    except Exception:  # noqa: BLE001 - an earlier mutation may have left anything
        return rng.choice(plain)(rng, content)


def _place(rng: Random, content: bytes) -> int:
    """Somewhere, and often near the ends, where headers and directories are."""
    near = rng.random()
    if near < 0.35:
        return rng.randrange(min(len(content), 200) + 1)
    if near < 0.5:
        return max(0, len(content) - rng.randrange(200))
    return rng.randrange(len(content) + 1)


def _flip_bits(rng: Random, content: bytes) -> bytes:
    changed = bytearray(content or b"\x00")
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = min(_place(rng, content), len(changed) - 1)
        changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _set_bytes(rng: Random, content: bytes) -> bytes:
    at, n = _place(rng, content), rng.choice((1, 1, 2, 4, 16, 100))
    filling = rng.choice((b"\x00" * n, b"\xff" * n, rng.randbytes(n), b"0" * n, b"\n" * n))
    return content[:at] + filling + content[at + n :]


def _set_integer(rng: Random, content: bytes) -> bytes:
    width = rng.choice((1, 2, 4, 8))
    order = rng.choice(("little", "big"))
    value = rng.choice(INTEGERS) % 256**width
    at = _place(rng, content)
    return content[:at] + value.to_bytes(width, order) + content[at + width :]


def _truncate(rng: Random, content: bytes) -> bytes:
    return content[: _place(rng, content)]


def _cut_out(rng: Random, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + content[at + rng.choice((1, 2, 8, 64, 500)) :]


def _insert(rng: Random, content: bytes) -> bytes:
    at, n = _place(rng, content), rng.choice((1, 1, 4, 50, 3000))
    filling = rng.choice((rng.randbytes(n), b"\x00" * n, b"9" * n, b"[" * n, b'"' * n))
    return content[:at] + filling + content[at:]


def _repeat_block(rng: Random, content: bytes) -> bytes:
    at, n = _place(rng, content), rng.choice((1, 4, 30, 400))
    block = content[at : at + n]
    times = min(rng.choice((1, 2, 10, 1000)), MOST_BYTES // max(1, len(block)))
    return content[:at] + block * times + content[at:]


def _swap_blocks(rng: Random, content: bytes) -> bytes:
    n = rng.choice((1, 4, 16, 100))
    one, other = sorted((_place(rng, content), _place(rng, content)))
    if other < one + n:
        return content[other:] + content[:other]
    between = content[one + n : other]
    return (
        content[:one]
        + content[other : other + n]
        + between
        + content[one : one + n]
        + content[other + n :]
    )


def _append(rng: Random, content: bytes) -> bytes:
    return content + rng.choice((b"\x00", b"\n", rng.randbytes(20), b"\x00" * 5000, content))


def _replace_all(rng: Random, content: bytes) -> bytes:
    other = (b"", b"\x00", b"\n", b"{}", b"[]", b"null", b"0", rng.randbytes(300), b"\x00" * 10_000)
    return rng.choice(other)


# The last ones rarely: what is left of the file says little.
_COMMON = (_flip_bits, _set_bytes, _set_integer, _truncate, _cut_out, _insert, _repeat_block)
plain: tuple[Mutation, ...] = (*_COMMON, *_COMMON, *_COMMON, _swap_blocks, _append, _replace_all)
