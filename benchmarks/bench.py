"""Races ours against its peers: python benchmarks/bench.py [ROW ...]

A row is a file in `rows/`. Every contender gets a process of its own, the peers in environments of their
own, and they run in turns, so that whatever else the machine does hits all of them alike. Results go to
`results/ROW.json`, those of a GPU to `results/ROW_gpu.json`, and `page.py` makes the page in docs of them.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, Any, Self

import torch

HERE = Path(__file__).parent
ENVIRONMENTS = HERE / ".environments"


@dataclass
class Contender:
    """One program in the race, running and waiting for its turn."""

    name: str
    process: subprocess.Popen[str]
    said: IO[str]
    results: list[dict[str, float]]

    @classmethod
    def start(cls, description: dict[str, Any], settings: dict[str, Any]) -> Self:
        python = environment(description.get("environment"))
        own = settings | description.get("settings", {})
        command = [python, HERE / "worker.py", HERE / description["script"], json.dumps(own)]
        # What a contender says is shown only if it fails: progress bars of all kinds.
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (it lives as long as the process)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env=surroundings(own),
        )
        contender = cls(description["name"], process, said, [])
        contender.answer()
        return contender

    def run(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        self.results.append(self.answer())

    def answer(self) -> dict[str, float]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.said.seek(0)
            raise SystemExit(f"{self.said.read()}\n{self.name} ended with status {status}")
        return json.loads(line)

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def seconds(self) -> float:
        return median(result["seconds"] for result in self.results)


def environment(name: str | None) -> Path:
    """Return the Python of a peer's environment, made on first use; without a name, our own."""
    if name is None:
        return Path(sys.executable)
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    requirements = HERE / "peers" / name / "requirements.txt"
    if not ready.exists() or ready.stat().st_mtime < requirements.stat().st_mtime:
        print(f"making the environment of {name} ...", file=sys.stderr)
        venv.create(folder, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", requirements], check=True)
        ready.touch()
    return python


def surroundings(settings: dict[str, Any]) -> dict[str, str]:
    """Return the environment variables of a contender.

    A row may say how many `threads` it gets, and that it has `kept_memory`: that the C library keeps what is
    freed, as latens sees to by itself. Else it is luck, from start to start, how much of each step is spent
    on pages that are cleared anew.
    """
    # As the command line of latens sets it; without it contenders slow each other down.
    found = {"GOMP_SPINCOUNT": "2000", **os.environ}
    if "threads" in settings:
        found["OMP_NUM_THREADS"] = str(settings["threads"])
    if settings.get("kept_memory"):
        found |= {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_MAX_": "0"}
    return found


def race(path: Path, turns: int | None = None) -> dict[str, Any]:
    """Run one row, in as many turns as it says or as are asked for, and return its record."""
    row = tomllib.loads(path.read_text())
    settings = row.get("settings", {})
    if gpu() is not None:
        settings |= row.get("gpu", {})
    contenders: list[Contender] = []
    try:
        # Extended one by one, so that those that have started are stopped if the next one fails.
        contenders.extend(Contender.start(each, settings) for each in row["contenders"])
        for turn in range(turns or row["repeats"]):
            for contender in contenders:
                contender.run()
                say(contender, turn)
    finally:
        for contender in contenders:
            contender.stop()
    ours = contenders[0].seconds()
    return {
        "title": row["title"],
        "goal": row["goal"],
        "settings": settings,
        "machine": machine(),
        "date": datetime.date.today().isoformat(),
        "contenders": [
            {
                "name": contender.name,
                "seconds": contender.seconds(),
                "ratio": contender.seconds() / ours,
                "runs": contender.results,
            }
            for contender in contenders
        ],
    }


def say(contender: Contender, turn: int) -> None:
    result = contender.results[-1]
    values = ", ".join(f"{name} {value:.6g}" for name, value in result.items())
    print(f"  {turn + 1}  {contender.name:28} {values}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    found = {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version()}
    return found if gpu() is None else found | {"gpu": gpu()}


def gpu() -> str | None:
    """Return the name of the GPU that contenders will take, if there is one."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


def report(name: str, record: dict[str, Any]) -> None:
    print(f"{name}: {record['title']} (goal: {record['goal']})")
    for contender in record["contenders"]:
        print(
            f"  {contender['name']:28} {contender['seconds']:10.3f} s   x {contender['ratio']:.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "rows", nargs="*", help="names of files in rows/; all of them if none is given"
    )
    parser.add_argument("--turns", type=int, help="instead of as many as the row says")
    parser.add_argument("--again", action="store_true", help="also rows that have results")
    asked = parser.parse_args()
    paths = {path.stem: path for path in sorted((HERE / "rows").glob("*.toml"))}
    unknown = set(asked.rows) - set(paths)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}. There are: {', '.join(paths)}")
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    for name in asked.rows or paths:
        target = results / f"{name}.json" if gpu() is None else results / f"{name}_gpu.json"
        if target.exists() and not (asked.again or asked.rows):
            continue
        record = race(paths[name], asked.turns)
        target.write_text(json.dumps(record, indent=1) + "\n")
        report(name, record)


if __name__ == "__main__":
    main()
