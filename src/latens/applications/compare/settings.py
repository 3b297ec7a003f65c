"""The settings in which runs differ, by names with dots."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from latens.runs import Run

__all__ = ["differing_settings"]

_NONE = "–"
_LONGEST = 60
# What names the run and no setting of it.
_PASSED_OVER = ("name",)


def differing_settings(runs: Sequence[Run]) -> tuple[tuple[str, ...], ...]:
    """Return each setting that is not the same in all runs, with its value in each; "–" where it has none."""
    flat = [_facts(run) for run in runs]
    names = dict.fromkeys(name for one in flat for name in one)
    rows = ((name, *(one.get(name, _NONE) for one in flat)) for name in names)
    return tuple(row for row in rows if len(set(row[1:])) > 1)


def _facts(run: Run) -> dict[str, str]:
    """The settings of a run, and what else decides its scores."""
    data, info = run.data, run.info
    found = dict(_flat(run.study, ""))
    found |= {
        "samples to learn from": f"{data.n_train or 0:,}",
        "held-out samples": f"{data.n_test or 0:,}",
        "features": f"{len(data.feature_names or ()):,}" if data.feature_names else _NONE,
        "fingerprint of the data": (run.fingerprint or "")[:12],
        "latens": info.software.get("latens") or _NONE,
        "device": info.software.get("device") or _NONE,
        "made in a cheaper form": ", ".join(one.step for one in info.cheap_forms) or "nothing",
        "training": ", ".join(_trainings(run)) or _NONE,
    }
    return found


def _trainings(run: Run) -> Iterator[str]:
    """How long the first seed of each model was trained."""
    for name, seeds in run.histories.models.items():
        first = next(iter(seeds.values()), None)
        if first is not None:
            yield f"{name}: {len(first.epochs):,} epochs"


def _flat(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not (name == "" and key in _PASSED_OVER):
                yield from _flat(one, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for at, one in enumerate(value):
            yield from _flat(one, f"{name}.{at + 1}" if len(value) > 1 else name)
    else:
        words = _NONE if value in (None, [], {}) else str(value)
        yield name, words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
