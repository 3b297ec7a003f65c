"""Changes to the tensors of safetensors files, and to what the header says of them."""

import json
import math
from random import Random
from typing import Any

import numpy as np
from arrays import changed_array
from documents import changed_tree
from mutations import MOST_BYTES, Mutation
from values import INTEGERS, TEXTS

__all__ = ["safetensors_mutations"]


def _tensors(content: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def _with_header(header: Any, body: bytes) -> bytes:
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def _packed(parts: dict[str, tuple[dict[str, Any], bytes]], metadata: Any) -> bytes:
    """Tensors one behind the other, with offsets that fit."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    body = b""
    for name, (about, content) in parts.items():
        offsets = [len(body), len(body) + len(content)]
        header[name] = {"dtype": about["dtype"], "shape": about["shape"], "data_offsets": offsets}
        body += content
    return _with_header(header, body)


_NUMPY = {
    "F32": "<f4",
    "F64": "<f8",
    "I64": "<i8",
    "I32": "<i4",
    "U8": "|u1",
    "BOOL": "|b1",
    "F16": "<f2",
}
_CODES = {np.dtype(name): code for code, name in _NUMPY.items()}


def _change_tensor(rng: Random, content: bytes) -> bytes:
    """A file that is sound, with another tensor than was saved."""
    header, body = _tensors(content)
    metadata = header.pop("__metadata__", None)
    parts = {name: (about, body[slice(*about["data_offsets"])]) for name, about in header.items()}
    for _ in range(rng.choice((1, 1, 1, 3))):
        name = rng.choice(list(parts))
        rng.choice(_TENSOR_CHANGES)(rng, parts, name)
    return _packed(parts, metadata)


def _tensor_values(rng: Random, parts: Any, name: str) -> None:
    about, content = parts[name]
    array = np.frombuffer(content, _NUMPY[about["dtype"]]).reshape(about["shape"])
    changed = np.ascontiguousarray(changed_array(rng, array))
    if changed.dtype not in _CODES or changed.nbytes > MOST_BYTES:
        changed = np.zeros_like(array)
    parts[name] = (
        {"dtype": _CODES[changed.dtype], "shape": list(changed.shape)},
        changed.tobytes(),
    )


def _tensor_type(rng: Random, parts: Any, name: str) -> None:
    """The same bytes as another type of the same width, or another shape of the same size."""
    about, content = parts[name]
    shape = about["shape"]
    same = {"F32": ("I32", "U32"), "F64": ("I64", "U64"), "I64": ("F64",)}.get(
        about["dtype"], ("U8",)
    )
    other = rng.choice((shape[::-1], [math.prod(shape)], [1, *shape], [*shape, 1]))
    if rng.random() < 0.5:
        parts[name] = (about | {"dtype": rng.choice(same)}, content)
    else:
        parts[name] = (about | {"shape": other}, content)


def _tensor_gone(rng: Random, parts: Any, name: str) -> None:
    del parts[name]


def _tensor_renamed(rng: Random, parts: Any, name: str) -> None:
    parts[rng.choice((f"{name}x", *TEXTS[:12], *parts))] = parts.pop(name)


def _tensor_twice(rng: Random, parts: Any, name: str) -> None:
    parts[f"{name}.more"] = parts[name]


def _tensor_swapped(rng: Random, parts: Any, name: str) -> None:
    other = rng.choice(list(parts))
    parts[name], parts[other] = parts[other], parts[name]


_TENSOR_CHANGES = (
    *[_tensor_values] * 5,
    _tensor_type,
    _tensor_gone,
    _tensor_renamed,
    _tensor_twice,
    _tensor_swapped,
)


def _change_header(rng: Random, content: bytes) -> bytes:
    """A header that need not fit the tensors."""
    header, body = _tensors(content)
    return _with_header(changed_tree(rng, header), body)


def _change_metadata(rng: Random, content: bytes) -> bytes:
    """What a checkpoint says of itself, which is JSON in the header."""
    header, body = _tensors(content)
    state = json.loads(header["__metadata__"]["state"])
    header["__metadata__"]["state"] = json.dumps(changed_tree(rng, state))
    return _with_header(header, body)


def _change_length(rng: Random, content: bytes) -> bytes:
    return (rng.choice(INTEGERS) % 2**64).to_bytes(8, "little") + content[8:]


safetensors_mutations: tuple[Mutation, ...] = (
    *[_change_tensor] * 6,
    *[_change_header] * 2,
    *[_change_metadata] * 2,
    _change_length,
)
