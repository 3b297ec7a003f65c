"""Small files that ask for much: of memory, of time, or of a reader's patience.

Each function writes one thing into a folder and returns it.
"""

import gzip
import io
import json
import struct
import zipfile
import zlib
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from arrays import npy_bytes, zipped
from documents import changed_tree, toml_text
from pictures import png
from tables import parquet_bytes
from values import any_value

from latens import models, networks
from latens.training import Trainer

__all__ = [
    "csv_bomb",
    "drawn_study",
    "event_bomb",
    "idx_bomb",
    "image_bomb",
    "label_bomb",
    "npy_bomb",
    "npz_bomb",
    "parquet_bomb",
    "study_bomb",
]

_MOST = 900_000


def _put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _npy_header(shape: object, descr: str = "<f4") -> bytes:
    text = repr({"descr": descr, "fortran_order": False, "shape": shape}) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def npy_bomb(rng: Random, folder: Path) -> Path:
    """Declared sizes, no values or few."""
    many = rng.choice((10**9, 2**31, 2**40, 2**62, 2**63 - 1))
    shapes = ((many,), (many, 0), (0, many), (many, many), (1, many), (10**5, 10**5), (1,) * 64)
    content = _npy_header(
        rng.choice(shapes), rng.choice(("<f4", "|u1", "<U1000", "|V0", "<U0", "|S0"))
    )
    return _put(folder, "bomb.npy", content + b"\x00" * rng.choice((0, 4, 100)))


def _zeros(size: int) -> bytes:
    """So many zeros as deflate has them, without ever having them all."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b"\x00" * 2**20
    parts = [packer.compress(block) for _ in range(size // 2**20)]
    return b"".join(parts) + packer.flush()


def npz_bomb(rng: Random, folder: Path) -> Path:
    """Sparse matrices that lie about their places or their size, and arrays that grow a thousandfold."""
    return _put(folder, "bomb.npz", rng.choice((_sparse, _sparse, _compressed))(rng))


def _sparse(rng: Random) -> bytes:
    kind = rng.choice(("csr", "csc", "coo", "bsr", "dia"))
    n = rng.choice((1, 5, 1000))
    rows, columns = rng.choice(
        (
            (5, 5),
            (10**5, 10**3),
            (2**31, 1),
            (1, 2**31),
            (2**31, 2**31),
            (2**40, 2**40),
            (0, 0),
            (-5, 5),
            (3 * 10**4, 10**4),
        )
    )
    out = rng.choice((0, 4, 5, 1000, 2**31 - 1, -1, -(2**31), 2**40))
    index = rng.choice((np.int32, np.int64))
    with np.errstate(all="ignore"):
        places = np.full(n, out).astype(index)
    pointers = rng.choice(
        (
            np.array([0, n]),
            np.array([0, 0, 0, 0, 0, n]),
            np.full(6, n),
            np.array([n, 0, 0, 0, 0, n]),
            np.array([0, 9, -9, 2**31 - 1, 3, n]),
        )
    ).astype(index)
    arrays = {
        "format": np.array(kind.encode()),
        "shape": np.array([rows, columns]),
        "data": np.ones(n, np.float32),
    }
    if kind == "coo":
        arrays |= {"row": places, "col": np.zeros(n, index)}
    elif kind == "dia":
        arrays |= {"offsets": places[:1], "data": np.ones((1, n), np.float32)}
    else:
        arrays |= {"indices": places, "indptr": pointers}
    if kind == "bsr":
        arrays["data"] = np.ones((n, *rng.choice(((1, 1), (5, 5), (2, 3)))), np.float32)
    return zipped([(f"{name}.npy", npy_bytes(array)) for name, array in arrays.items()])


def _compressed(rng: Random) -> bytes:
    """The size is drawn around what is refused, so that what passes is not small."""
    size = rng.choice((2 * 10**7, 10**8, 2 * 10**8))
    dtype = rng.choice((np.uint8, np.float32, np.float64, "U10", "S5"))
    width = rng.choice((1, 784, 10**6))
    n = size // np.dtype(dtype).itemsize // width
    array = np.zeros((n, width), dtype)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("X.npy"), npy_bytes(array), zipfile.ZIP_DEFLATED)
        if n <= 10**6 and rng.random() < 0.5:
            file.writestr(
                zipfile.ZipInfo("y.npy"), npy_bytes(np.zeros(n, "U20")), zipfile.ZIP_DEFLATED
            )
    return stream.getvalue()


def idx_bomb(rng: Random, folder: Path) -> Path:
    """What a gzip file grows to, and dimensions beyond it."""
    size = rng.choice((10**6, 10**7, 10**8, 3 * 10**8))
    shape = rng.choice(
        ((size,), (size // 784, 28, 28), (2**31, 2**31), (2**32 - 1,), (1, size), (size, 1))
    )
    header = bytes((0, 0, rng.choice((8, 13, 14)), len(shape))) + struct.pack(
        f">{len(shape)}I", *(n % 2**32 for n in shape)
    )
    # A gzip file may have several parts, which are one behind the other.
    return _put(
        folder, "bomb.idx.gz", gzip.compress(header, mtime=0) + _zeros(min(size, 3 * 10**8))
    )


def csv_bomb(rng: Random, folder: Path) -> Path:
    """Long lines, many columns, many categories."""
    n = rng.choice((1000, 30_000))
    texts = (
        lambda: "," * _MOST,
        lambda: "\n" * _MOST,
        lambda: '"' * _MOST,
        lambda: '"' + "x" * _MOST,
        lambda: "9" * _MOST,
        lambda: "a,b\n" + "1" * 400_000 + ",2\n",
        lambda: ("1," * 150_000 + "1\n") * 3,
        lambda: (
            ",".join(f"c{at}" for at in range(60_000))
            + "\n"
            + ",".join("12" for _ in range(60_000))
            + "\n"
        ),
        lambda: "a,b\n" + "".join(f"w{at // 2},{at}\n" for at in range(2 * n)),
        lambda: "a,b,c\n" + "".join(f"w{at // 2},v{at % n},{at}\n" for at in range(n)),
        lambda: "a,b\n" + "".join(f"{at},w{at % 5000}\n" for at in range(60_000)),
        lambda: "a\n" + "1\n" * 400_000,
        lambda: "a,a,a,a\n" + "1,2,3,4\n" * 50_000,
        lambda: "label,x\n" + "".join(f"{at},{at}\n" for at in range(60_000)),
        lambda: "a,b\n" + "1e400,1e-400\n" * 1000,
        lambda: "a;b\n" + "1,5;x\n" * 1000 + "\x00" * 1000,
        lambda: " " * _MOST,
        lambda: "\ufeff" * 200_000,
        lambda: "a\tb\n" * 1000 + "(" * _MOST,
    )
    return _put(folder, rng.choice(("bomb.csv", "bomb.tsv")), rng.choice(texts)().encode())


def parquet_bomb(rng: Random, folder: Path) -> Path:
    """Runs of equal values, which take a few bytes whatever their number."""
    n = rng.choice((10**5, 10**6, 3 * 10**6))
    tables = (
        lambda: pa.table({"a": np.zeros(10 * n, np.float32)}),
        lambda: pa.table({"a": np.zeros(n), "b": np.zeros(n, np.int8), "c": np.zeros(n, bool)}),
        lambda: pa.table({"a": pa.nulls(10 * n)}),
        lambda: pa.table(
            {
                "a": pa.array(["x" * 200]).take(pa.array(np.zeros(n // 4, np.int32))),
                "b": np.zeros(n // 4),
            }
        ),
        lambda: pa.table(
            {
                "a": pa.DictionaryArray.from_arrays(np.zeros(n, np.int32), ["x" * 1000]),
                "b": np.zeros(n),
            }
        ),
        lambda: pa.table({f"c{at}": np.zeros(n // 100, np.float32) for at in range(300)}),
        lambda: pa.table({f"c{at}": [1.0] for at in range(3000)}),
        lambda: pa.table({"a": pa.array(np.arange(20_000).astype(str)), "b": np.zeros(20_000)}),
        lambda: pa.table(
            {"a": pa.array((np.arange(40_000) // 2).astype(str)), "b": np.zeros(40_000)}
        ),
        lambda: pa.table(
            {"a": np.zeros(n), "label": pa.array((np.arange(n) % 50_000).astype(str))}
        ),
        lambda: _deep_table(rng.choice((10, 60, 90))),
    )
    return _put(folder, "bomb.parquet", parquet_bytes(rng.choice(tables)()))


def _deep_table(depth: int) -> pa.Table:
    kind = pa.float64()
    value: object = 1.0
    for _ in range(depth):
        kind, value = pa.list_(kind), [value]
    return pa.table({"a": [1.0], "deep": pa.array([value], kind)})


def image_bomb(rng: Random, folder: Path) -> Path:
    """Images of a few bytes with many pixels, frames or words."""
    made = (_large_png, _large_png, _large_gif, _large_bmp, _long_ppm, _many_rows_tiff)
    return rng.choice(made)(rng, folder)


def _large_png(rng: Random, folder: Path) -> Path:
    depth, color, bytes_each = rng.choice(
        ((8, 0, 1), (16, 0, 2), (8, 2, 3), (8, 6, 4), (8, 3, 1), (16, 6, 8), (1, 0, 0.125))
    )
    width, height = rng.choice(
        (
            (7900, 7900),
            (3000, 3000),
            (60_000, 1000),
            (64_000_000, 1),
            (1, 10**6),
            (10**5, 10**5),
            (1000, 60_000),
        )
    )
    real = min(height, int(2.6e8 / (width * bytes_each + 1)))
    packer = zlib.compressobj(1)
    row = b"\x00" * (1 + int(-(-width * bytes_each // 1)))
    body = b"".join(packer.compress(row) for _ in range(real)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, rng.choice((0, 0, 1)))
    palette = [(b"PLTE", b"\x00" * 768), (b"tRNS", b"\x00" * 256)] if color == 3 else []
    return _put(
        folder,
        "bomb.png",
        png([(b"IHDR", head), *palette, (b"IDAT", body), (b"IEND", b"")])[:_MOST],
    )


def _large_gif(rng: Random, folder: Path) -> Path:
    side = rng.choice((1000, 7900, 65_535))
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\x00" * 6
    return _put(folder, "bomb.gif", head + frame * rng.choice((1, 2, 50_000)) + b"\x3b")


def _large_bmp(rng: Random, folder: Path) -> Path:
    side = rng.choice((7900, 8000, 30_000, 2**31 - 1))
    bits, compression = rng.choice(((8, 1), (4, 2), (24, 0), (32, 3), (8, 0)))
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, bits, compression, 0, 0, 0, 2, 0)
    content = b"BM" + struct.pack("<IHHI", 62, 0, 0, 62) + head + b"\x00" * 8
    return _put(folder, "bomb.bmp", content + b"\xff\x00" * rng.choice((0, 1000, 300_000)))


def _long_ppm(rng: Random, folder: Path) -> Path:
    heads = (
        b"P6 8000 8000 255\n",
        b"P5 8000 8000 65535\n",
        b"P3 8000 8000 255\n",
        b"P6 " + b"9" * 5000,
        b"P4 8000 8000\n",
        b"P5" + b"#" * 10**5,
    )
    return _put(
        folder, "bomb.ppm", rng.choice(heads) + rng.choice((b"", b"0 " * 100_000, b"0" * 500_000))
    )


def _many_rows_tiff(rng: Random, folder: Path) -> Path:
    """Strips that are all the same bytes, or more of them than there are rows."""
    side = rng.choice((1000, 7900, 60_000))
    n = rng.choice((1, 1000, 2**20, 2**31))
    tags = [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (258, 3, 1, 8),
        (259, 3, 1, rng.choice((1, 5, 8, 32773))),
        (262, 3, 1, 1),
        (273, 4, n, 200),
        (277, 3, 1, rng.choice((1, 3, 4))),
        (278, 4, 1, rng.choice((1, side))),
        (279, 4, n, 300),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    content = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(tags)) + entries + b"\x00" * 4
    return _put(folder, "bomb.tif", content + zlib.compress(b"\x00" * 10**6) + b"\x00" * 5000)


def event_bomb(rng: Random, folder: Path) -> Path:
    """Many users and items, long names, and odd ids."""
    texts = (
        lambda: "user,item\n" + "".join(f"{at},{at}\n" for at in range(70_000)),
        lambda: "user,item\n" + "".join(f"{at % 7},{at}\n" for at in range(70_000)),
        lambda: "user,item\n" + "1,1\n" * 150_000,
        lambda: "user,item\n" + "x" * 400_000 + "," + "y" * 400_000 + "\n",
        lambda: "user,item,rating\n" + "1,2,1e400\n3,4,nan\n",
        lambda: "user,item,rating\n" + "".join(f"{at},{2**53 + at},5\n" for at in range(100)),
        lambda: "user,item\n" + "".join(f"{at}.5,{at}e300\n" for at in range(100)),
        lambda: "user,item,rating\n" + "1,2,-inf\n" * 5,
        lambda: ",".join(f"c{at}" for at in range(60_000)) + "\n" + "1," * 60_000 + "\n",
    )
    return _put(folder, rng.choice(("bomb.csv", "bomb.inter")), rng.choice(texts)().encode())


def label_bomb(rng: Random, folder: Path) -> Path:
    """Fields beyond what the reader of the standard library takes, and many lines."""
    texts = (
        lambda: "0," + "x" * 800_000 + "\n",
        lambda: '"' + "x" * 200_000,
        lambda: "".join(f"{at},{at}\n" for at in range(40)),
        lambda: "9" * 5000 + ",cat\n",
        lambda: "0," * 200_000,
        lambda: "0,a\n" * 100_000,
        lambda: "٣,cat\n0,dog\n",
        lambda: "0,\x00\n1,dog\n",
        lambda: "\n" * 500_000,
    )
    return _put(folder, "bomb.csv", rng.choice(texts)().encode())


def study_bomb(rng: Random, folder: Path) -> Path:
    """Texts that are no trouble to write."""
    n = rng.choice((200, 2000, 60_000))
    data = "[data]\nsource = 'digits'\n"
    texts = (
        lambda: data + "title = " + "[" * n + "]" * n,
        lambda: data + "title = " + "{a=" * n + "1" + "}" * n,
        lambda: "a" + ".a" * n + " = 1\n",
        lambda: data + "".join(f"[[models]]\nname = 'm{at}'\n" for at in range(min(n, 5000))),
        lambda: data + "".join(f"[x{'.x' * min(at, 500)}]\n" for at in range(min(n, 700))),
        lambda: data + f"[protocol]\nvariances = {json.dumps([0.5] * n)}",
        lambda: "title = '" + "x" * _MOST + "'\n" + data,
        lambda: (
            data + f"[[models]]\nnetwork = 'mlp'\nnetwork_parameters = {{ hidden = {[4] * n} }}\n"
        ),
        lambda: (
            data
            + "[[models]]\nnetwork = 'mlp'\nnetwork_parameters = { hidden = [100000000, 100000000] }\n"
        ),
        lambda: data + "[[models]]\nlatent_dim = 1000000000\n",
        lambda: data + "[[models]]\nlatent_dim = " + "9" * 30 + "\n",
    )
    return _put(folder, "bomb.toml", rng.choice(texts)().encode())


def drawn_study(rng: Random, folder: Path) -> Path:
    """Known parameters of a kind, a network and the trainer, with values that may be legal."""
    kind = rng.choice(models.__all__)
    network = rng.choice(("mlp", "convnet", "resnet", "vit"))
    of_network = {"mlp": "MLP", "convnet": "ConvNet", "resnet": "ResNet", "vit": "ViT"}[network]
    others = {
        "latent_dim",
        "network",
        "trainer",
        "random_state",
        "callbacks",
        "checkpoint",
        "device",
    }
    model = {
        "kind": kind,
        "network": network,
        "latent_dim": rng.choice((1, 2, 3, 64, 1000, 10**6)),
        "parameters": _drawn(rng, getattr(models, kind)(), others),
        "network_parameters": _drawn(rng, getattr(networks, of_network)(), others),
        "trainer": _drawn(rng, Trainer(), others),
    }
    study = {"data": {"source": "digits"}, "models": [model]}
    return _put(folder, "drawn.toml", toml_text(study).encode("utf-8", "surrogatepass"))


def _drawn(rng: Random, made: Any, without: set[str]) -> dict[str, Any]:
    """Other values for some parameters."""
    known = {name: one for name, one in made.get_params(deep=False).items() if name not in without}
    chosen = rng.sample(sorted(known), min(len(known), rng.choice((0, 0, 1, 1, 2))))
    tree = {
        name: list(known[name]) if isinstance(known[name], tuple) else known[name]
        for name in chosen
    }
    plain = {
        name: one for name, one in tree.items() if isinstance(one, bool | int | float | str | list)
    }
    changed = changed_tree(rng, plain) if plain and rng.random() < 0.5 else plain
    unset = {
        name: rng.choice((0, 1, 0.5, "auto", [2], any_value(rng)))
        for name in tree
        if tree[name] is None
    }
    return changed | unset if isinstance(changed, dict) else {}
