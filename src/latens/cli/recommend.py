"""`latens recommend`: train and evaluate recommenders on events, or use one that is trained."""

import csv
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens.cli.console import print_json, print_lines, print_table, say, say_step
from latens.cli.opening import refuse_flags
from latens.cli.saving import next_folder
from latens.exceptions import DataError

if TYPE_CHECKING:
    from latens.applications.recommend import BaseRecommender, Ranking, Recommender
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
        int, Option(min=1, help="Users with fewer likes are neither learnt from nor scored.")
    ] = 5,
    max_items: Annotated[
        int | None, Option(min=2, help="Keep so many of the most popular items. [default: all]")
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
    seeds: Annotated[int, Option(min=1, help="Repeat on so many splits of the users.")] = 1,
    device: Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    overwrite: Annotated[bool, Option("--overwrite", help="Replace the run in --out.")] = False,
    json: Annotated[bool, Option("--json", help="Print the results as JSON on stdout.")] = False,
) -> None:
    """Learn from events who likes what, evaluate on users held out, and recommend to everybody.

    With a run instead of events it answers for one user (--user), for one who likes some items (--items),
    or for an item (--similar).
    """
    asked = _Asked(user, items, similar, explain, top)
    if (Path(events) / "run.json").is_file():
        of_learning = [name for name in context.params if name not in _OF_USE]
        refuse_flags(context, f"'{events}' is a run, which has learnt already.", *of_learning)
        _use(Path(events), asked, as_json=json)
        return
    if asked.anything:
        raise typer.BadParameter(
            f"'{events}' is no run. --user, --items, --similar and --explain need a run that "
            "`latens recommend EVENTS` has written."
        )
    from latens.applications.recommend.recommendation_run import (
        RecommendationSettings,
        run_recommendation,
    )
    from latens.data.event_files import load_interactions
    from latens.data.interactions import Columns
    from latens.reports import write_report

    models = _models(model, epochs=epochs, time_limit=time_limit, device=device)
    interactions = load_interactions(
        events,
        columns=Columns(user_column, item_column, rating_column),
        min_rating=min_rating,
        item_names=item_names,
    )
    _announce(interactions)
    run = run_recommendation(
        interactions,
        models,
        out or next_folder(interactions.name or "events"),
        settings=RecommendationSettings(
            seeds=tuple(range(seed, seed + seeds)),
            min_items=min_items,
            max_items=max_items,
            top=top,
            format=format,
        ),
        command=shlex.join(["latens", *sys.argv[1:]]),
        overwrite=overwrite,
        say=say_step,
        finish=write_report,
    )
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


class _Asked:
    """What is asked of a run."""

    def __init__(
        self,
        user: str | None,
        items: list[str] | None,
        similar: str | None,
        explain: str | None,
        top: int,
    ) -> None:
        self.user, self.similar, self.explain, self.top = user, similar, explain, top
        self.items = items or []
        self.anything = any(one is not None for one in (user, items, similar, explain))


def _models(
    name: str | None, *, epochs: int | None, time_limit: str | None, device: str
) -> "dict[str, BaseRecommender]":
    """The models to compare, popularity first."""
    from latens._devices import resolve_device
    from latens.applications.recommend.kinds import ORDER, kind

    by_lower_case = {known.lower(): known for known in ORDER}
    plain = None if name is None else name.lower().replace("-", "").replace("_", "")
    if plain is not None and plain not in by_lower_case:
        raise typer.BadParameter(
            f"There is no model '{name}'. Choose one of {', '.join(ORDER)}.", param_hint="--model"
        )
    resolve_device(device)
    from latens.training import Trainer

    wanted = ORDER if plain is None else tuple(dict.fromkeys(("Popularity", by_lower_case[plain])))
    trainer = Trainer(max_epochs=epochs, time_limit=time_limit, device=device)
    models = {}
    for one in wanted:
        model = kind(one)()
        if "trainer" in model.get_params():
            model.set_params(trainer=trainer)
        models[one] = model
    return models


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


def _use(folder: Path, asked: _Asked, *, as_json: bool) -> None:
    """Answer from a run."""
    from latens.applications.recommend import Recommender
    from latens.runs import Run

    recommender = Recommender.load(Run.open(folder).model_path("recommender"))
    asked.items = [item for text in asked.items for item in _items(text, recommender)]
    title, ranking = _answer(recommender, asked)
    if as_json:
        found = ranking.frame().to_dict(orient="records")
        print_json({"question": title, "model": type(recommender.model_).__name__, "items": found})
        return
    rows = [
        [str(rank), str(item), str(name), f"{score:.4g}"]
        for rank, (item, name, score) in enumerate(
            zip(ranking.items, ranking.names, ranking.scores, strict=True), start=1
        )
    ]
    print_table(title, ["rank", "item", "name", "score"], rows)


def _items(text: str, recommender: "Recommender") -> list[str]:
    """The items that a text names: one, or several with commas between, which a name may have, too."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    parts = [part.strip() for row in rows for part in row if part.strip()]
    found, place = [], 0
    if recommender.knows_item(text):
        return [text]
    while place < len(parts):
        ends = range(len(parts), place + 1, -1)
        longest = next(
            (end for end in ends if recommender.knows_item(", ".join(parts[place:end]))), place + 1
        )
        found.append(", ".join(parts[place:longest]))
        place = longest
    return found


def _answer(recommender: "Recommender", asked: _Asked) -> "tuple[str, Ranking]":
    if asked.similar is not None:
        if asked.user is not None or asked.items or asked.explain is not None:
            raise typer.BadParameter(
                "--similar asks of an item alone: no --user, --items, --explain."
            )
        ranking = recommender.similar_items(asked.similar, asked.top)
        if not len(ranking):
            kind = type(recommender.model_).__name__
            raise DataError(f"For {kind} '{asked.similar}' says nothing about any other item.")
        return f"Items that go with {asked.similar}", ranking
    if asked.user is not None and asked.items:
        raise typer.BadParameter("Give --user or --items, not both.")
    if asked.user is None and not asked.items:
        raise typer.BadParameter("Say what to answer: --user ID, --items A,B,C or --similar ITEM.")
    who = (
        f"user {asked.user}"
        if asked.user is not None
        else f"one who likes {', '.join(asked.items)}"
    )
    if asked.explain is not None:
        ranking = recommender.explain(asked.explain, user=asked.user, items=asked.items)
        if not len(ranking):
            raise DataError(f"There is nothing to explain: {who} likes no item.")
        return f"What led {who} to {asked.explain}", ranking
    if asked.user is not None:
        return f"For {who}", recommender.recommend(asked.user, asked.top)
    return f"For {who}", recommender.recommend_to_items(asked.items, asked.top)
