"""`latens recommend`: train and evaluate recommenders on events, or use one that is trained."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Argument, BadParameter, Context, Option

from latens.cli import options
from latens.cli.console import print_json, print_lines, print_result, say, say_step
from latens.cli.inputs import refuse_flags
from latens.cli.saving import next_folder

if TYPE_CHECKING:
    from latens.applications import RecommendationQuestion
    from latens.runs import Run

__all__ = ["recommend"]

# What a run is asked with; all other flags are of learning, which it has behind it.
_NEURAL_KINDS = 3
_OF_USE = ("events", "user", "items", "similar", "explain", "top", "json")


def _column_of(what: str) -> Any:
    return Option(help=f"The column of {what}. [default: by name]")


def recommend(
    context: Context,
    events: Annotated[
        str,
        Argument(
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
    user_column: Annotated[str | None, _column_of("users")] = None,
    item_column: Annotated[str | None, _column_of("items")] = None,
    rating_column: Annotated[str | None, _column_of("ratings")] = None,
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
    time_limit: options.TimeLimit = None,
    seed: Annotated[int, Option(min=0, help="The first seed.")] = 0,
    seeds: Annotated[int, Option(min=1, help="Repeat on this many splits of the users.")] = 1,
    device: options.Device = "auto",
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Learn from events who likes what, evaluate on users held out, and recommend to everybody.

    With a run instead of events it answers for one user (--user), for one who likes some items (--items),
    or for an item (--similar).
    """
    question = _mode(context)
    if question is not None:
        from latens.applications import Recommender, answer_question
        from latens.runs import Run

        recommender = Recommender.load(Run.open(events).model_path("recommender"))
        found = answer_question(recommender, question)
        print_json(found.facts()) if json else print_result(found.table(), ".4g")
        return
    run = _learned(context)
    if json:
        where = {"run": str(run.path), "report": str(run.path / "report.html")}
        print_json({**where, **run.info.model_dump(), "results": run.read("results")})
    else:
        _print_results(run)


def _mode(context: Context) -> "RecommendationQuestion | None":
    """What a run is asked, or None where events are learned from; only here do flags exclude each other."""
    flags, events = context.params, context.params["events"]
    if (Path(events) / "run.json").is_file():
        from latens.applications import RecommendationQuestion

        of_learning = [name for name in flags if name not in _OF_USE]
        refuse_flags(context, f"'{events}' is a run, which has learned already.", *of_learning)
        asked = options.given(context, "user", "items", "similar", "explain", n="top")
        return RecommendationQuestion(**asked | {"items": tuple(flags["items"] or ())})
    if options.given(context, "user", "items", "similar", "explain"):
        raise BadParameter(
            f"'{events}' is no run. --user, --items, --similar and --explain need a run that "
            "`latens recommend EVENTS` has written."
        )
    return None


def _learned(context: Context) -> "Run":
    """Compare recommenders on events, and write a run and its report."""
    from latens._devices import resolve_device
    from latens.applications.recommend import recommendation_run
    from latens.applications.recommend.kinds import recommenders
    from latens.data.event_files import load_interactions
    from latens.data.interactions import EventColumns
    from latens.reports import write_report
    from latens.training import Trainer

    flags = context.params
    resolve_device(flags["device"])
    # Of every neural kind, or of the one that was asked for, and one more on all users.
    trainings = (1 if flags["model"] else _NEURAL_KINDS) * flags["seeds"] + 1
    training = options.training_flags(context, trainings)
    models = recommenders(flags["model"], trainer=Trainer(**training, device=flags["device"]))
    columns = EventColumns(*(flags[f"{name}_column"] for name in ("user", "item", "rating")))
    names, least = flags["item_names"], flags["min_rating"]
    interactions = load_interactions(
        flags["events"], columns=columns, min_rating=least, item_names=names
    )
    say(interactions.in_words())
    for note in interactions.notes:
        say(f"  note: {note}")
    seeds = tuple(range(flags["seed"], flags["seed"] + flags["seeds"]))
    kept = {name: flags[name] for name in ("min_items", "max_items", "top", "format")}
    return recommendation_run.run_recommendation(
        interactions,
        models,
        flags["out"] or next_folder(interactions.name or "events"),
        settings=recommendation_run.RecommendationSettings(seeds, **kept),
        command=shlex.join(["latens", *sys.argv[1:]]),
        overwrite=flags["overwrite"],
        say=say_step,
        finish=write_report,
    )


def _print_results(run: "Run") -> None:
    results = run.recommendation_results
    for row in results.summary:
        if not row.splits:
            say(f"{row.model} was left out: {row.left_out}")
    print_result(results.table())
    print_lines(results.verdict.sentence, results.verdict.caution, "")
    print_lines(
        f"run              {run.path}",
        f"report           {run.path / 'report.html'}",
        f"recommendations  {run.path / results.recommendations}",
    )
