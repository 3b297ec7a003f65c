"""`latens clusters`: what each cluster of a run is like, and which samples are in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from latens.cli import options
from latens.cli.console import print_json, print_path, print_table, say
from latens.cli.saving import check_file

if TYPE_CHECKING:
    from latens.runs import ClusterProfile, ClusterProfiles, Run

__all__ = ["clusters"]


def clusters(
    run: options.Run,
    out: Annotated[
        Path | None,
        Option(
            help="A .csv or .parquet file for the samples with their clusters and your own columns, or a "
            ".json file for the profiles.",
            show_default=False,
        ),
    ] = None,
    model: options.ModelName = None,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Show what sets each cluster of a run apart, by your own columns, and suggest a name for it.

    Effects go from -1 to 1: the difference of two shares, or for numbers and dates Cliff's delta, the chance
    that a sample of the cluster has the larger value, less the chance that it has the smaller one. They
    describe and test nothing: the clusters were made of columns that are learned from. The profiles are kept
    in the run, for its report.
    """
    if out is not None:
        check_file(out, (".csv", ".parquet", ".json"), overwrite=overwrite)
    from latens.applications import cluster_table, profile_clusters
    from latens.applications.frames import write_frame
    from latens.runs import Run

    opened = Run.open(run)
    opened.check_writable()
    found = profile_clusters(opened, model)
    with opened.writing():
        opened.write_profiles(found)
    if out is not None and out.suffix == ".json":
        _write_json(out, found)
    elif out is not None:
        write_frame(out, cluster_table(opened, found))
    if json:
        print_json({"run": str(run), **found.model_dump()})
    else:
        _print(found, {one.cluster: _place(opened, one) for one in found.clusters})
    if out is not None and not json:
        print_path(out)
    say(f"Kept in the run; 'latens report {run}' shows it.")


def _write_json(out: Path, found: "ClusterProfiles") -> None:
    from latens._text import json_text
    from latens._writing import atomic_write

    with atomic_write(out) as temporary:
        temporary.write_text(json_text(found.model_dump(), indent=2) + "\n", encoding="utf-8")


def _place(run: "Run", one: "ClusterProfile") -> str:
    """What the sample in the middle of a cluster is called."""
    return run.identity.without_part().label(one.nearest[0]) if one.nearest else ""


def _print(found: "ClusterProfiles", middles: dict[int, str]) -> None:
    # Images, and arrays without names, have no columns.
    has_columns = found.n_columns > 0
    rows = []
    for one in found.clusters:
        differs = [one.words or "nothing clear"] if has_columns else []
        sizes = (str(one.cluster), f"{one.size:,}", f"{one.n_held_out:,}")
        rows.append((*sizes, _name(one), *differs, middles[one.cluster]))
    title = f"{len(rows):,} clusters of {found.n:,} samples, by the codes of {found.representation}"
    differs = ["what differs most"] if has_columns else []
    headings = ("cluster", "samples", "held out", "name", *differs, "in the middle")
    print_table(title, headings, rows)


def _name(one: "ClusterProfile") -> str:
    if one.name_from == "labels":
        return f"{one.name} ({one.label_share or 0:.0%} by labels)"
    return one.name
