"""What to do with a run next, as commands that are ready to type."""

import shlex

from latens.runs.info import RunInfo

__all__ = ["next_steps"]


def next_steps(info: RunInfo, place: str = "RUN", row: int = 0) -> tuple[tuple[str, str], ...]:
    """Return commands of the program, each with what it is for.

    Parameters
    ----------
    info : RunInfo
        Of a finished run.
    place : str, default="RUN"
        The folder of the run, before it is quoted for a shell.
    row : int, default=0
        The row of a sample; the first rows of a file may have been left out.

    Examples
    --------
    >>> from latens.runs import RunInfo
    >>> next_steps(RunInfo(format="latens run", version=2), "runs/mine 1")[0]
    ("latens explore 'runs/mine 1'", 'walk through the codes, and save a selection with its rows')
    """
    run = shlex.quote(place)
    classify = (f"latens classify {run}", "how few labels are enough for a classifier")
    if not info.data.names:
        words = "classes for all, from labels that you saved in the explorer"
        classify = (f"latens classify {run} --labels labels.csv", words)
    steps = [
        (f"latens explore {run}", "walk through the codes, and save a selection with its rows"),
        (
            f"latens clusters {run} --out clusters.csv",
            "what each cluster is like, and who is in it",
        ),
        (f"latens anomalies {run}", "which samples are unlike the others"),
        (f"latens search {run} {row}", f"what is most like the sample in row {row}"),
        (f"latens search {run} --duplicates", "what is there twice"),
        classify,
        (f"latens embed {run} --out codes.csv", "codes and clusters of all samples, as a table"),
    ]
    if info.cheap_forms:
        words = "in full, what was made in a cheaper form"
        steps.insert(0, (f"latens run --resume {run} --finish", words))
    return tuple(steps)
