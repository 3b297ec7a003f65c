"""Valid small files of every kind that latens reads, and saved things of every kind.

A corpus is a folder with a folder for every part, such as ``npy``; in that, a folder for every thing, which
holds this one thing: a file, or a folder of files that belong together.
"""

import datetime
import gzip
import io
import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from arrays import npy_bytes
from documents import toml_text
from pictures import png
from PIL import Image
from scipy import sparse
from tables import arrow_bytes, excel_bytes, parquet_bytes

from latens.data.own_columns import own_columns
from latens.runs import ClusterProfile, ClusterProfiles, ColumnDifference, Run

__all__ = ["SAVED", "write_corpus"]

ROOT = Path(__file__).parent.parent.parent
SAVED = ROOT / "tests" / "fixtures" / "v0_1"
_TRAP = '''"""A module that nothing may import because a file names it."""
import sys
sys.fuzz_trap_was_imported = True
class Trap:
    def __init__(self, *args, **settings):
        sys.fuzz_trap_was_made = True
    def get_params(self, deep=True):
        return {}
'''


def write_corpus(folder: Path) -> None:
    """Write all of it into a new folder."""
    for part, write in _PARTS.items():
        write(_Part(folder / part))
    trap = folder / "importable"
    trap.mkdir()
    (trap / "fuzz_trap.py").write_text(_TRAP)


class _Part:
    """A part of the corpus that is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, content: bytes) -> None:
        """A thing of one file."""
        self.files(name, {name: content}, alone=True)

    def files(self, thing: str, files: dict[str, bytes], *, alone: bool = False) -> None:
        """A thing of several files, in a folder of its own."""
        place = self.folder / thing
        for name, content in files.items():
            path = place / name if alone else place / thing / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def copy(self, thing: str, source: Path) -> None:
        """A file or a folder that is there already."""
        target = self.folder / thing / source.name
        target.parent.mkdir(parents=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def _table() -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(40, 2)) @ rng.normal(size=(2, 4)) + 5).astype(np.float32)


def _pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, size=shape, dtype=np.uint8)


# --- arrays ---


def _write_npy(part: _Part) -> None:
    X = _table()
    arrays = {
        "floats": X,
        "doubles": X.astype(">f8"),
        "bytes": _pixels(12, 8, 8),
        "color": _pixels(6, 8, 8, 3),
        "deep": _pixels(6, 8, 8).astype(np.uint16) * 200,
        "integers": (X * 100).astype(np.int32),
        "halves": X.astype(np.float16),
        "flags": X > 5,
        "columns": np.asfortranarray(X),
    }
    for name, array in arrays.items():
        part.file(f"{name}.npy", npy_bytes(array))
    labels = {
        "numbers": np.arange(40) % 3,
        "words": np.array(["cat", "dog"] * 20),
        "wide": np.eye(4)[np.arange(40) % 4],
    }
    for name, y in labels.items():
        part.files(f"with-{name}", {"X.npy": npy_bytes(X), "y.npy": npy_bytes(y)})


def _npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _write_npz(part: _Part) -> None:
    X, y = _table(), np.arange(40) % 3
    part.file("pair.npz", _npz(X=X, y=y))
    part.file("alone.npz", _npz(anything=X))
    part.file("images.npz", _npz(images=_pixels(12, 8, 8), labels=np.arange(12).astype(str)))
    part.file("split.npz", _npz(x_train=X, y_train=y, x_test=X[:9], y_test=y[:9]))
    stream = io.BytesIO()
    np.savez(stream, x=X.astype(">f8"), targets=y.astype(float))
    part.file("plain.npz", stream.getvalue())
    matrix = sparse.random_array((40, 12), density=0.3, rng=np.random.default_rng(2))
    for kind in ("csr", "csc", "coo", "bsr", "dia"):
        stream = io.BytesIO()
        sparse.save_npz(stream, matrix.asformat(kind))
        part.file(f"sparse-{kind}.npz", stream.getvalue())


_IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def _idx(array: np.ndarray) -> bytes:
    array = array.astype(array.dtype.newbyteorder(">"))
    code = _IDX_CODES[array.dtype.str[1:]]
    head = bytes((0, 0, code, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.tobytes()


def _write_idx(part: _Part) -> None:
    images, labels = _pixels(12, 8, 8), np.arange(12, dtype=np.uint8) % 3
    part.file("images-idx3-ubyte", _idx(images))
    part.file("images.idx.gz", gzip.compress(_idx(images), mtime=0))
    for name in ("i1", "i2", "i4", "f4", "f8"):
        part.file(f"{name}.idx", _idx(_table().astype(name)))
    files = {
        "train-images-idx3-ubyte.gz": gzip.compress(_idx(images), mtime=0),
        "train-labels-idx1-ubyte.gz": gzip.compress(_idx(labels), mtime=0),
        "t10k-images-idx3-ubyte": _idx(images[:5]),
        "t10k-labels-idx1-ubyte": _idx(labels[:5]),
    }
    part.files("mnist", files)
    part.files("pair", {"a-images-idx3-ubyte": _idx(images), "a-labels-idx1-ubyte": _idx(labels)})


def _write_cifar(part: _Part) -> None:
    """Batches of a few records: whole ones are 30 MB each."""
    records = _pixels(4, 3073)
    records[:, 0] %= 10
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    files = {name: records.tobytes() for name in names}
    part.files(
        "cifar-10-batches-bin", files | {"batches.meta.txt": b"a\nb\nc\n", "SOURCE.txt": b"here"}
    )


# --- tables ---


def _frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 40
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "size": rng.normal(size=n).round(3),
            "weight": rng.integers(0, 900, n),
            "color": np.array(["red", "green", "blue", "red"])[np.arange(n) % 4],
            "sold": np.arange(n) % 2 == 0,
            "label": np.array(["cat", "dog"])[np.arange(n) % 2],
        }
    )


def _write_csv(part: _Part) -> None:
    frame = _frame()
    texts = {
        "comma.csv": frame.to_csv(index=False),
        "rows.csv": frame.set_index("id").to_csv(),
        "semicolon.csv": frame.to_csv(index=False, sep=";", decimal=","),
        "tab.tsv": frame.to_csv(index=False, sep="\t"),
        "another-tab.tab": frame.to_csv(index=False, sep="\t"),
        "blanks.txt": frame[["size", "weight"]].to_csv(index=False, sep=" "),
        "no-names.data": frame[["size", "weight"]].to_csv(index=False, header=False, sep=" "),
        "marks.dat": "# size weight\n"
        + frame[["size", "weight"]].to_csv(index=False, header=False, sep=" "),
        "bar.csv": frame.to_csv(index=False, sep="|"),
        "quoted.csv": frame.assign(note='a "b", c').to_csv(index=False, quoting=1),
        "numbers.csv": frame[["size", "weight"]].to_csv(index=False, header=False),
        "dates.csv": frame.assign(day="2020-01-02").to_csv(index=False),
        "windows.csv": frame.to_csv(index=False, lineterminator="\r\n"),
        "one-column.csv": frame[["size"]].to_csv(index=False),
    }
    for name, text in texts.items():
        part.file(name, text.encode())
    umlauts = frame.assign(color="blåu").to_csv(index=False)
    for encoding in ("utf-8-sig", "latin-1", "utf-16"):
        part.file(f"{encoding}.csv", umlauts.encode(encoding))


def _write_parquet(part: _Part) -> None:
    frame = _frame()
    n = len(frame)
    plain_table = pa.Table.from_pandas(frame)
    tables = {
        "plain": plain_table,
        "index": pa.Table.from_pandas(frame.set_index("color")),
        "categories": pa.Table.from_pandas(
            frame.astype({"color": "category", "label": "category"})
        ),
        "numbers": pa.table(
            {"a": np.arange(n, dtype=np.float32), "b": np.arange(n, dtype=np.uint64)}
        ),
        "nulls": pa.table({"a": [1.0, None] * 20, "b": ["x", None] * 20, "c": list(range(40))}),
        "nested": pa.table({"a": list(range(n)), "b": [[1.0, 2.0]] * n, "c": [{"x": 1}] * n}),
        "dates": pa.table({"a": list(range(n)), "when": [datetime.datetime(2020, 1, 1)] * n}),
    }
    for name, table in tables.items():
        part.file(f"{name}.parquet", parquet_bytes(table))
    for compression in ("none", "gzip", "zstd", "brotli", "lz4"):
        part.file(f"{compression}.pq", parquet_bytes(plain_table, compression=compression))
    for name in ("x.feather", "x.arrow", "x.ipc"):
        part.file(name, arrow_bytes(plain_table))
    for name in ("x.xlsx", "x.xlsm"):
        part.file(name, excel_bytes(frame))
    part.file("groups.parquet", parquet_bytes(plain_table, row_group_size=7, use_dictionary=False))


# --- images ---


def _image(image: Image.Image, kind: str, **settings: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **settings)
    return stream.getvalue()


def _write_images(part: _Part) -> None:
    grey = Image.fromarray(_pixels(12, 9))
    modes = {
        mode: Image.fromarray(_pixels(12, 9, 3)).convert(mode)
        for mode in ("RGB", "RGBA", "P", "1", "LA", "L")
    }
    deep = Image.fromarray(_pixels(12, 9).astype(np.uint16) * 200)
    for mode, image in modes.items():
        part.file(f"{mode}.png", _image(image, "PNG"))
    part.file("deep.png", _image(deep, "PNG"))
    part.file("see-through.png", _image(modes["P"], "PNG", transparency=3))
    exif = Image.Exif()
    exif[0x0112] = 6
    part.file("turned.png", _image(grey, "PNG", exif=exif))
    part.file("moving.png", _image(grey, "PNG", save_all=True, append_images=[grey.rotate(90)]))
    for mode in ("RGB", "L"):
        part.file(f"{mode}.jpg", _image(modes[mode], "JPEG", exif=exif))
        part.file(f"{mode}.bmp", _image(modes[mode], "BMP"))
        part.file(f"{mode}.webp", _image(modes[mode], "WEBP", lossless=mode == "L"))
    part.file("steps.jpeg", _image(modes["RGB"], "JPEG", progressive=True))
    part.file("print.jpeg", _image(modes["RGB"].convert("CMYK"), "JPEG"))
    part.file("1.bmp", _image(modes["1"], "BMP"))
    part.file("P.bmp", _image(modes["P"], "BMP"))
    part.file("P.gif", _image(modes["P"], "GIF"))
    frames = {"save_all": True, "append_images": [modes["P"].rotate(180)], "duration": 20}
    part.file("moving.gif", _image(modes["P"], "GIF", transparency=0, **frames))
    part.file("moving.webp", _image(modes["RGBA"], "WEBP", **frames))
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        part.file(f"{compression}.tiff", _image(modes["RGB"], "TIFF", compression=compression))
    part.file("deep.tif", _image(deep, "TIFF"))
    part.file("fax.tif", _image(modes["1"], "TIFF", compression="group4"))
    part.file("pages.tif", _image(grey, "TIFF", save_all=True, append_images=[grey]))
    part.file("RGB.ppm", _image(modes["RGB"], "PPM"))
    part.file("L.pgm", _image(grey, "PPM"))
    part.file("text.ppm", b"P3\n2 2\n255\n" + b"1 2 3 " * 4)
    _write_other_endings(part, modes)
    _write_deep_images(part)


def _write_other_endings(part: _Part, modes: dict[str, Image.Image]) -> None:
    for ending in ("jfif", "jpe", "jif", "jfi", "pjpeg", "pjp"):
        part.file(f"photo.{ending}", _image(modes["RGB"], "JPEG"))
    part.file("photo.apng", _image(modes["RGB"], "PNG"))
    part.file("photo.dib", _image(modes["RGB"], "DIB"))
    part.file("photo.pbm", _image(modes["1"], "PPM"))
    part.file("photo.pnm", _image(modes["L"], "PPM"))


def _write_deep_images(part: _Part) -> None:
    """Colors of 16 bits and values with a sign."""
    for name, color, bands in (("color", 2, 3), ("opaque", 6, 4), ("grey", 4, 2)):
        pixels = _pixels(12, 9, bands).astype(">u2") * 250
        pixels[..., 3 if bands == 4 else 1] = 65535
        rows = b"".join(b"\0" + row.tobytes() for row in pixels)
        head = struct.pack(">IIBBBBB", 9, 12, 16, color, 0, 0, 0)
        chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        part.file(f"deep-{name}.png", png(chunks))
    part.file("deep.ppm", b"P6\n9 12\n4095\n" + _pixels(12, 9, 3).astype(">u2").tobytes())
    part.file("signed.tif", _image(Image.fromarray(_pixels(12, 9).astype(np.int32) - 99), "TIFF"))


def _write_image_folders(part: _Part) -> None:
    def photo(at: int) -> bytes:
        return _image(Image.fromarray(np.roll(_pixels(8, 8), at)), "PNG")

    part.files("flat", {f"{at}.png": photo(at) for at in range(6)})
    part.files("classes", {f"{'ab'[at % 2]}/{at}.png": photo(at) for at in range(6)})
    split = {
        f"{'train' if at % 3 else 'test'}/{'ab'[at % 2]}/{at}.png": photo(at) for at in range(8)
    }
    part.files("split", split | {"README.txt": b"about"})
    wide = _image(Image.fromarray(_pixels(20, 150, 3)), "JPEG")
    part.files(
        "mixed",
        {"a.png": photo(0), "b.jpg": wide, "c.pgm": _image(Image.fromarray(_pixels(8, 8)), "PPM")},
    )


# --- events, labels and studies ---


def _write_events(part: _Part) -> None:
    rng = np.random.default_rng(4)
    rows = [
        (user, item, rating) for user, item, rating in rng.integers(1, 9, size=(60, 3)).tolist()
    ]
    table = "user,item,rating\n" + "".join(f"{u},{i},{r}\n" for u, i, r in rows)
    part.file("events.csv", table.encode())
    part.copy("saved", SAVED / "data" / "events.csv")
    part.file("no-header.csv", "".join(f"{u},{i},{r}\n" for u, i, r in rows).encode())
    part.file(
        "words.csv",
        ("customer_id;product;when\n" + "".join(f"u{u};i{i};2020\n" for u, i, _ in rows)).encode(),
    )
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])
    part.file("events.parquet", parquet_bytes(pa.Table.from_pandas(frame)))
    inter = "user_id:token\titem_id:token\trating:float\n" + "".join(
        f"{u}\t{i}\t{r}\n" for u, i, r in rows
    )
    items = "item_id:token\tmovie_title:token_seq\n" + "".join(
        f"{i}\tName {i}\n" for i in range(1, 8)
    )
    part.files("recbole", {"x.inter": inter.encode(), "x.item": items.encode()})
    old = "".join(f"{u}\t{i}\t{r}\t88{r}\n" for u, i, r in rows)
    names = "".join(f"{i}|Name {i} (1990)|x\n" for i in range(1, 9))
    part.files("ml-100k", {"u.data": old.encode(), "u.item": names.encode("latin-1")})
    middle = "".join(f"{u}::{i}::{r}::9\n" for u, i, r in rows)
    movies = "".join(f"{i}::Naïve {i}::Drama\n" for i in range(1, 9))
    part.files("ml-1m", {"ratings.dat": middle.encode(), "movies.dat": movies.encode("latin-1")})
    new = "userId,movieId,rating,timestamp\n" + "".join(f"{u},{i},{r}.0,5\n" for u, i, r in rows)
    titles = "movieId,title\n" + "".join(f'{i},"Name, {i}"\n' for i in range(1, 9))
    part.files("ml-latest", {"ratings.csv": new.encode(), "movies.csv": titles.encode()})


def _write_labels(part: _Part) -> None:
    part.file(
        "numbers.csv",
        b"item,label\n" + b"".join(b"%d,%s\n" % (at, (b"cat", b"dog")[at % 2]) for at in range(12)),
    )
    part.file("plain.csv", b"".join(b"%d,%d\n" % (at, at % 3) for at in range(20)))
    part.file("some.csv", "0,cat\n1,dog\n2,\n3,-1\n4,cat\n5,dög\n".encode("utf-8-sig"))


_STUDY: dict[str, Any] = {
    "title": "All there is",
    "clusters": 3,
    "seed": 1,
    "seeds": 2,
    "max_scored": 500,
    "data": {"source": "digits", "test_fraction": 0.3, "grey": True, "pad": 1, "image_size": None},
    "models": [
        {
            "name": "a",
            "kind": "VAE",
            "latent_dim": 3,
            "network": "mlp",
            "network_parameters": {"hidden": [8, 4]},
        },
        {
            "name": "b",
            "kind": "BetaVAE",
            "parameters": {"beta": 2.0},
            "network": "convnet",
            "seeds": 1,
        },
        {
            "name": "c",
            "kind": "SparseAutoencoder",
            "latent_dim": 4,
            "network": "vit",
            "trainer": {"max_epochs": 1},
        },
        {
            "name": "d",
            "network": "resnet",
            "trainer": {"schedule": {"name": "plateau", "patience": 2}},
        },
    ],
    "protocol": {
        "variances": [0.9],
        "tsne": {"perplexity": 30, "learning_rate": 200.0, "angle": 0.4, "iterations": 300},
        "partition": {"k": 10, "restarts": 3},
        "sweep": {"smallest": 2, "largest": 5},
    },
    "published": [
        {
            "what": "error",
            "measure": "held-out.psnr",
            "value": 20.5,
            "goal": 21.0,
            "better": "higher",
        }
    ],
    "small": {"data": {"source": "digits"}, "max_epochs": 1},
}


def _write_studies(part: _Part) -> None:
    part.file("all.toml", toml_text(_STUDY).encode())
    part.file("least.toml", b"[data]\nsource = 'digits'\n")
    for path in sorted(ROOT.glob("studies/*.toml")):
        part.copy(path.stem, path)


# --- what latens has saved ---


def _saved(kind: str) -> Callable[[_Part], None]:
    def write(part: _Part) -> None:
        for path in sorted((SAVED / kind).iterdir()):
            part.copy(path.name, path)

    return write


def _write_runs(part: _Part) -> None:
    """One of them with what people add as they look at it."""
    for name in ("table", "images"):
        part.copy(name, SAVED / "runs" / name)
    run = part.folder / "table" / "table"
    views = {"views": [{"name": "corner", "address": "#explorer&map=0&view=0.5,0.5,2&rows=1.2"}]}
    (run / "views.json").write_text(json.dumps(views))
    (run / "labels.csv").write_text("row,part,label\n1,train,cat\n3,held-out,dog\n")
    heads = "row,part,label,probability,margin,given"
    (run / "classes.csv").write_text(f"{heads}\n0,train,cat,0.9,0.8,0\n1,train,dog,0.6,0.2,1\n")
    _add_columns(Run.open(part.folder / "table" / "table"))


def _write_columns_runs(part: _Part) -> None:
    part.copy("table", SAVED / "runs" / "table")
    _add_columns(Run.open(part.folder / "table" / "table"))


def _add_columns(run: Run) -> None:
    """Give a run of before the user's own columns, and profiles of clusters."""
    n = len(run.identity.rows)
    numbers = np.arange(n)
    frame = pd.DataFrame(
        {
            "id": [f"c-{at}" for at in numbers],
            "spent": numbers / 7,
            "agreed": numbers % 2 == 0,
            "joined": pd.Timestamp("2024-01-01") + pd.to_timedelta(numbers, "D"),
            "due": [f"2024-01-{at % 28 + 1:02d}" for at in numbers],
        }
    )
    frame.loc[3, ["spent", "joined"]] = None
    run.write_columns(own_columns(frame, {"id": "left out: identifiers"}))
    difference = ColumnDifference(
        column="spent",
        kind="number",
        effect=0.5,
        here=2,
        others=1,
        n_here=5,
        n_others=9,
        decimals=2,
    )
    profile = ClusterProfile(cluster=0, name="high spent", n_held_out=5, nearest=[0, 1])
    profile = profile.model_copy(update={"differences": [difference]})
    run.write_profiles(ClusterProfiles(representation="autoencoder", n=n, clusters=[profile]))


def _write_recommend_runs(part: _Part) -> None:
    """One with more in its uses than `latens recommend` writes."""
    part.copy("events", SAVED / "runs" / "events")
    run = part.folder / "more" / "more"
    shutil.copytree(SAVED / "runs" / "events", run)
    use = json.loads((run / "uses" / "recommend.json").read_text())
    use["mosaics"] = [{"title": "Images", "row_names": ["a", "b"]}]
    (run / "uses" / "search.json").write_text(json.dumps(use))
    (run / "arrays").mkdir()
    (run / "arrays" / "use_search_0.npy").write_bytes(npy_bytes(_pixels(2, 3, 8, 8)))


def _write_cut_runs(part: _Part) -> None:
    work = part.folder / "cut" / "work"
    shutil.copytree(SAVED / "runs" / "cut", work / "cut")
    (work / "data").mkdir()
    shutil.copyfile(SAVED / "data" / "table.csv", work / "data" / "table.csv")


_PARTS: dict[str, Callable[[_Part], None]] = {
    "npy": _write_npy,
    "npz": _write_npz,
    "idx": _write_idx,
    "cifar": _write_cifar,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "image": _write_images,
    "images": _write_image_folders,
    "events": _write_events,
    "labels": _write_labels,
    "study": _write_studies,
    "model": _saved("models"),
    "detector": _saved("detectors"),
    "denoiser": _saved("denoisers"),
    "recommender": _saved("recommenders"),
    "index": _saved("indexes"),
    "run": _write_runs,
    "columns-run": _write_columns_runs,
    "recommend-run": _write_recommend_runs,
    "cut-run": _write_cut_runs,
}
