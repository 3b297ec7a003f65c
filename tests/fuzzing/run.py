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
from collections.abc import Iterable, Sequence
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign import Limits
    from kinds import Kind

__all__ = ["main"]

_KEEP = Path(".fuzz")


def main(kinds: "Sequence[Kind] | None" = None, limits: "Limits | None" = None) -> int:
    """Run a campaign, print what it found, and return 1 if that is anything.

    Parameters
    ----------
    kinds : sequence of Kind or None
        None: all that latens reads.
    limits : Limits or None
    """
    asked = _arguments()
    # Before torch is loaded: threads of a parent are not there in its children.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLBACKEND="agg")
    from campaign import VALID, Campaign, Limits
    from driver import Driver
    from findings import print_findings
    from preparing import import_everything, made_corpus

    if kinds is None:
        from kinds import KINDS

        kinds = [kind for kind in KINDS if not asked.kinds or kind.name in asked.kinds.split(",")]
        every: Sequence[Kind] = KINDS
    else:
        every = kinds
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="latens-fuzz-") as name:
        folder = Path(name)
        corpus = made_corpus(folder / "corpus")
        import_everything()
        seed, numbers = asked.seed, None
        if asked.only:
            seed, _, number = asked.only.rpartition(":")
            numbers = [int(number)]
        campaign = Campaign(seed, every, corpus, limits or Limits())
        if numbers is None:
            wanted = {kind.name for kind in kinds}
            endless: Iterable[int] = range(campaign.count_valid()) if seed == VALID else count()
            some = (number for number in endless if campaign.kind_of(number).name in wanted)
            numbers = list(islice(some, asked.inputs))
        found = Driver(campaign, folder, asked.keep, asked.jobs, asked.budget).run(numbers)
    print_findings(found, seed, time.monotonic() - started, is_full=bool(asked.only))
    return 1 if any(one.is_failure for one in found) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument(
        "--seed", default="", help="any word; 'valid': the corpus as it is; none: a fresh one"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--only", metavar="SEED:NUMBER", help="one input, with its traceback")
    parser.add_argument("--kinds", metavar="A,B", help="inputs of these kinds alone")
    parser.add_argument("--keep", type=Path, default=_KEEP, help="a folder for inputs that fail")
    parser.add_argument("--budget", type=float, help="stop after so many seconds")
    asked = parser.parse_args()
    if not asked.seed:
        asked.seed = str(time.time_ns() // 1000 % 10**9)
    if not asked.only:
        sys.stderr.write(f"seed {asked.seed}\n")
    return asked


if __name__ == "__main__":
    sys.exit(main())
