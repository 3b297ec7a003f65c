"""How far a run has come: what a part of it left, checked before it is gone on with."""

from typing import Any

from latens.exceptions import RunError
from latens.runs import Run
from latens.studies.settings import Study

__all__ = ["has_all_seeds", "has_first_seed", "histories_so_far", "results_so_far"]

_KINDS: dict[str, type] = {
    "rows": list,
    "not_measured": list,
    "clusters": dict,
    "alerts": list,
    "layers": dict,
    "seeds_done": list,
}
_ROW = {"representation", "label", "part", "seed", "metrics", "numbers", "learns_from_labels"}


def results_so_far(run: Run) -> dict[str, Any]:
    """Return results.json; nothing where there is none yet.

    Raises
    ------
    RunError
        If it is damaged.
    """
    if not run.has("results"):
        return {}
    try:
        _ = run.results  # or a value in it is of another type
    except RunError as error:
        raise RunError(f"{_damaged(run, 'results', '')} {error}") from error
    results = run.read("results")
    wrong = not isinstance(results, dict) or [
        name for name, kind in _KINDS.items() if not isinstance(results.get(name), kind)
    ]
    if wrong:
        raise _damaged(run, "results", "" if wrong is True else f": see {', '.join(wrong)}")
    if not all(row.keys() >= _ROW and isinstance(row["metrics"], dict) for row in results["rows"]):
        raise _damaged(run, "results", ": see rows")
    known: dict[str, Any] = results
    return known


def histories_so_far(run: Run) -> dict[str, Any]:
    """Return histories.json; nothing where there is none yet.

    Raises
    ------
    RunError
        If it is damaged.
    """
    histories = run.read("histories") if run.has("histories") else {}
    if not isinstance(histories, dict) or not all(
        isinstance(one, dict) for one in histories.values()
    ):
        raise _damaged(run, "histories", "")
    return histories


def has_all_seeds(run: Run, study: Study) -> bool:
    """Whether everything that training and scoring make is there."""
    done = results_so_far(run).get("seeds_done", [])
    return all(seed in done for seed in study.all_seeds()) and has_first_seed(run, study)


def has_first_seed(run: Run, study: Study) -> bool:
    """Whether what only the first seed makes is there: models, codes and pictures."""
    arrays = set(run.arrays())
    names = [model.name for model in study.models]
    return (
        run.has("histories")
        and all((run.model_path(name) / "model.json").is_file() for name in names)
        and {"scored_train", "scored_test"} <= arrays
        and all(f"codes_{name}_test" in arrays for name in names)
    )


def _damaged(run: Run, name: str, where: str) -> RunError:
    path = run.path / f"{name}.json"
    return RunError(f"'{path}' is damaged{where}. Remove it, and --resume makes it anew.")
