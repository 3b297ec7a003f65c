"""What came of every input, one by one and summed up."""

import sys
from collections import defaultdict
from dataclasses import dataclass

__all__ = ["Finding", "print_findings"]

_SHOWN = 60


@dataclass(frozen=True)
class Finding:
    """What one input came to.

    Attributes
    ----------
    number : int
    kind : str
    outcome : str
        "fine", "refused" by an error of latens, or one of the failures of `worker`.
    error : str
        The type of an exception, the name of a signal, or what was reached for.
    place : str
        File and line, the deepest in latens.
    message, traceback : str
    seconds : float
        Of the processor.
    memory : int
        Bytes above what there was before, at its peak.
    """

    number: int
    kind: str
    outcome: str
    error: str = ""
    place: str = ""
    message: str = ""
    traceback: str = ""
    seconds: float = 0.0
    memory: int = 0

    @property
    def is_failure(self) -> bool:
        """Whether latens is at fault."""
        return self.outcome not in ("fine", "refused")

    def text(self, seed: str) -> str:
        """All that is known, and how to see it again."""
        return (
            f"{self.kind}: {self.outcome} {self.error} {self.place}\n{self.message}\n"
            f"{self.seconds:.2f} s, {self.memory >> 20} MiB\n"
            f"python tests/fuzzing/run.py --only {seed}:{self.number}\n\n{self.traceback}"
        )


def print_findings(found: list[Finding], seed: str, seconds: float, *, is_full: bool) -> None:
    """Print a table by kind and the failures, equal ones as one."""
    write = sys.stdout.write
    if is_full:
        for finding in found:
            write(finding.text(seed))
        return
    heads = ("inputs", "fine", "refused", "failed", "mean ms", "max s", "max MiB")
    write(f"{'kind':24}" + "".join(f"{head:>9}" for head in heads) + "\n")
    by_kind = defaultdict(list)
    for finding in found:
        by_kind[finding.kind].append(finding)
    for kind, some in [*by_kind.items(), ("all", found)]:
        if some:
            write(_row(kind, some))
    _print_failures([finding for finding in found if finding.is_failure], seed)
    write(f"seed {seed}: {len(found):,} inputs in {seconds / 60:.1f} minutes\n")


def _row(kind: str, some: list[Finding]) -> str:
    outcomes = [finding.outcome for finding in some]
    fine, refused = outcomes.count("fine"), outcomes.count("refused")
    seconds = [finding.seconds for finding in some]
    counts = (len(some), fine, refused, len(some) - fine - refused)
    times = f"{1000 * sum(seconds) / len(some):9.1f}{max(seconds):9.1f}"
    memory = max(finding.memory for finding in some) >> 20
    return f"{kind:24}" + "".join(f"{count:9,}" for count in counts) + f"{times}{memory:9,}\n"


def _print_failures(failures: list[Finding], seed: str) -> None:
    groups = defaultdict(list)
    for finding in failures:
        error = finding.error if finding.outcome != "too large" else ""
        groups[finding.outcome, error, finding.place].append(finding)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (outcome, error, place), some in ordered:
        kinds = ", ".join(sorted({finding.kind for finding in some}))
        first = some[0].message.replace("\n", " ")[:110]
        sys.stdout.write(
            f"{len(some):5} x {outcome} {error} {place} [{kinds}] {first!r} --only {seed}:{some[0].number}\n"
        )
