"""From events to a run folder: models compared, the best one fitted once more, and what it recommends."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.base import clone

from latens._csv_writing import write_csv
from latens._optional import import_optional
from latens._writing import atomic_write
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.comparison import (
    Result,
    best_on_validation,
    compare_recommenders,
    recommendation_headline,
)
from latens.applications.recommend.held_out import METRICS, users_with_enough
from latens.applications.recommend.recommender import Recommender, keep_popular_items
from latens.data.interactions import Interactions
from latens.runs import (
    Finding,
    NextFolder,
    NotMeasured,
    RecommendationResults,
    RecommenderSplit,
    RecommenderSummary,
    Run,
    Table,
    carry_out,
    now,
    software,
)

if TYPE_CHECKING:
    import pandas

__all__ = ["RecommendationSettings", "run_recommendation", "summarize"]

_MODEL = "recommender"
_SHOWN_USERS = 5
_TITLES = {
    "ndcg@100": "NDCG@100",
    "capped_recall@20": "Recall@20 (capped)",
    "capped_recall@50": "Recall@50 (capped)",
    "recall@20": "Recall@20",
    "recall@50": "Recall@50",
}
_NOTE = (
    "Test users, whom no model was trained on; 80 % of each user's items are shown, the rest should be "
    "found among all others. Recall (capped) is hits / min(k, targets), Recall is hits / targets."
)


@dataclass(frozen=True)
class RecommendationSettings:
    """What a run does beside its models.

    Attributes
    ----------
    seeds : tuple of int
        One split of the users each.
    min_items : int
        Users with fewer liked items are neither learned from nor scored.
    max_items : int or None
        Keep only this many of the most popular items.
    top : int
        Recommendations per user.
    format : {"csv", "parquet"}
    """

    seeds: tuple[int, ...] = (0,)
    min_items: int = 5
    max_items: int | None = None
    top: int = 10
    format: Literal["csv", "parquet"] = "csv"


def run_recommendation(
    interactions: Interactions,
    models: Mapping[str, BaseRecommender],
    out: str | Path | NextFolder,
    *,
    settings: RecommendationSettings | None = None,
    command: str = "",
    overwrite: bool = False,
    say: Callable[[str], None] = lambda words: None,
    finish: Callable[[Run], object] = lambda run: None,
) -> Run:
    """Compare models, fit the one that is best on validation users once more, and write a run folder.

    It learns from all users with enough items then, those of the test too; a neural one keeps a tenth of
    them out, which chooses its epoch.

    The folder gets results.json, the recommendations for all users, the recommender itself and what
    `latens report` shows.

    Parameters
    ----------
    interactions : Interactions
    models : dict of str to recommender
    out : str, path or NextFolder
    settings : RecommendationSettings or None, default=None
    command : str
        What to write down as the way to repeat the run.
    overwrite : bool, default=False
        Replace a run that is there.
    say : callable
        Is told what is done.
    finish : callable
        Makes of the run what belongs to it besides, such as its report, before it counts as complete.

    Returns
    -------
    Run

    Raises
    ------
    RunError
        If the folder exists or cannot be written.
    DataError
        If there are too few users, or no model can be fitted.
    """
    settings = settings or RecommendationSettings()
    if settings.format == "parquet":
        import_optional("pyarrow", extra="parquet", purpose="write Parquet files")
    kept = keep_popular_items(interactions, settings.max_items)
    users_with_enough(kept.liked, settings.min_items)  # refuses before anything is written
    with Run.creating(out, overwrite=overwrite) as run:
        carry_out(
            run,
            lambda: _compare_and_recommend(run, kept, models, settings, say),
            finish=finish,
            say=say,
            command=command,
            data=_data_facts(kept, settings),
            settings=asdict(settings),
            software=software(),
            started=now(),
        )
    return run


def summarize(results: Iterable[Result]) -> list[RecommenderSummary]:
    """Return one row per model in order: mean and standard deviation of every metric over the splits.

    The standard deviation is None with a single split.
    """
    by_model: dict[str, list[Result]] = {}
    for result in results:
        by_model.setdefault(result.model, []).append(result)
    return [_summary(model, of_model) for model, of_model in by_model.items()]


def _summary(model: str, results: Sequence[Result]) -> RecommenderSummary:
    done = [result for result in results if not result.left_out]
    left_out = next((result.left_out for result in results if result.left_out), "")
    if not done:
        return RecommenderSummary(model=model, splits=0, left_out=left_out)
    values = {name: [result.test[name] or 0.0 for result in done] for name in METRICS}
    return RecommenderSummary(
        model=model,
        splits=len(done),
        left_out=left_out,
        validation_ndcg=statistics.fmean(result.validation_ndcg or 0.0 for result in done),
        means={name: statistics.fmean(one) for name, one in values.items()},
        spreads={
            name: statistics.stdev(one) if len(done) > 1 else None for name, one in values.items()
        },
        users=sum(result.test["users"] or 0 for result in done),
        seconds=statistics.fmean(result.seconds or 0.0 for result in done),
        chosen=[dict(result.chosen) for result in done],
    )


def _compare_and_recommend(
    run: Run,
    interactions: Interactions,
    models: Mapping[str, BaseRecommender],
    settings: RecommendationSettings,
    say: Callable[[str], None],
) -> str:
    """Fill the run; return the state that it is in then."""
    results = list(
        compare_recommenders(
            interactions.liked,
            models,
            seeds=settings.seeds,
            min_items=settings.min_items,
            say=say,
        )
    )
    best = best_on_validation(results)
    say(f"fitting {best} once more, with the test users among those it learns from")
    model = clone(models[best])
    if "random_state" in model.get_params():
        model.set_params(random_state=settings.seeds[0])
    recommender = Recommender(model, min_items=settings.min_items).fit(interactions)
    recommender.save(run.model_path(_MODEL))
    file = _write_recommendations(run, recommender, settings)
    rows = summarize(results)
    verdict = recommendation_headline(best, results)
    found = RecommendationResults(
        verdict=verdict,
        chosen=best,
        recommendations=file.name,
        summary=rows,
        splits=list[RecommenderSplit](results),
        notes=list(interactions.notes),
        not_measured=[
            NotMeasured(label=row.model, reason=row.left_out) for row in rows if row.left_out
        ],
    )
    run.write("results", found)
    run.write_finding("recommend", _use(verdict.sentence, rows, recommender, settings))
    return "complete"


def _data_facts(interactions: Interactions, settings: RecommendationSettings) -> dict[str, Any]:
    n_users, n_items = interactions.liked.shape
    able = int((np.diff(interactions.liked.indptr) >= settings.min_items).sum())
    return {
        "name": interactions.name,
        "n_users": n_users,
        "n_items": n_items,
        "n_likes": int(interactions.liked.nnz),
        "n_users_learnt_from": able,
        # What the head of the report shows: label, value, remark.
        "facts": [
            ("Events", interactions.name, f"{interactions.liked.nnz:,} likes"),
            ("Users", f"{n_users:,}", f"{able:,} with {settings.min_items} likes or more"),
            ("Items", f"{n_items:,}", f"{interactions.density:.2%} of all pairs are likes"),
            ("Splits", str(len(settings.seeds)), "a tenth of the users held out whole in each"),
        ],
        "notes": list(interactions.notes),
    }


def _write_recommendations(
    run: Run, recommender: Recommender, settings: RecommendationSettings
) -> Path:
    """Write the best items of all users, whole or not at all, a block of users at a time."""
    path = run.path / f"recommendations.{settings.format}"
    frames = recommender.recommend_to_all(settings.top)
    write = _write_csv if settings.format == "csv" else _write_parquet
    with atomic_write(path) as temporary:
        write(temporary, frames)
    return path


def _write_csv(path: Path, frames: "Iterable[pandas.DataFrame]") -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        for position, frame in enumerate(frames):
            write_csv(frame, file, header=position == 0, float_format="%.6g")


def _write_parquet(path: Path, frames: "Iterable[pandas.DataFrame]") -> None:
    """One row group per block of users, so that never all are in memory."""
    import pyarrow
    from pyarrow import parquet

    text, whole = pyarrow.string(), pyarrow.int64()
    columns = {"user": text, "rank": whole, "item": text, "name": text, "score": pyarrow.float64()}
    schema = pyarrow.schema(columns)
    with parquet.ParquetWriter(path, schema) as writer:
        for frame in frames:
            writer.write_table(pyarrow.Table.from_pandas(frame, schema, preserve_index=False))


def _use(
    sentence: str,
    rows: Sequence[RecommenderSummary],
    recommender: Recommender,
    settings: RecommendationSettings,
) -> Finding:
    done = [row for row in rows if row.splits]
    scores = Table(
        "How well each model finds what was hidden, mean over splits",
        ("model", *_TITLES.values(), "sd of NDCG@100", "seconds"),
        tuple(
            (
                row.model,
                *(_to_four(row.means[name]) for name in METRICS),
                _to_four(row.spreads["ndcg@100"]),
                round(row.seconds, 1),
            )
            for row in done
        ),
        _NOTE,
    )
    return Finding(
        question="What might each user like?",
        sentence=sentence,
        tables=(scores, _examples(recommender, settings.top)),
    )


def _to_four(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _examples(recommender: Recommender, top: int) -> Table:
    """What the first users like, and what they are recommended."""
    known = recommender.interactions_
    shown = min(3, top)
    rows = []
    for row in np.flatnonzero(np.diff(known.liked.indptr))[:_SHOWN_USERS]:
        user = str(known.users[row])
        ranking = recommender.recommend(user, shown)
        liked = recommender.names(known.liked[[int(row)]].indices[:3])
        rows.append((user, "; ".join(liked), "; ".join(str(name) for name in ranking.names)))
    columns = ("user", "likes, among others", "is recommended")
    return Table(
        "Recommendations for some users", columns, tuple(rows), "All are in the run folder."
    )
