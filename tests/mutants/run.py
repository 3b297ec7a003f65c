"""Put small errors into latens, one at a time, and see that its tests notice.

    python tests/mutants/run.py --mutants 100 --seed WORD
    python tests/mutants/run.py --only WORD:17
    python tests/mutants/run.py --marked

An error is a wrong sign, comparison, constant or axis, a dropped term or an off by one, in metrics, pairwise,
objectives, clustering, training, or in how studies score. Each runs the tests that are named for its file,
in a copy of the tree. Every mutant is a function of the seed and its number. The exit code is 1 where fewer
than 95 of 100 are caught.

With `--marked` the errors are those of the lines that are marked as of no influence (`edits.MARK`), which are
never drawn; the exit code is 1 where a test notices one.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drawing import Mutant
    from trying import Tree

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[2]
_EQUIVALENT = Path(__file__).with_name("equivalent.toml")
_WANTED = 0.95
# Seconds for all tests that failed, without an error.
_FOR_ALL = 1800.0


def main() -> int:
    """Try the mutants of a seed, print those that nobody noticed, and return 1 where they are too many."""
    asked = _arguments()
    # Before torch is loaded: threads of a parent are not there in its children.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MPLBACKEND="agg")
    from drawing import drawn, reasons
    from trying import Tree, import_the_slow

    known = reasons(_EQUIVALENT)
    everything = drawn(asked.seed, _ROOT, is_marked=asked.marked)
    stale = {*known} - {mutant.content for mutant in everything}
    if stale and not asked.marked:
        sys.exit(f"{_EQUIVALENT.name} lists what is no mutant any more: {sorted(stale)}")
    wanted = _wanted(everything, asked)
    numbers = [number for number in wanted if everything[number].content not in known]
    import_the_slow()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="latens-mutants-") as name:
        tree = Tree(_ROOT, Path(name).resolve() / "tree", asked.limit)
        missed, late = _tried(tree, {number: everything[number] for number in numbers}, asked)
    caught = len(numbers) - len(missed)
    kinds = Counter(everything[number].edit.kind for number in missed)
    print(
        f"\nseed {asked.seed}: {caught} of {len(numbers)} caught, {len(late)} of them by their time; "
        f"{len(wanted) - len(numbers)} listed as equivalent and not tried; "
        f"{time.monotonic() - started:.0f} s"
    )
    if kinds:
        print("not noticed: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()))
        print("  ".join(f"--only {asked.seed}:{number}" for number in missed))
    if asked.marked:
        return 1 if caught else 0
    return 1 if caught < _WANTED * len(numbers) else 0


def _wanted(everything: "list[Mutant]", asked: argparse.Namespace) -> list[int]:
    if asked.number is not None:
        if not 0 <= asked.number < len(everything):
            sys.exit(f"A seed has the mutants 0 to {len(everything) - 1}. Got {asked.number}.")
        return [asked.number]
    wanted = len(everything) if asked.marked else asked.mutants
    return list(range(min(wanted, len(everything))))


def _check_without_error(tree: "Tree", witnesses: list[str]) -> None:
    """A test that fails anyway would catch every mutant."""
    plain = tree.run(witnesses, _FOR_ALL)
    if plain.is_caught:
        sys.exit(f"Without any error these tests must pass, and they do not:\n{plain.output}")
    print(f"without an error all {len(witnesses)} tests that failed pass, in {plain.seconds:.0f} s")


def _tried(
    tree: "Tree", mutants: "dict[int, Mutant]", asked: argparse.Namespace
) -> tuple[list[int], list[int]]:
    """The numbers of those that no test noticed, and of those that ran out of time."""
    from places import tests_of

    missed, late, witnesses = [], [], []
    for number, mutant in mutants.items():
        outcome = tree.try_mutant(mutant)
        word = "late" if outcome.is_late else "caught" if outcome.is_caught else "MISSED"
        where = f"{mutant.file.removeprefix('src/latens/')}:{mutant.edit.line}"
        print(
            f"{number:4} {word:6} {outcome.seconds:5.1f} s  {mutant.edit.kind:12} {where}",
            flush=True,
        )
        if not outcome.is_caught:
            missed.append(number)
            print(mutant.diff(), flush=True)
        if outcome.is_late:
            late.append(number)
        if outcome.is_caught:
            witnesses += outcome.witnesses or tests_of(mutant.file, tree.folder)
        if asked.number is not None:
            print(mutant.diff(), outcome.output, sep="\n")
    if witnesses:
        _check_without_error(tree, list(dict.fromkeys(witnesses)))
    return missed, late


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutants", type=int, default=100)
    parser.add_argument("--seed", default="", help="any word; none: a fresh one")
    parser.add_argument("--only", metavar="SEED:NUMBER", help="one mutant, with what pytest says")
    parser.add_argument(
        "--marked", action="store_true", help="all of the marked lines: none may be noticed"
    )
    parser.add_argument(
        "--limit", type=float, default=90.0, help="seconds for the tests of one mutant"
    )
    asked = parser.parse_args()
    asked.number = None
    if asked.only:
        asked.seed, _, number = asked.only.rpartition(":")
        asked.number = int(number)
    elif not asked.seed:
        asked.seed = str(time.time_ns() // 1000 % 10**9)
    if asked.number is None:
        sys.stderr.write(f"seed {asked.seed}\n")
    return asked


if __name__ == "__main__":
    sys.exit(main())
