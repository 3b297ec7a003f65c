"""How far a run has come: what a part of it left, checked before it is gone on with."""

from latens.exceptions import RunError
from latens.runs import HistoryRecord, Results, Run, array_names
from latens.studies.settings import Study

__all__ = ["has_all_seeds", "has_first_seed", "histories_so_far", "results_so_far"]


def results_so_far(run: Run) -> Results:
    """Return results.json; empty where there is none yet.

    Raises
    ------
    RunError
        If it is damaged.
    """
    try:
        results = run.results
    except RunError as error:
        raise _damaged(run, "results", error) from error
    if run.has("results") and results.clusters is None:
        raise _damaged(run, "results", "It says nothing of clusters.")
    return results


def histories_so_far(run: Run) -> dict[str, dict[str, HistoryRecord]]:
    """Return histories.json, by model and seed; empty where there is none yet.

    Raises
    ------
    RunError
        If it is damaged.
    """
    try:
        return run.histories.models
    except RunError as error:
        raise _damaged(run, "histories", error) from error


def has_all_seeds(run: Run, study: Study) -> bool:
    """Whether everything that training and scoring make is there."""
    done = results_so_far(run).seeds_done
    return all(seed in done for seed in study.all_seeds()) and has_first_seed(run, study)


def has_first_seed(run: Run, study: Study) -> bool:
    """Whether what only the first seed makes is there: models, codes and pictures."""
    arrays = set(run.arrays())
    names = [model.name for model in study.models]
    return (
        run.has("histories")
        and all((run.model_path(name) / "model.json").is_file() for name in names)
        and {array_names.scored("train"), array_names.scored("test")} <= arrays
        and all(array_names.codes(name) in arrays for name in names)
    )


def _damaged(run: Run, name: str, why: object) -> RunError:
    path = run.path / f"{name}.json"
    return RunError(f"'{path}' is damaged. Remove it, and --resume makes it anew. {why}")
