"""Writes docs/benchmarks.md from the results: python benchmarks/page.py"""

import json
import tomllib
from pathlib import Path
from statistics import mean, median
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Made by `make bench`, which races ours against its peers in turns, each in a process and an environment of
its own; this page is written from the files in `benchmarks/results`. Seconds are medians over the turns,
ratios are seconds against the first line of a table, and peak memory is that of the whole process, imports
and data included. Machines are noisy: a ratio says more than seconds. GFLOP/s count the operations of a
network as it is written: one that was rewritten to do less may be above the machine's ceiling.
"""


def main() -> None:
    sections = [HEAD]
    for path in sorted((HERE / "rows").glob("*.toml")):
        results = [HERE / "results" / f"{path.stem}{end}.json" for end in ("", "_gpu")]
        found = [json.loads(one.read_text()) for one in results if one.exists()]
        sections += [measured(path.stem, record) for record in found]
        if not found:
            row = tomllib.loads(path.read_text())
            sections.append(f"## {row['title']}\n\nGoal: {row['goal']}. Not measured.\n")
    PAGE.write_text("\n".join([*sections, *whole_runs()]))


def whole_runs() -> list[str]:
    """How long whole runs take, and the share of each step."""
    path = HERE / "results" / "whole_runs.json"
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    steps = list(next(iter(found.values()))["steps"])
    lines = [
        "## Whole runs, from the command to the report",
        "",
        "`python benchmarks/whole_runs.py`, each once, without umap-learn; the load is that of the machine "
        "before the run, so that 2 means that the other programs wanted both cores. Processor seconds are "
        "those of the run alone.",
        "",
        _line(["run", "goal, s", "seconds", "processor seconds", "peak MB", "load", *steps]),
        _line(["---"] * (6 + len(steps))),
    ]
    for name, one in found.items():
        shares = [f"{one['steps'][step] / one['seconds']:.0%}" for step in steps]
        command = f"{name} `{one['options']}`" if one["options"] else name
        numbers = [
            str(one[key]) for key in ("goal", "seconds", "processor seconds", "peak_mb", "load")
        ]
        lines.append(_line([command, *numbers, *shares]))
    return ["\n".join(lines) + "\n"]


def measured(name: str, record: dict[str, Any]) -> str:
    """One row as a table."""
    contenders = record["contenders"]
    numbers = list(dict.fromkeys(n for one in contenders for n in one["runs"][0]))
    numbers = [n for n in numbers if n not in ("seconds", "peak_mb")]
    head = ["", "seconds", "ratio", *numbers, "peak MB"]
    machine = record["machine"]
    on = machine.get("gpu") or f"{machine['cores']} cores ({machine['cpu']})"
    lines = [
        f"## {record['title']}",
        "",
        f"Goal: {record['goal']}. {len(contenders[0]['runs'])} turns on {on}, {record['date']}: "
        f"`python benchmarks/bench.py {name}`",
        "",
        _line(head),
        _line(["---"] * len(head)),
    ]
    for one in contenders:
        runs = one["runs"]
        values = [_shown(mean(run[n] for run in runs)) if n in runs[0] else "" for n in numbers]
        peak = f"{median(run['peak_mb'] for run in runs):.0f}"
        lines.append(
            _line([one["name"], _shown(one["seconds"]), f"{one['ratio']:.2f}", *values, peak])
        )
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    main()
