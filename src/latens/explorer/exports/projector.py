"""A folder that TensorBoard's embedding projector opens."""

import math
from pathlib import Path

import numpy as np

from latens._csv_writing import safe_cell
from latens._text import json_text, one_line
from latens.exceptions import RunError
from latens.explorer.exploration import Exploration, Images
from latens.explorer.exports.columns import named_columns, values_of
from latens.explorer.thumbnails import as_colors

__all__ = ["write_projector"]

# The projector refuses a larger sprite.
_SPRITE_SIDE = 8192


def write_projector(exploration: Exploration, folder: Path) -> None:
    """Write the codes of every model, what is known of each sample, and one picture of all pictures.

    ``tensorboard --logdir FOLDER`` shows it; the site of the projector takes the same files by hand.

    Raises
    ------
    RunError
        If the run has no codes.
    """
    if not exploration.codes:
        raise RunError("This run holds no codes, so there is nothing for the projector to show.")
    folder.mkdir()
    _write_metadata(exploration, folder / "metadata.tsv")
    side = None
    if exploration.images is not None:
        side = _write_sprite(exploration.images, folder / "sprite.png")
    entries = []
    for at, codes in enumerate(exploration.codes):
        file = f"tensors-{at + 1}.tsv" if at else "tensors.tsv"
        # Nine digits give every single-precision number back.
        np.savetxt(folder / file, codes.values, fmt="%.9g", delimiter="\t")
        entries.append(_entry(codes.name, file, side))
    config = folder / "projector_config.pbtxt"
    config.write_text("".join(entries), encoding="utf-8", newline="\n")


def _write_metadata(exploration: Exploration, path: Path) -> None:
    """A table with a heading, which the projector expects of tables of two columns or more."""
    columns = {
        name: [_cell(value) for value in values_of(column)]
        for name, column in named_columns(exploration).items()
    }
    columns["point"] = [str(at) for at in range(len(exploration.rows))]
    names = map(str, map(safe_cell, columns))
    lines = ["\t".join(names), *("\t".join(row) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return str(safe_cell(value)) if isinstance(value, str) else f"{value:.7g}"


def _write_sprite(images: Images, path: Path) -> tuple[int, int]:
    """All images in rows of a square, which is how the projector counts them; returns their size."""
    from PIL import Image

    columns = math.ceil(math.sqrt(len(images)))
    height, width = images.shape[1:3]
    factor = min(1.0, _SPRITE_SIDE // columns / max(height, width))
    height, width = max(1, int(factor * height)), max(1, int(factor * width))
    sprite = Image.new("RGB", (columns * width, columns * height))
    for at, image in enumerate(images):
        tile = Image.fromarray(as_colors(image))
        if tile.size != (width, height):
            tile = tile.resize((width, height), Image.Resampling.BOX)
        sprite.paste(tile, ((at % columns) * width, (at // columns) * height))
    sprite.save(path, "PNG")
    return width, height


def _entry(name: str, file: str, side: tuple[int, int] | None) -> str:
    """What the configuration says of one tensor, in protobuf's text format."""
    lines = [
        f"  tensor_name: {_quoted(name)}",
        f"  tensor_path: {_quoted(file)}",
        '  metadata_path: "metadata.tsv"',
    ]
    if side is not None:
        dimensions = " ".join(f"single_image_dim: {one}" for one in side)
        lines.append(f'  sprite {{ image_path: "sprite.png" {dimensions} }}')
    return "embeddings {\n" + "\n".join(lines) + "\n}\n"


def _quoted(text: str) -> str:
    """A string of protobuf's text format; without control characters, JSON's is one."""
    return json_text(one_line(text)[:200])
