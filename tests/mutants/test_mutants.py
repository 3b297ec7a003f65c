"""The tool itself: what it edits, what it leaves alone, and that it sees what tests see."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def tool():
    """The modules of the tool."""
    before = set(sys.modules)
    sys.path.insert(0, str(HERE))
    import drawing
    import edits
    import places

    yield drawing, edits, places
    sys.path.remove(str(HERE))
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == HERE:
            del sys.modules[name]


def lines_of(tool, source):
    return {(edit.kind, edit.after) for edit in tool[1].edits(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "y = f(a + 2.5)\n",
            set(),  # a setting that is no literal number
        ),
        ("def f(a):\n    return -a\n", {("sign", "return a")}),
        (
            "def f(a, b):\n    return a - b\n",
            {("sign", "return a + b"), ("dropped term", "return a")},
        ),
        ("def f(a, b):\n    a += b\n", {("sign", "a -= b")}),
        (
            "def f(a, b):\n    return a * b\n",
            {("dropped term", "return a"), ("dropped term", "return b")},
        ),
        ("def f(a, b):\n    return a < b\n", {("comparison", "return a > b")}),
        ("def f(a):\n    return a is None\n", {("comparison", "return a is not None")}),
        (
            "def f(a):\n    return len(a) <= 1\n",
            {
                ("comparison", "return len(a) >= 1"),
                ("off by one", "return len(a) < 1"),
                ("off by one", "return len(a) <= 2"),
            },
        ),
        ("def f(a):\n    return a.sum(axis=0)\n", {("axis", "return a.sum(axis=1)")}),
        ("def f(a):\n    return a.mean(-1)\n", {("axis", "return a.mean(0)")}),
        ("def f(a):\n    return a.reshape(-1)\n", {("sign", "return a.reshape(1)")}),
        ("def f(a):\n    return a[0]\n", {("off by one", "return a[1]")}),
        ("def f(a):\n    return g(0.5)\n", {("constant", "return g(1.0)")}),
        ("_C = 0.5\n", {("constant", "_C = 0.0")}),
        ("_C = 0\n", {("constant", "_C = 1")}),
        ("_TILE_BYTES = 1 << 20\n", set()),
        ("def f(a):\n    return row_blocks(a, 8 * 3)\n", set()),
        ("def f(a):\n    return a.split(256)\n", set()),
        (
            "def f(a):\n    return g(max(9, _BYTES // (8 * a)))\n",
            {
                ("constant", "return g(max(18, _BYTES // (8 * a)))"),
                ("off by one", "return g(max(10, _BYTES // (8 * a)))"),
            },
        ),
        ("def f(a):\n    return max(a, 1e-12)\n", set()),
        ("_C = 1e-12\n", {("constant", "_C = 0.0")}),
        ("def f(a):\n    # Same result either way: fewer.\n    return a > 9\n", set()),
        (
            "def f(a):\n    # Same result either way: fewer.\n    return a[0]\n",
            {("off by one", "return a[1]")},
        ),
        ("_C = 1 << 20\n", {("constant", "_C = 0 << 20")}),
        ("def f(a, b=3):\n    return a\n", {("constant", "def f(a, b=0):")}),
    ],
)
def test_each_kind_of_error_is_made(tool, source, expected):
    assert lines_of(tool, source) == expected


def test_only_what_is_computed_is_edited(tool):
    source = '''"""At most 3 - 2 of 5."""

from a import b


def f(a: "tuple[1, 2]") -> "b[0]":
    """Return 1 + 1."""
    if a:
        raise ValueError("at most" + f"{a - 1}" * 2)
    warnings.warn("a" if 1 < 2 else "b", stacklevel=2)
    return f"{a + 1:.3f}" + "b"
'''
    assert lines_of(tool, source) == set()


def test_an_edit_changes_one_line_and_leaves_python(tool):
    edits = tool[1]
    source = (ROOT / "src/latens/metrics/ssim.py").read_text()
    found = edits.edits(source)
    assert len(found) > 20
    for edit in found:
        after = edit.applied(source)
        compile(after, "after", "exec")
        pairs = zip(source.splitlines(), after.splitlines(), strict=True)
        assert [n for n, (one, other) in enumerate(pairs, 1) if one != other] == [edit.line]


def test_a_seed_decides_the_order_and_the_kinds_take_turns(tool):
    drawing, edits, _ = tool
    first, again, other = (drawing.drawn(seed, ROOT) for seed in ("a", "a", "b"))
    assert [one.content for one in first] == [one.content for one in again]
    assert [one.content for one in first[:30]] != [one.content for one in other[:30]]
    assert {one.content for one in first} == {one.content for one in other}
    assert [one.edit.kind for one in first[:12]] == [*edits.KINDS, *edits.KINDS]


def test_every_file_has_tests(tool):
    _, edits, places = tool
    for file in places.edited_files(ROOT):
        source = (ROOT / file).read_text()
        tests = places.tests_of(file, ROOT)
        for test in tests:
            assert (ROOT / test.partition("::")[0]).is_file(), test
        if edits.edits(source):
            assert len(tests) > 1 or ">>>" in source, file


def test_marks_leave_out_little_and_stand_above_a_condition_or_a_size(tool):
    drawing, edits, places = tool
    marks = [
        below.strip()
        for file in places.edited_files(ROOT)
        for above, below in pairwise((ROOT / file).read_text().splitlines())
        if above.strip().startswith(edits.MARK)
    ]
    for line in marks:
        assert line.startswith(("if ", "for ", "return ")) or " = " in line, line
    left_out = drawing.drawn("", ROOT, is_marked=True)
    assert len(left_out) < 0.03 * len(drawing.drawn("", ROOT))
    assert not {one.content for one in left_out} & {one.content for one in drawing.drawn("", ROOT)}


def test_what_is_called_equivalent_is_there_has_a_reason_and_is_little(tool):
    drawing, _, _ = tool
    listed = drawing.reasons(HERE / "equivalent.toml")
    assert len(listed) <= 5
    assert all(len(reason) > 30 for reason in listed.values())
    assert {*listed} <= {one.content for one in drawing.drawn("", ROOT)}


@pytest.mark.slow
def test_a_mutant_is_tried_and_told():
    """A number of a seed is the same mutant each time, and its tests say what they said."""
    command = [sys.executable, str(HERE / "run.py"), "--only", "any:3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback (most recent call last)" not in done.stderr
    assert "seed any: " in done.stdout
    assert "--- a/src/latens/" in done.stdout
