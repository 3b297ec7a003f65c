"""How long whole runs and their steps take: python benchmarks/whole_runs.py [--runs NAME ...]

Each run is the command itself in a process of its own, without umap-learn (`tests/without_umap`), as most
machines are; the lines that it writes say when a step begins.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from whole_run_data import MAKERS, Absent

HERE = Path(__file__).parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Command:
    """One run: its data, a name that latens knows or one of `MAKERS`, its options and the most seconds."""

    data: str
    options: tuple[str, ...]
    goal: int


MINUTE = ("--time-limit", "60 s")
RUNS = (
    Command("fashion-mnist-10k", (), 90),
    Command("digits", (), 90),
    Command("table 3,000 x 12", (), 60),
    Command("table 300,000 x 12", MINUTE, 75),
    Command("array 200,000 x 784", MINUTE, 75),
    Command("20,000 PNG of 28x28", MINUTE, 75),
    Command("600 photographs of 300x200", (), 180),
    Command("1,600 photographs of 300x200", (), 180),
    Command("1,200 flowers of 128x128", ("--time-limit", "30 s"), 45),
    Command("fashion-mnist", (), 300),
)
# The beginning of a line, and the step that begins with it; of the first, what comes before any line.
STEPS = {
    "training will": "training",
    "fitting PCA": "PCA and scores",
    "choosing the number": "number of clusters",
    "measuring the variance": "PCA and scores",
    "looking for structure": "structure",
    "scoring": "PCA and scores",
    "reconstructing": "pictures",
    "drawing maps": "maps",
    "writing the report": "report",
}
NAMES = ("reading", *dict.fromkeys(STEPS.values()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", nargs="*", help="of which data; all of them by default")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "whole_runs.json")
    asked = parser.parse_args()
    found = json.loads(asked.out.read_text()) if asked.out.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        for command in RUNS:
            if asked.runs and command.data not in asked.runs:
                continue
            try:
                made = MAKERS.get(command.data, lambda place: Path(command.data))(Path(folder))  # noqa: B023
            except Absent as reason:
                print(f"{command.data} is left out: {reason}.")
                continue
            found[command.data] = timed(command, str(made), Path(folder) / "run")
            print(command.data, json.dumps(found[command.data]), flush=True)
            asked.out.write_text(json.dumps(found, indent=1) + "\n")


def timed(command: Command, data: str, out: Path) -> dict[str, object]:
    """Carry a run out; return its seconds, step by step, and its peak of memory."""
    load = os.getloadavg()[0]
    line = [sys.executable, "-m", "latens", "run", data, *command.options]
    path = os.pathsep.join([str(ROOT / "tests" / "without_umap"), os.environ.get("PYTHONPATH", "")])
    start = time.monotonic()
    process = subprocess.Popen(
        [*line, "--out", str(out), "--overwrite"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    steps, step, since = dict.fromkeys(NAMES, 0.0), "reading", start
    assert process.stderr is not None
    for said in process.stderr:
        begins = next((name for words, name in STEPS.items() if said.startswith(words)), None)
        if begins is not None:
            steps[step] += time.monotonic() - since
            step, since = begins, time.monotonic()
    _, status, used = os.wait4(process.pid, 0)
    steps[step] += time.monotonic() - since
    return {
        "options": " ".join(command.options),
        "goal": command.goal,
        "seconds": round(time.monotonic() - start, 1),
        "processor seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / (1 if sys.platform == "darwin" else 2**10)),
        "status": os.waitstatus_to_exitcode(status),
        "load": round(load, 1),
        "steps": {name: round(seconds, 1) for name, seconds in steps.items()},
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    main()
