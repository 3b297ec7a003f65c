"""Feed latens broken files of every kind that it reads, and see that only its own errors come out.

    python tests/fuzzing/run.py --inputs 20000 --seed 7 --jobs 2
    python tests/fuzzing/run.py --only 7:1234

Every input is a function of the seed and its number. It must end well or in an error of latens: no other
exception, no crash, no hang, at most 1 GiB of memory, no connection, no import, no file outside its folder.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign import Campaign, Limits
    from kind import Kind

__all__ = ["main"]

_KEEP = Path(".fuzz")


def main(kinds: "Sequence[Kind] | None" = None, limits: "Limits | None" = None) -> int:
    """Run the campaigns that are asked for, print what they found, and return 1 if that is anything.

    Parameters
    ----------
    kinds : sequence of Kind or None
        None: all that latens reads.
    limits : Limits or None
    """
    asked = _arguments()
    # Before torch is loaded: threads of a parent are not there in its children.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLBACKEND="agg")
    from campaign import Campaign, Limits
    from preparing import import_everything, made_corpus

    is_all = kinds is None
    if kinds is None:
        from kinds import KINDS as kinds
    with tempfile.TemporaryDirectory(prefix="latens-fuzz-") as name:
        folder = Path(name)
        corpus = made_corpus(folder / "corpus") if asked[0].corpus is None else asked[0].corpus
        sys.path.insert(0, str(corpus / "importable"))
        if is_all:
            import_everything()
        failed = [
            _has_failures(Campaign(one.seed, kinds, corpus, limits or Limits()), one, folder)
            for one in asked
        ]
    return int(any(failed))


def _has_failures(campaign: "Campaign", asked: argparse.Namespace, folder: Path) -> bool:
    """Run a campaign, and print what it found."""
    from driver import Driver
    from findings import print_findings

    started = time.monotonic()
    driver = Driver(campaign, folder, asked.keep, asked.jobs, asked.budget)
    found = driver.run(_numbers(campaign, asked))
    slow = [one.number for one in found if one.outcome == "too slow"]
    if slow and len(found) > 1:
        # Beside another job and whatever else the machine does all takes longer: once more, alone.
        sys.stderr.write(f"{len(slow)} were too slow; once more, one at a time\n")
        alone = Driver(campaign, folder, asked.keep, 1).run(slow)
        found = [one for one in found if one.outcome != "too slow"] + alone
    is_one = asked.number is not None
    print_findings(found, asked.seed, time.monotonic() - started, is_full=is_one)
    return any(one.is_failure for one in found)


def _numbers(campaign: "Campaign", asked: argparse.Namespace) -> list[int]:
    """Which inputs of the campaign are wanted."""
    if asked.number is not None:
        return [asked.number]
    known = [kind.name for kind in campaign.kinds]
    wanted = asked.kinds.split(",") if asked.kinds else known
    if not {*wanted} <= {*known}:
        sys.exit(f"There are the kinds {','.join(known)}. Got {asked.kinds} instead.")
    numbers = (n for n in campaign.numbers() if campaign.kind_of(n).name in wanted)
    return list(islice(numbers, asked.inputs))


def _arguments() -> list[argparse.Namespace]:
    """The arguments of every campaign; what comes after `--then` is another one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument(
        "--seed", default="", help="any word; 'valid': the corpus as it is; none: a fresh one"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--only", metavar="SEED:NUMBER", help="one input, with its traceback")
    parser.add_argument("--kinds", metavar="A,B", help="inputs of these kinds alone")
    parser.add_argument("--keep", type=Path, default=_KEEP, help="a folder for inputs that fail")
    parser.add_argument("--corpus", type=Path, help="one that is written already")
    parser.add_argument("--budget", type=float, help="stop after so many seconds")
    parser.add_argument(
        "--then", action="store_true", help="before the arguments of another campaign"
    )
    each: list[list[str]] = [[]]
    for word in sys.argv[1:]:
        if word == "--then":
            each.append([])
        else:
            each[-1].append(word)
    return [_settled(parser.parse_args(words)) for words in each]


def _settled(asked: argparse.Namespace) -> argparse.Namespace:
    """Which seed and which inputs."""
    asked.number = None
    if asked.only:
        asked.seed, _, number = asked.only.rpartition(":")
        asked.number = int(number)
    elif not asked.seed:
        asked.seed = str(time.time_ns() // 1000 % 10**9)
    if not asked.only:
        sys.stderr.write(f"seed {asked.seed}\n")
    return asked


if __name__ == "__main__":
    sys.exit(main())
