"""One input: a valid thing of the corpus, copied and changed, or a bomb; the same for the same numbers."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from arrays import idx_mutations, npy_mutations, npz_mutations
from documents import json_mutations, table_mutations, toml_mutations
from mutations import Mutation, plain, several
from pictures import png_mutations, ppm_mutations, tiff_mutations
from tables import parquet_mutations
from tensors import safetensors_mutations
from values import TEXTS

__all__ = ["change", "copied", "generator_of"]

_BY_MEANING: dict[str, tuple[Mutation, ...]] = {
    **dict.fromkeys((".json",), json_mutations),
    **dict.fromkeys((".toml",), toml_mutations),
    **dict.fromkeys((".npy",), npy_mutations),
    **dict.fromkeys((".npz",), npz_mutations),
    **dict.fromkeys((".safetensors",), safetensors_mutations),
    **dict.fromkeys((".png",), png_mutations),
    **dict.fromkeys((".tif", ".tiff"), tiff_mutations),
    **dict.fromkeys((".ppm", ".pgm"), ppm_mutations),
    **dict.fromkeys((".parquet", ".pq"), parquet_mutations),
    **dict.fromkeys(
        (".csv", ".tsv", ".tab", ".txt", ".inter", ".item", ".data", ".dat"), table_mutations
    ),
}
_SHARE_OF_MEANING = 0.7
# What a larger file may take is another question.
_MOST_BYTES = 10**6
_SHARE_OF_FOLDERS = 0.08
_WITH_CHECKSUMS = "index.json"


def generator_of(seed: str, number: int) -> Random:
    """What draws everything about one input, and nothing about another."""
    return Random(f"{seed}:{number}")


def copied(thing: Path, folder: Path) -> Path:
    """Copy a file or a folder of the corpus, under its own name."""
    target = folder / thing.name
    if thing.is_dir():
        shutil.copytree(thing, target)
    else:
        shutil.copyfile(thing, target)
    return target


def change(rng: Random, thing: Path, only: str = "**/*") -> None:
    """Change one file of a thing, or a few, or what there is in its folder.

    Parameters
    ----------
    rng : Random
    thing : Path
        A file, or a folder.
    only : str
        A pattern of the files to change, if it is a folder.
    """
    files = sorted(path for path in thing.glob(only) if path.is_file()) or [thing]
    for _ in range(rng.choice((1, 1, 1, 1, 2, 5)) if len(files) > 1 else 1):
        _change_file(rng, rng.choice(files))
    if thing.is_dir() and rng.random() < _SHARE_OF_FOLDERS:
        with suppress(OSError):  # a name that no file can have
            _change_folder(rng, rng.choice(files))
    if rng.random() < 0.9:
        _renew_checksums(thing)


def _change_file(rng: Random, path: Path) -> None:
    content = path.read_bytes()
    mutations = _mutations(path.name) if rng.random() < _SHARE_OF_MEANING else plain
    path.write_bytes(several(rng, content, mutations)[:_MOST_BYTES])


def _mutations(name: str) -> tuple[Mutation, ...]:
    if "ubyte" in name or ".idx" in name:
        return idx_mutations
    return _BY_MEANING.get(Path(name).suffix.lower(), plain)


def _change_folder(rng: Random, path: Path) -> None:
    """What is wrong with a folder although its files are sound."""
    name = (
        rng.choice(TEXTS[:29]).replace("/", "").replace("\x00", "").encode("utf-8", "surrogatepass")
    )
    odd = Path(os.fsdecode(name + path.suffix.encode()))
    changes: tuple[Callable[[], object], ...] = (
        path.unlink,
        lambda: path.write_bytes(b""),
        lambda: (path.unlink(), path.mkdir()),
        lambda: (path.unlink(), path.symlink_to("nowhere")),
        lambda: (path.unlink(), path.symlink_to(path.name)),
        lambda: path.rename(path.with_name(odd.name)),
        lambda: shutil.copyfile(path, path.with_name(odd.name)),
        lambda: shutil.copyfile(path, path.with_suffix("")),
        lambda: (path.parent / "again").symlink_to("."),
        lambda: (path.unlink(), os.mkfifo(path)),
        lambda: shutil.rmtree(path.parent) if path.parent.parent.name != "input" else path.unlink(),
    )
    rng.choice(changes)()


def _renew_checksums(thing: Path) -> None:
    """An index is held against checksums first: with right ones it is read on."""
    about = thing / _WITH_CHECKSUMS
    if not about.is_file():
        return
    try:
        content = json.loads(about.read_bytes())
        # What is no file, such as a pipe that nobody writes to, keeps the one it has.
        content["files"] |= {
            name: hashlib.sha256((thing / name).read_bytes()).hexdigest()
            for name in content["files"]
            if (thing / name).is_file()
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    about.write_text(json.dumps(content))
