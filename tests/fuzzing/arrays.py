"""Changes to arrays in files: .npy, .npz and IDX, with headers that fit or do not."""

import ast
import gzip
import io
import math
import struct
import zipfile
from random import Random
from typing import Any

import numpy as np
from mutations import MOST_BYTES, Mutation, mutated, plain
from values import FLOATS, INTEGERS, TEXTS

__all__ = [
    "changed_array",
    "idx_mutations",
    "npy_bytes",
    "npy_mutations",
    "npz_mutations",
    "zipped",
]

_TYPES = (
    *(
        "|b1",
        "|u1",
        "|i1",
        "<i2",
        "<i4",
        "<i8",
        "<u8",
        ">i4",
        ">f8",
        "<f2",
        "<f4",
        "<f8",
        "<c8",
        "<c16",
    ),
    *("<U3", "|S3", "<U0", "|S0", "<M8[s]", "<m8[D]", "<f16", "|V4", "|V0", "|O"),
)


# --- whole arrays ---


def changed_array(rng: Random, array: np.ndarray) -> np.ndarray:
    """An array that is sound in itself, with other values, or of another type or shape."""
    return rng.choice((_other_values, _other_values, _other_type, _other_shape))(rng, array)


def _other_values(rng: Random, array: np.ndarray) -> np.ndarray:
    array = np.array(array)
    if not array.size or array.dtype.kind not in "biufc":
        return array
    numbers = FLOATS if array.dtype.kind in "fc" else INTEGERS
    with np.errstate(all="ignore"):
        value = np.array(rng.choice(numbers), dtype=object).astype(float).astype(array.dtype)
    flat = array.reshape(-1)
    n = rng.choice((1, 1, 2, flat.size))
    flat[[rng.randrange(flat.size) for _ in range(n)] if n < flat.size else slice(None)] = value
    return flat.reshape(array.shape)


def _other_type(rng: Random, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "S":
        return array  # of many dimensions, NumPy 2.4 ends the process where they are to be dates
    with np.errstate(all="ignore"):
        return array.astype(np.dtype(rng.choice(_TYPES[:-4])))


def _other_shape(rng: Random, array: np.ndarray) -> np.ndarray:
    changes = (
        lambda: array.reshape(-1),
        lambda: array[None],
        lambda: array[..., None],
        lambda: array[:1],
        lambda: array[:0],
        lambda: array[:-1],
        lambda: array[..., :0],
        lambda: array[..., :-1],
        lambda: np.concatenate([array, array]),
        lambda: np.asfortranarray(array),
        lambda: array.T,
        lambda: array.reshape(-1)[:1].reshape(()),
        lambda: array[::-1],
        lambda: np.broadcast_to(array, (30, *array.shape)),
        lambda: array.reshape(array.shape + (1,) * 20),
    )
    return rng.choice(changes)()


# --- .npy ---


def npy_bytes(array: np.ndarray) -> bytes:
    """An array as a .npy file; Python objects as a pickle that does nothing."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def _resave_npy(rng: Random, content: bytes) -> bytes:
    return npy_bytes(changed_array(rng, np.load(io.BytesIO(content))))


def _change_npy_header(rng: Random, content: bytes) -> bytes:
    """Another header above the same values, of the length that fits it."""
    start = 10 + struct.unpack("<H", content[8:10])[0]
    header = ast.literal_eval(content[10:start].decode("latin-1"))
    for _ in range(rng.choice((1, 1, 2))):
        key = rng.choice(("descr", "descr", "shape", "shape", "fortran_order"))
        header[key] = {"descr": _descr, "shape": _shape, "fortran_order": _order}[key](
            rng, header[key]
        )
    text = repr(header)
    if rng.random() < 0.1:
        text = rng.choice(
            (
                text[:-1],
                text + " " * 60_000,
                "(" * 5000,
                text.replace("'", '"'),
                "{}",
                "1",
                text + "+1",
            )
        )
    body = content[start:]
    if rng.random() < 0.5:
        body = _as_long_as(header, body)
    major = rng.choice((1, 1, 1, 2, 3))
    length = struct.pack("<H" if major == 1 else "<I", len(text) + 1)
    return (
        b"\x93NUMPY" + bytes((major, 0)) + length + text.encode("latin-1", "replace") + b"\n" + body
    )


def _as_long_as(header: dict[str, Any], body: bytes) -> bytes:
    """As many bytes as the header promises, if they are few."""
    try:
        wanted = math.prod(header["shape"]) * np.dtype(header["descr"]).itemsize
    except (TypeError, ValueError):
        return body
    return (
        (body * (wanted // max(1, len(body)) + 1))[:wanted] if 0 <= wanted <= MOST_BYTES else body
    )


def _descr(rng: Random, descr: Any) -> Any:
    odd = (
        [("a", "<f4"), ("b", "<i4")],
        [("a", "<f4", (2,))],
        ("<f4", (2,)),
        [],
        "f",
        "<f4,<f4",
        "x" * 1000,
        [("a", "|O")],
        5,
        None,
    )
    return rng.choice((rng.choice(_TYPES), rng.choice(odd)))


def _shape(rng: Random, shape: Any) -> Any:
    size = math.prod(shape)
    near = (
        (size,),
        (1, *shape),
        shape[::-1],
        shape[:-1],
        (),
        (0,),
        (*shape, 1),
        (*shape, 0),
        (1,) * rng.choice((31, 32, 33, 64, 65, 500)) + shape,
        (rng.choice(INTEGERS), *shape[1:]),
        (*shape[:-1], rng.choice(INTEGERS)),
        (2**32, 2**32),
        (2**16, 2**16, 2**16, 2**16),
        (0, 2**62),
        (2**62, 0, 5),
        (-1,),
        (-2, -2),
        (1.5,),
        (True,),
        ("3",),
        3,
        None,
        [size],
    )
    return rng.choice(near)


def _order(rng: Random, order: Any) -> Any:
    return rng.choice((True, not order, 1, "C", None))


npy_mutations: tuple[Mutation, ...] = (_resave_npy, _resave_npy, _change_npy_header)


# --- .npz ---


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive, with right checksums."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, compression)
    return stream.getvalue()


def _change_member(rng: Random, content: bytes) -> bytes:
    members = _members(content)
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice(list(members))
        members[name] = mutated(rng, members[name], (*npy_mutations, rng.choice(plain)))
    return zipped(list(members.items()), _compression(rng))


def _change_members(rng: Random, content: bytes) -> bytes:
    members = list(_members(content).items())
    at = rng.randrange(len(members))
    name, member = members[at]
    other = rng.choice(
        (
            *("X.npy", "y.npy", "x_train.npy", "x_test.npy", "data.npy", "shape.npy", "format.npy"),
            *(
                "../X.npy",
                "/X.npy",
                "X",
                "x.npy",
                ".npy",
                "a/b.npy",
                f"{rng.choice(TEXTS[:20])}.npy",
            ),
        )
    )
    changes = (
        lambda: members.pop(at),
        lambda: members.append((name, member)),
        lambda: members.__setitem__(at, (other, member)),
        lambda: members.append((other, member)),
        lambda: members.__setitem__(at, (name, rng.choice(members)[1])),
        lambda: members.extend([(f"a{number}.npy", member) for number in range(300)]),
        lambda: members.__setitem__(at, (name, b"")),
    )
    rng.choice(changes)()
    return zipped(members, _compression(rng))


def _compression(rng: Random) -> int:
    known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    return rng.choice((*known[:2], *known))


def _change_sparse(rng: Random, content: bytes) -> bytes:
    """Indices, pointers, shape or name of the format of a sparse matrix."""
    members = _members(content)
    names = [name for name in members if name != "data.npy"]
    name = rng.choice(names)
    array = np.load(io.BytesIO(members[name]), allow_pickle=True)
    if array.dtype.kind in "SU":
        words = ("csr", "csc", "coo", "bsr", "dia", "lil", "x", "")
        array = np.array(rng.choice(words)).astype(array.dtype.kind)
    elif name == "shape.npy":
        pool = (*INTEGERS[:24], 2**31 - 1, 2**62)
        array = np.array([rng.choice((int(array.flat[0]), rng.choice(pool))), rng.choice(pool)])
    else:
        array = changed_array(rng, array)
    return zipped(list((members | {name: npy_bytes(array)}).items()))


def _change_directory(rng: Random, content: bytes) -> bytes:
    """The zip's own figures: sizes, methods, flags and places, in the directory at its end."""
    at = content.rindex(b"PK\x01\x02") if rng.random() < 0.5 else content.index(b"PK\x01\x02")
    place, width = rng.choice(
        ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4))
    )
    value = (
        rng.choice((0, 1, 8, 9, 12, 14, 99, 0xFFFF, 0xFFFFFFFF, rng.getrandbits(32))) % 256**width
    )
    return content[: at + place] + value.to_bytes(width, "little") + content[at + place + width :]


npz_mutations: tuple[Mutation, ...] = (
    *[_change_member] * 4,
    *[_change_members] * 2,
    *[_change_sparse] * 3,
    _change_directory,
)


# --- IDX ---


def _change_idx(rng: Random, content: bytes) -> bytes:
    is_zipped = content[:2] == b"\x1f\x8b"
    plain_content = gzip.decompress(content) if is_zipped else content
    changed = _change_idx_header(rng, plain_content)
    return gzip.compress(changed, mtime=0) if is_zipped else changed


def _change_idx_header(rng: Random, content: bytes) -> bytes:
    n = content[3]
    sizes = list(struct.unpack(f">{n}I", content[4 : 4 + 4 * n]))
    code, body = content[2], content[4 + 4 * n :]
    for _ in range(rng.choice((1, 1, 2))):
        change = rng.randrange(5)
        if change == 0:
            code = rng.choice((0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E, 0, 0x0F, 0xFF))
        elif change == 1:
            sizes[rng.randrange(len(sizes))] = rng.choice(INTEGERS) % 2**32
        elif change == 2:
            sizes = rng.choice(
                (
                    sizes[1:],
                    [*sizes, 1],
                    [1] * 200,
                    [],
                    [math.prod(sizes)],
                    [0, *sizes],
                    [2**16] * 4,
                )
            )
        elif change == 3:
            body = rng.choice((body[:-1], body + b"\x00", b"", body * 2, b"\xff" * len(body)))
        else:
            body = mutated(rng, body, plain)
    return bytes((0, 0, code, len(sizes) % 256)) + struct.pack(f">{len(sizes)}I", *sizes) + body


idx_mutations: tuple[Mutation, ...] = (_change_idx,)
