"""The head of the page: the verdict, the key facts and what looks wrong."""

import math
import re
from dataclasses import dataclass

import numpy as np

from latens.reports.arrays import Arrays
from latens.reports.content import Content, Remark
from latens.reports.formatting import count, duration, plural, sample_shape

__all__ = ["Fact", "Verdict", "alerts", "facts", "verdict"]

_COUNT = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Verdict:
    """The headline, its reasons, and what to beware of.

    Attributes
    ----------
    head, rest : str
    caution : str
    """

    head: str
    rest: str
    caution: str


@dataclass(frozen=True)
class Fact:
    """One thing to know before reading on."""

    label: str
    value: str
    detail: str = ""


def verdict(content: Content) -> Verdict:
    """Return the verdict of the run, or say that it has none."""
    found = content.verdict
    if found is None:
        return Verdict("This run has no verdict yet.", "", "It ended before anything was compared.")
    if found.head:
        # No line ends inside "k-NN".
        head, rest = (
            text.replace("k-NN", "k\u2011NN") for text in (found.head, " ".join(found.reasons))
        )
        return Verdict(head, rest, found.caution or "")
    head, rest = _cut(found.sentence or "")
    return Verdict(head, rest, found.caution or "")


def _cut(sentence: str) -> tuple[str, str]:
    """A sentence of version 0.1, and of `recommend`, in two where the reasons begin."""
    marks = [place for mark in (": ", " — ") if (place := sentence.find(mark)) > 0]
    cut = min(marks, default=len(sentence))
    head, rest = sentence[:cut], sentence[cut:].lstrip(":— ")
    if rest and not head.endswith((".", "!", "?")):
        head += "."
    return head, rest[:1].upper() + rest[1:]


def facts(content: Content, arrays: Arrays) -> tuple[Fact, ...]:
    """Return the key facts: data, held-out part, code, labels, seeds and time."""
    data = content.data
    if not content.is_study:
        return tuple(Fact(label, value, more) for label, value, more in data["facts"])
    n_train, n_test = data.get("n_train"), data.get("n_test")
    total = (n_train or 0) + (n_test or 0)
    shape = content.sample_shape
    return tuple(
        fact
        for fact in (
            Fact(
                "Data",
                str(data.get("name") or "unnamed"),
                f"{count(total)} samples, {sample_shape(shape)}" if total else sample_shape(shape),
            ),
            Fact("Held out", f"{count(n_test)} samples", str(data.get("held_out") or "")),
            _code(content),
            _labels(content, arrays),
            Fact("Seeds", str(len(content.seeds)), _seeds_in_words(content)),
            Fact("Time", duration(content.info.get("seconds")), _machine(content)),
        )
        if fact is not None
    )


def _labels(content: Content, arrays: Arrays) -> Fact:
    y = arrays.labels()
    if y is None:
        return Fact("Labels", "none", "nothing is scored with labels")
    n_classes = len(content.class_names or np.unique(y))
    use = "used to score, never to choose"
    if content.taught:
        use = f"learnt from by {', '.join(content.taught)}; all are scored with them"
    return Fact("Labels", plural(n_classes, "class", "classes"), use)


def _code(content: Content) -> Fact | None:
    sizes = [row.numbers for row in content.rows if row.representation in content.models]
    if not sizes:
        return None
    smallest, largest = min(sizes), max(sizes)
    words = plural(largest, "number") if smallest == largest else f"{smallest} to {largest} numbers"
    values = math.prod(content.sample_shape)
    if smallest == largest and values > largest:
        return Fact(
            "Code",
            words,
            f"per sample of {count(values)} values, {values / largest:.3g} times fewer",
        )
    return Fact("Code", words, f"per sample of {count(values)} values")


def _seeds_in_words(content: Content) -> str:
    if len(content.seeds) < 2:
        return "one run; small differences may be chance"
    return "means and standard deviations over them"


def _machine(content: Content) -> str:
    software = content.info.get("software") or {}
    threads, device = str(software.get("threads") or ""), software.get("device")
    known = f", {plural(int(threads), 'thread')}" if _COUNT.fullmatch(threads) else ""
    return f"on {device or 'unknown device'}{known}"


def alerts(content: Content, arrays: Arrays) -> tuple[Remark, ...]:
    """Return what looks wrong: the state of the run first, then what the run itself found."""
    state = _state(content)
    damaged = (Remark("An array cannot be used", problem) for problem in arrays.problems)
    return (*((state,) if state else ()), *content.alerts, *damaged)


def _state(content: Content) -> Remark | None:
    status = content.info.get("status")
    if status == "interrupted":
        text = (
            "The results are those of the best weights so far. Continue with `latens run --resume`."
            if content.is_study
            else "`latens recommend` does not go on where it stopped: start it anew, with --overwrite."
        )
        return Remark("This run was interrupted", text)
    if status == "failed":
        return Remark(
            "This run failed", str(content.info.get("error") or "No reason was recorded.")
        )
    if status != "complete":
        text = "It is still running, or was killed. What it lacks so far is left out below."
        return Remark("This run is not finished", text)
    return None
