"""`latens search`: the samples of a run that are most like a query, or nearly the same."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latens.cli.console import print_json, print_table, say, say_notes
from latens.cli.opening import refuse_flags
from latens.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications.search.run_items import RunItems, Searchable
    from latens.applications.search.similarity_index import Neighbours
    from latens.runs import Mosaic, Table, Use

__all__ = ["search"]

# What the report shows; --json has all of it.
_SHOWN_QUERIES, _SHOWN_GROUPS, _SHOWN_MEMBERS = 12, 12, 8


def search(
    context: typer.Context,
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY",
            help="An image file, a data file with many queries, or N, a row of the run's own data.",
            show_default=False,
        ),
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(min=0, help="A row of the run's own data, also where a file is called so."),
    ] = None,
    duplicates: Annotated[
        bool, typer.Option("--duplicates", help="List samples that are nearly the same instead.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="How far apart duplicates may be. [default: a tenth of the median distance between "
            "nearest neighbours]",
            show_default=False,
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many neighbours of each query.")] = 10,
    bits: Annotated[
        int | None,
        typer.Option(min=1, help="Compare so many bits of each code instead of its numbers."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Which model of the run. [default: its first]")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Find the samples of a run that are most like QUERY, by the distances of their codes.

    The result is kept in the run, and `latens report RUN` shows it. Rows are numbered from 0, in the
    order of the data, as `latens embed` writes them.
    """
    if (query is not None) + (row is not None) + duplicates != 1:
        raise typer.BadParameter("Give one of QUERY, --row and --duplicates.")
    if threshold is not None and not duplicates:
        raise typer.BadParameter("--threshold is for --duplicates.", param_hint="--threshold")
    if duplicates:
        refuse_flags(context, "all near-duplicates are listed.", "top")
    from latens.applications.search.run_items import RunItems
    from latens.runs import Run

    opened = Run.open(run)
    opened.check_writable()
    items = RunItems.of(opened, model, device=device)
    found = items.searchable(bits)
    if query is not None:
        row = _row_meant(query, items.dataset.item_names)
        query = query if row is None else None
    if duplicates:
        result = _near_duplicates(items, found, threshold)
    else:
        asked = _asked(items, found, query, row, top)
        result = _nearest(items, found, *asked)
    opened.write_use("search", result.use)
    if json:
        print_json({"run": str(run), "model": items.model_name, **result.facts})
    else:
        print_table(result.table.title, result.table.columns, _cells(result.table))
    say(f"{result.use.sentence} Kept in the run; 'latens report {run}' shows it.")


def _row_meant(query: str, names: tuple[str, ...] | None) -> int | None:
    """The row that a query means: that of its name, before its number; None for a file."""
    if Path(query).exists():
        return None
    if names is not None and query in names:
        return names.index(query)
    number = query.removeprefix("#")
    return int(number) if number.isdecimal() else None


@dataclass(frozen=True, eq=False)
class _Result:
    """What was found: for programs, for a terminal, and for the report."""

    facts: dict[str, Any]
    table: "Table"
    use: "Use"


def _asked(
    items: "RunItems", found: "Searchable", query: str | None, row: int | None, top: int
) -> tuple["np.ndarray", list[str], "Neighbours"]:
    """The queries, their names and their neighbours."""
    n = len(items.dataset)
    if query is not None:
        asked = items.query(query)
        say_notes(asked.notes)
        codes = found.items(items.model.transform(asked.X))
        return asked.X, list(asked.item_names or ()), found.index.search(codes, k=min(top, n))
    assert row is not None
    if row >= n:
        raise DataError(f"The data of the run have the rows 0 to {n - 1}. Got {row} instead.")
    return items.dataset.X[[row]], [items.name(row)], found.index.neighbours([row], min(top, n - 1))


def _nearest(
    items: "RunItems",
    found: "Searchable",
    X: "np.ndarray",
    names: list[str],
    neighbours: "Neighbours",
) -> _Result:
    from latens.applications.search.headline import nearest_headline
    from latens.runs import Table, Use

    queries: list[dict[str, Any]] = [
        {
            "query": name,
            "neighbours": [
                {
                    "row": int(at),
                    "name": items.name(at),
                    "distance": float(distance),
                    "label": items.label(at),
                }
                for at, distance in zip(rows, distances, strict=True)
            ],
        }
        for name, rows, distances in zip(names, neighbours.ids, neighbours.distances, strict=True)
    ]
    lines = tuple(
        (str(one["query"]), hit["name"], hit["distance"], hit["label"])
        for one in queries
        for hit in one["neighbours"]
    )
    columns = ("query", "sample", "distance", "label")
    asked = f"{names[0]}" if len(names) == 1 else f"{len(names)} queries"
    table = Table(f"Nearest to {asked}", columns, lines, f"Distance: {found.distance}.")
    shown = lines[: _SHOWN_QUERIES * neighbours.ids.shape[1]]
    use = Use(
        question="Which samples are most like a query?",
        sentence=nearest_headline(len(items.dataset), asked, items.model_name, found.distance),
        tables=(Table(table.title, columns, shown, table.note),),
        mosaics=_beside(items, X[:_SHOWN_QUERIES], names, neighbours.ids[:_SHOWN_QUERIES]),
    )
    return _Result({"distance": found.distance, "queries": queries}, table, use)


def _beside(
    items: "RunItems", X: "np.ndarray", names: list[str], rows: "np.ndarray"
) -> tuple["Mosaic", ...]:
    """Each query in a row of pictures with its neighbours; nothing for a table."""
    import numpy as np

    from latens.runs import Mosaic

    samples = np.concatenate([X[:, None], items.dataset.X[rows]], axis=1)
    pictures = items.pictures(samples.reshape(-1, *X.shape[1:]))
    if pictures is None:
        return ()
    images = pictures.reshape(*samples.shape[:2], *pictures.shape[1:])
    return (Mosaic("Each query, then its neighbours", images, tuple(names[: len(X)])),)


def _near_duplicates(items: "RunItems", found: "Searchable", threshold: float | None) -> _Result:
    from latens.applications.search.headline import duplicates_headline
    from latens.runs import Table, Use

    if found.index.metric == "hamming" and threshold is None:
        raise ParameterError(
            "Samples with equal bits are alike, not duplicates, so bits have no usual threshold. Choose "
            "a --model with real codes, or give --threshold as a number of bits."
        )
    near = found.index.near_duplicates(threshold)
    groups = [
        [{"row": int(at), "name": items.name(at), "label": items.label(at)} for at in group]
        for group in near.groups
    ]
    lines = tuple(
        (number, len(group), ", ".join(str(one["name"]) for one in group[:_SHOWN_MEMBERS]))
        for number, group in enumerate(groups, start=1)
    )
    columns = ("group", "samples", "which" if _all_shown(groups) else "the first of them")
    note = f"At most {near.threshold:.4g} apart ({found.distance})."
    n_samples = sum(map(len, groups))
    use = Use(
        question="Which samples are nearly the same?",
        sentence=duplicates_headline(
            n_samples,
            len(items.dataset),
            len(groups),
            model=items.model_name,
            threshold=near.threshold,
            distance=found.distance,
        ),
        tables=(Table("Near-duplicates", columns, lines[:_SHOWN_GROUPS], note),),
        mosaics=_groups_side_by_side(items, near.groups[:_SHOWN_GROUPS]),
    )
    facts = {"distance": found.distance, "threshold": near.threshold, "groups": groups}
    return _Result(facts, Table("Near-duplicates", columns, lines, note), use)


def _all_shown(groups: list[list[dict[str, Any]]]) -> bool:
    return all(len(group) <= _SHOWN_MEMBERS for group in groups)


def _groups_side_by_side(
    items: "RunItems", groups: tuple["np.ndarray", ...]
) -> tuple["Mosaic", ...]:
    """A row of pictures for each group, black where it has fewer; nothing for a table."""
    import numpy as np

    from latens.runs import Mosaic

    pictures = [items.pictures(items.dataset.X[group[:_SHOWN_MEMBERS]]) for group in groups]
    if not pictures or pictures[0] is None:
        return ()
    shape = len(groups), max(map(len, pictures)), *pictures[0].shape[1:]  # type: ignore[arg-type]
    images = np.zeros(shape, dtype=np.uint8)
    for line, members in zip(images, pictures, strict=True):
        line[: len(members)] = members  # type: ignore[arg-type]
    names = tuple(f"group {number + 1}" for number in range(len(groups)))
    return (Mosaic("Groups of near-duplicates", images, names),)


def _cells(table: "Table") -> list[list[str]]:
    return [
        [
            "" if cell is None else f"{cell:.4g}" if isinstance(cell, float) else str(cell)
            for cell in row
        ]
        for row in table.rows
    ]
