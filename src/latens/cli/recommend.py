"""`latens recommend`: train and evaluate recommenders on events, or use one that is trained."""

import shlex
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens.cli.console import print_json, print_lines, print_table, say, say_step
from latens.cli.inputs import refuse_flags
from latens.cli.options import Device, Json, Overwrite
from latens.cli.saving import next_folder

if TYPE_CHECKING:
    from latens.applications import RecommendationFinding
    from latens.data.interactions import Interactions
    from latens.runs import Run

__all__ = ["recommend"]

Option = typer.Option

# What a run is asked with; all other flags are of learning, which it has behind it.
_OF_USE = ("events", "user", "items", "similar", "explain", "top", "json")


def recommend(
    context: typer.Context,
    events: Annotated[
        str,
        typer.Argument(
            metavar="EVENTS|RUN",
            help="A .csv, .parquet or .inter file with one event per row, a MovieLens folder, or a run.",
            show_default=False,
        ),
    ],
    user: Annotated[str | None, Option(help="Use a run: recommend to this user.")] = None,
    items: Annotated[
        list[str] | None,
        Option(
            help="Use a run: recommend to one who likes these, ids or names; again, or commas between."
        ),
    ] = None,
    similar: Annotated[str | None, Option(help="Use a run: items that go with this one.")] = None,
    explain: Annotated[
        str | None, Option(help="With --user or --items: which of them led to this item.")
    ] = None,
    out: Annotated[Path | None, Option(help="The run folder. [default: runs/NAME-NUMBER]")] = None,
    model: Annotated[
        str | None,
        Option(
            help="Popularity, EASE, EDLAE, MultDAE, MultVAE, RecVAE or InfiniteAE. [default: all]"
        ),
    ] = None,
    user_column: Annotated[
        str | None, Option(help="The column of users. [default: by name]")
    ] = None,
    item_column: Annotated[
        str | None, Option(help="The column of items. [default: by name]")
    ] = None,
    rating_column: Annotated[
        str | None, Option(help="The column of ratings. [default: by name]")
    ] = None,
    min_rating: Annotated[
        float | None, Option(help="A like from this rating on. [default: 80 % of the largest]")
    ] = None,
    min_items: Annotated[
        int, Option(min=1, help="Users with fewer likes are neither learned from nor scored.")
    ] = 5,
    max_items: Annotated[
        int | None, Option(min=2, help="Keep this many of the most popular items. [default: all]")
    ] = None,
    item_names: Annotated[
        Path | None, Option(help="A table of item ids and names. [default: the one beside]")
    ] = None,
    top: Annotated[int, Option(min=1, help="Recommendations per user.")] = 10,
    format: Annotated[
        Literal["csv", "parquet"], Option(help="Of the recommendations for all users.")
    ] = "csv",
    epochs: Annotated[
        int | None, Option(min=1, help="Of neural models. [default: by size]")
    ] = None,
    time_limit: Annotated[
        str | None, Option(help="Of each training of a neural model, such as '90 s'.")
    ] = None,
    seed: Annotated[int, Option(min=0, help="The first seed.")] = 0,
    seeds: Annotated[int, Option(min=1, help="Repeat on this many splits of the users.")] = 1,
    device: Device = "auto",
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Learn from events who likes what, evaluate on users held out, and recommend to everybody.

    With a run instead of events it answers for one user (--user), for one who likes some items (--items),
    or for an item (--similar).
    """
    if (Path(events) / "run.json").is_file():
        of_learning = [name for name in context.params if name not in _OF_USE]
        refuse_flags(context, f"'{events}' is a run, which has learned already.", *of_learning)
        _tell(_answer(context), as_json=json)
        return
    if any(one is not None for one in (user, items, similar, explain)):
        raise typer.BadParameter(
            f"'{events}' is no run. --user, --items, --similar and --explain need a run that "
            "`latens recommend EVENTS` has written."
        )
    run = _learned(context)
    report = run.path / "report.html"
    results = run.read("results")
    if json:
        print_json(
            {
                "run": str(run.path),
                "report": str(report),
                **run.info.model_dump(),
                "results": results,
            }
        )
    else:
        _print_results(run, results, report)


def _learned(context: typer.Context) -> "Run":
    """Compare recommenders on events, and write a run and its report."""
    from latens._devices import resolve_device
    from latens.applications.recommend.kinds import recommenders
    from latens.applications.recommend.recommendation_run import (
        RecommendationSettings,
        run_recommendation,
    )
    from latens.data.event_files import load_interactions
    from latens.data.interactions import EventColumns
    from latens.reports import write_report
    from latens.training import Trainer

    asked = SimpleNamespace(**context.params)
    resolve_device(asked.device)
    trainer = Trainer(max_epochs=asked.epochs, time_limit=asked.time_limit, device=asked.device)
    models = recommenders(asked.model, trainer=trainer)
    interactions = load_interactions(
        asked.events,
        columns=EventColumns(asked.user_column, asked.item_column, asked.rating_column),
        min_rating=asked.min_rating,
        item_names=asked.item_names,
    )
    _announce(interactions)
    return run_recommendation(
        interactions,
        models,
        asked.out or next_folder(interactions.name or "events"),
        settings=RecommendationSettings(
            seeds=tuple(range(asked.seed, asked.seed + asked.seeds)),
            min_items=asked.min_items,
            max_items=asked.max_items,
            top=asked.top,
            format=asked.format,
        ),
        command=shlex.join(["latens", *sys.argv[1:]]),
        overwrite=asked.overwrite,
        say=say_step,
        finish=write_report,
    )


def _announce(interactions: "Interactions") -> None:
    n_users, n_items = interactions.liked.shape
    say(
        f"{interactions.name}: {n_users:,} users, {n_items:,} items, {interactions.liked.nnz:,} likes "
        f"({interactions.density:.2%} of all pairs)"
    )
    for note in interactions.notes:
        say(f"  note: {note}")


def _print_results(run: "Run", results: dict[str, Any], report: Path) -> None:
    from latens.applications.recommend.held_out import METRICS
    from latens.applications.recommend.recommendation_run import rounded

    rows = []
    for row in results["summary"]:
        if not row["splits"]:
            say(f"{row['model']} was left out: {row['left_out']}")
            continue
        cells = [
            rounded(row[name])
            + ("" if row[f"{name} sd"] is None else f" ± {row[f'{name} sd']:.4f}")
            for name in METRICS
        ]
        rows.append([row["model"], *cells, f"{row['seconds']:.1f}"])
    print_table("Test users", ["model", *METRICS, "seconds"], rows)
    print_lines(results["verdict"]["sentence"], results["verdict"]["caution"], "")
    print_lines(
        f"run              {run.path}",
        f"report           {report}",
        f"recommendations  {run.path / results['recommendations']}",
    )


def _answer(context: typer.Context) -> "RecommendationFinding":
    """What a run answers."""
    from latens.applications import RecommendationQuestion, Recommender, answer_question
    from latens.runs import Run

    asked = SimpleNamespace(**context.params)
    question = RecommendationQuestion(
        user=asked.user,
        items=tuple(asked.items or ()),
        similar=asked.similar,
        explain=asked.explain,
        n=asked.top,
    )
    recommender = Recommender.load(Run.open(asked.events).model_path("recommender"))
    return answer_question(recommender, question)


def _tell(found: "RecommendationFinding", *, as_json: bool) -> None:
    items = found.ranking.frame().to_dict(orient="records")
    if as_json:
        print_json({"question": found.sentence, "model": found.model, "items": items})
        return
    rows = [
        [str(rank), str(one["item"]), str(one["name"]), f"{one['score']:.4g}"]
        for rank, one in enumerate(items, start=1)
    ]
    print_table(found.sentence, ["rank", "item", "name", "score"], rows)
