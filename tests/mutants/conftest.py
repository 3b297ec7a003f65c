"""The tool is a program beside its tests: what it is made of holds no tests and no doctests."""

from pathlib import Path

collect_ignore = [
    path.name for path in Path(__file__).parent.glob("*.py") if path.name != "test_mutants.py"
]
