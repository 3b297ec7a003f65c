"""What to do with a run next, as commands that are ready to type."""

import shlex

from latens.runs.info import RunInfo

__all__ = ["next_steps"]


def next_steps(info: RunInfo, place: str = "RUN") -> tuple[tuple[str, str], ...]:
    """Return commands of the program, each with what it is for.

    Parameters
    ----------
    info : RunInfo
        Of a finished run.
    place : str, default="RUN"
        The folder of the run, as it is to be typed.

    Examples
    --------
    >>> from latens.runs import RunInfo
    >>> next_steps(RunInfo(format="latens run", version=2), "runs/mine 1")[0]
    ("latens explore 'runs/mine 1'", 'walk through the codes, and save a selection with its rows')
    """
    run = shlex.quote(place)
    labels = "" if info.data.names else " --labels FEW.csv"
    steps = [
        (f"latens explore {run}", "walk through the codes, and save a selection with its rows"),
        (
            f"latens clusters {run} --out clusters.csv",
            "what each cluster is like, and who is in it",
        ),
        (f"latens anomalies {run}", "which samples are unlike the others"),
        (f"latens search {run} 0", "what is most like the sample in row 0"),
        (f"latens search {run} --duplicates", "what is there twice"),
        (f"latens classify {run}{labels}", "classes for all from labels of a few"),
        (f"latens embed {run} --out codes.csv", "codes and clusters of all samples, as a table"),
    ]
    if info.cheap_forms:
        words = "in full, what was made in a cheaper form"
        steps.insert(0, (f"latens run --resume {run} --finish", words))
    return tuple(steps)
