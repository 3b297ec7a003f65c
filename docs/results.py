"""Write docs/results/NAME.md, and the map beside it, from the files of a study's run.

    python docs/results.py RUN [RUN ...]

Each RUN is the folder of `latens run studies/NAME.toml`; nothing is computed here that the run does not hold.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from latens._identity import HELD_OUT
from latens.plots import maps
from latens.runs import HistoryRecord, Run, Table
from latens.studies import read_study
from latens.studies.summary import comparison_table

HERE = Path(__file__).parent / "results"
STUDIES = Path(__file__).parents[1] / "studies"


def main(folders: Iterable[str]) -> None:
    for folder in folders:
        run = Run.open(folder)
        name = _name_of(run)
        (HERE / f"{name}.md").write_text(_page(name, run), encoding="utf-8")
        _map(run).save(HERE / f"{name}.png")
        _reduce(HERE / f"{name}.png")
        print(HERE / f"{name}.md")


def _name_of(run: Run) -> str:
    """The study file that has the title of the run."""
    title = run.info.study["title"]
    return next(path.stem for path in STUDIES.glob("*.toml") if read_study(path).title == title)


def _page(name: str, run: Run) -> str:
    info, results = run.info, run.results
    headings, rows = comparison_table(results)
    use = run.read_findings()["published"]
    histories = run.histories.models
    software = info.software
    lines = [
        f"# {info.study['title']}",
        "",
        f"Made by `python docs/results.py` from the run of `latens run studies/{name}.toml`"
        f"{' --scale small' if info.study['scale'] == 'small' else ''}, "
        f"{str(info.started)[:10]}, latens {software['latens']}, torch {software['torch']}, "
        f"{software['device']}.",
        f"Seeds: {', '.join(map(str, results.seeds_done))}. Data: {info.data.name}, "
        f"{info.data.n_train:,} samples to learn from, {info.data.n_test:,} held out.",
        "",
        use.sentence + " " + results.verdict.sentence,
        "",
        *_markdown(Table("Held-out samples", tuple(headings), tuple(map(tuple, rows)))),
        *(line for table in use.tables for line in _markdown(table)),
        *_markdown(_trainings(histories)),
        *[f"- {note}" for note in info.data.notes],
        "",
        "## Map",
        "",
        f"![t-SNE of held-out samples, raw and coded, colored by label]({name}.png)",
        "",
    ]
    return "\n".join(lines)


def _markdown(table: Table) -> list[str]:
    cells = [[_cell(value) for value in row] for row in (table.columns, *table.rows)]
    rows = [f"| {' | '.join(row)} |" for row in cells]
    rows.insert(1, f"|{' --- |' * len(table.columns)}")
    note = [table.note, ""] if table.note else []
    return [f"## {table.title}", "", *rows, "", *note]


def _cell(value: Any) -> str:
    return "–" if value is None else str(value).replace("|", "\\|")


def _trainings(histories: Mapping[str, Mapping[str, HistoryRecord]]) -> Table:
    rows = [
        (
            model,
            seed,
            len(history.epochs),
            f"{history.epochs[-1].seconds:.0f}",
            history.stopped,
        )
        for model, seeds in histories.items()
        for seed, history in seeds.items()
    ]
    columns = ("model", "seed", "epochs", "seconds", "ended because")
    return Table("Trainings", columns, tuple(rows), "Seconds are those of the machine it ran on.")


def _map(run: Run) -> Any:
    known, numbers = run.identity, run.array("map_rows")
    if run.has_places:
        # Held-out samples come first.
        held_out = numbers[known.part[numbers] == HELD_OUT]
        numbers = known.to_numbers(held_out)
    labels = np.asarray(run.array("y_test"))[numbers]
    models = [model["name"] for model in run.info.study["models"]]
    clouds = {name: run.array(f"map_{name}")[: len(numbers) : 2] for name in ("raw", *models)}
    return maps(clouds, labels[::2], names=run.info.data.names, title="label")


def _reduce(path: Path) -> None:
    """Leave 256 colors and half the bytes; by the usual cut two colors of classes become one."""
    with Image.open(path) as picture:
        colors = picture.convert("RGB")
    reduced = colors.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
