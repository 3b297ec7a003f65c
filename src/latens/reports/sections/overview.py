"""The head of the page: the verdict, the key facts and what looks wrong."""

import math
import re
from dataclasses import dataclass

import numpy as np

from latens.reports.formatting import count, duration, plural, sample_shape
from latens.reports.run_data import RunData
from latens.runs import Alert, Verdict

__all__ = ["Fact", "alerts", "facts", "verdict"]

_COUNT = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Fact:
    """One thing to know before reading on."""

    label: str
    value: str
    detail: str = ""


def verdict(run: RunData) -> Verdict:
    """Return the verdict of the run, or say that it has none."""
    missing = Verdict(
        head="This run has no verdict yet.", caution="It ended before anything was compared."
    )
    return run.results.verdict or missing


def facts(run: RunData) -> tuple[Fact, ...]:
    """Return the key facts: data, held-out part, code, labels, seeds and time."""
    data = run.data
    if not run.is_study:
        return tuple(Fact(label, value, more) for label, value, more in data.facts or ())
    n_train, n_test = data.n_train, data.n_test
    total = (n_train or 0) + (n_test or 0)
    shape = run.sample_shape
    return tuple(
        fact
        for fact in (
            Fact(
                "Data",
                data.name or "unnamed",
                f"{count(total)} samples, {sample_shape(shape)}" if total else sample_shape(shape),
            ),
            Fact("Held out", f"{count(n_test)} samples", data.held_out or ""),
            _code(run),
            _labels(run),
            Fact("Seeds", str(len(run.seeds)), _seeds_in_words(run)),
            Fact("Time", duration(run.info.seconds), _machine(run)),
        )
        if fact is not None
    )


def _labels(run: RunData) -> Fact:
    y = run.arrays.labels()
    if y is None:
        return Fact("Labels", "none", "nothing is scored with labels")
    n_classes = len(run.class_names or np.unique(y))
    use = "used to score, never to choose"
    if run.supervised:
        use = f"learned from by {', '.join(run.supervised)}; all are scored with them"
    return Fact("Labels", plural(n_classes, "class", "classes"), use)


def _code(run: RunData) -> Fact | None:
    sizes = [row.numbers for row in run.results.rows if row.representation in run.models]
    if not sizes:
        return None
    smallest, largest = min(sizes), max(sizes)
    words = (
        plural(largest, "dimension")
        if smallest == largest
        else f"{smallest} to {largest} dimensions"
    )
    values = math.prod(run.sample_shape)
    if smallest == largest and values > largest:
        return Fact(
            "Code",
            words,
            f"per sample of {count(values)} values, {values / largest:.3g} times fewer",
        )
    return Fact("Code", words, f"per sample of {count(values)} values")


def _seeds_in_words(run: RunData) -> str:
    if len(run.seeds) < 2:
        return "one run; small differences may be chance"
    return "means and standard deviations over them"


def _machine(run: RunData) -> str:
    software = run.info.software or {}
    threads, device = str(software.get("threads") or ""), software.get("device")
    known = f", {plural(int(threads), 'thread')}" if _COUNT.fullmatch(threads) else ""
    return f"on {device or 'unknown device'}{known}"


def alerts(run: RunData) -> tuple[Alert, ...]:
    """Return what looks wrong: the state of the run first, then what the run itself found."""
    damaged = (
        Alert(title="An array cannot be used", text=problem) for problem in run.arrays.problems
    )
    first = (one for one in (_state(run), _cheap(run)) if one is not None)
    return (*first, *run.results.alerts, *damaged)


def _cheap(run: RunData) -> Alert | None:
    forms = run.info.cheap_forms
    if not forms:
        return None
    what = "; ".join(f"{one.step} {one.text}" for one in forms)
    text = f"{what[:1].upper()}{what[1:]}. In full: `latens run --resume RUN --finish`."
    return Alert(title="To save time, some steps were made in a cheaper form", text=text)


def _state(run: RunData) -> Alert | None:
    status = run.info.status
    if status == "interrupted":
        text = (
            "What it lacks so far is left out below. Continue with `latens run --resume`."
            if run.is_study
            else "`latens recommend` does not go on where it stopped: start it anew, with --overwrite."
        )
        return Alert(title="This run was interrupted", text=text)
    if status == "failed":
        return Alert(title="This run failed", text=run.info.error or "No reason was recorded.")
    if status != "complete":
        text = "It is still running, or was killed. What it lacks so far is left out below."
        return Alert(title="This run is not finished", text=text)
    return None
