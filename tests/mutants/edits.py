"""The small errors that a line of code can be given, found in its syntax tree.

Only what is computed is edited: no docstring, no message, no type hint, no import. Each edit changes one
line. A setting (a constant of a module or a class, a default value) was chosen by measurement, so that a
slightly different one is no error. It is edited in one way alone: it becomes 0, or 1 where it is 0.

Left as they are, as no result depends on them:

- how much is worked on at once: settings called `..._BYTES`, what is multiplied with or divided by one, calls
  of `row_blocks` but for the number of rows, and calls of `split` with one number;
- the number of the -1 of `reshape`, for which NumPy takes -2 as well; its sign is edited;
- floats of at most 1e-6 in a function, which keep divisions, roots and logarithms from 0: doubled, they do so
  too. As settings they become 0 like all others;
- the line below a comment that begins with `MARK`: which of two ways to the same result is taken, or how much
  is done at once. Which entry of a shape is read is edited all the same. `run.py --marked` makes the
  edits that are left out, of which no test may notice one.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["KINDS", "MARK", "Edit", "edits"]

KINDS = ("sign", "comparison", "constant", "dropped term", "axis", "off by one")
MARK = "# Same result either way"

_REVERSED: dict[type[ast.cmpop], str] = {
    ast.Lt: ">",
    ast.LtE: ">=",
    ast.Gt: "<",
    ast.GtE: "<=",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
# Where whole numbers are compared, the limit itself is one further case.
_AT_THE_LIMIT: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_AXES = {"axis", "dim"}
_HINTS = {"annotation", "returns", "decorator_list", "bases", "type_params"}
# Methods whose first argument is an axis, in NumPy or torch.
_REDUCTIONS = {
    "all",
    "any",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "argsort",
    "cumsum",
    "flatten",
    "logsumexp",
    "max",
    "mean",
    "min",
    "norm",
    "prod",
    "softmax",
    "sort",
    "squeeze",
    "std",
    "sum",
    "topk",
    "unbind",
    "unsqueeze",
    "var",
}
_SPEAKING = {"warn", "note"}
_LEAST = 1e-6  # what is smaller only guards
_SIGNS = {ast.Add: "-", ast.Sub: "+"}


@dataclass(frozen=True)
class Edit:
    """One edit of one line.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    function : str
        The class and the function that it is in, with dots; empty in the body of the module.
    line : int
        From 1.
    before, after : str
        The line without its indentation.
    start, end : int
        What is replaced, in bytes of the line.
    new : str
        By what.
    """

    kind: str
    function: str
    line: int
    before: str
    after: str
    start: int
    end: int
    new: str

    def applied(self, source: str) -> str:
        """Return the source with the edit in it."""
        lines = source.splitlines(keepends=True)
        lines[self.line - 1] = _replaced(lines[self.line - 1], self.start, self.end, self.new)
        return "".join(lines)


def edits(source: str, *, is_marked: bool = False) -> list[Edit]:
    """Return all edits of a file, in the order of its lines; each differs from all others and is Python.

    Parameters
    ----------
    source : str
    is_marked : bool, default=False
        Whether of the lines below a `MARK`, or of all others.
    """
    lines = source.splitlines(keepends=True)
    marked = {at + 2 for at, line in enumerate(lines) if line.strip().startswith(MARK)}
    found: dict[tuple[int, str], Edit] = {}
    for kind, function, (line, start, end), new in _Reader(lines).read(ast.parse(source)):
        old = lines[line - 1]
        is_index = old.encode()[start - 1 : start] == b"["
        if (line in marked and not is_index) != is_marked:
            continue
        after = _replaced(old, start, end, new)
        edit = Edit(kind, function, line, old.strip(), after.strip(), start, end, new)
        if after != old:
            found.setdefault((line, edit.after), edit)
    return sorted(found.values(), key=lambda edit: (edit.line, KINDS.index(edit.kind), edit.after))


def _replaced(line: str, start: int, end: int, new: str) -> str:
    raw = line.encode()
    return (raw[:start] + new.encode() + raw[end:]).decode()


_Place = tuple[int, int, int]
_Raw = tuple[str, str, _Place, str]


class _Reader:
    """Goes through a tree and knows in which function it is."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def read(self, tree: ast.AST, function: str = "") -> Iterator[_Raw]:
        """Yield kind, function, place and new text of every edit below a node."""
        for role, node in _parts(tree):
            if _is_room(node):
                continue
            inside = function
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inside = f"{function}.{node.name}".lstrip(".")
            for kind, place, new in self._of(node, role):
                if place is not None and new:
                    yield kind, inside, place, new
            if role == "code":
                yield from self.read(node, inside)

    def _of(self, node: ast.AST, role: str) -> Iterator[tuple[str, _Place | None, str]]:
        if role != "code":
            yield from _of_number(node, role)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield "sign", _place(node), self._text(node.operand)
        elif isinstance(node, ast.BinOp) and not _is_text(node):
            yield from self._of_operation(node)
        elif isinstance(node, ast.AugAssign) and type(node.op) in _SIGNS:
            sign = _SIGNS[type(node.op)]
            yield "sign", self._between(node.target, node.value, "+=", "-="), f"{sign}="
        elif isinstance(node, ast.BoolOp):
            for dropped in (0, len(node.values) - 1):
                rest = [one for i, one in enumerate(node.values) if i != dropped]
                yield "dropped term", _place(node), self._span(rest[0], rest[-1])
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            yield from self._of_comparison(node)
        elif isinstance(node, ast.Constant):
            yield from _of_constant(node)

    def _of_operation(self, node: ast.BinOp) -> Iterator[tuple[str, _Place | None, str]]:
        if type(node.op) in _SIGNS:
            yield "sign", self._between(node.left, node.right, "+", "-"), _SIGNS[type(node.op)]
        if isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            yield "dropped term", _place(node), self._text(node.left)
        if isinstance(node.op, ast.Add | ast.Mult):
            yield "dropped term", _place(node), self._text(node.right)

    def _of_comparison(self, node: ast.Compare) -> Iterator[tuple[str, _Place | None, str]]:
        left, right, operator = node.left, node.comparators[0], type(node.ops[0])
        signs = ("<=", ">=", "==", "!=", "<", ">", "is not", "is", "not in", "in")
        place = self._between(left, right, *signs)
        yield "comparison", place, _REVERSED[operator]
        if operator in _AT_THE_LIMIT and (_is_whole(left) or _is_whole(right)):
            yield "off by one", place, _AT_THE_LIMIT[operator]

    def _text(self, node: ast.expr) -> str:
        return self._span(node, node)

    def _span(self, first: ast.expr, last: ast.expr) -> str:
        """The text from one node to another, in parentheses where it needs them."""
        place = first.lineno, first.col_offset, last.end_col_offset or 0
        if first.lineno != last.end_lineno:
            return ""
        text = self._lines[place[0] - 1].encode()[place[1] : place[2]].decode()
        is_plain = first is last and isinstance(
            first, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript
        )
        return text if is_plain else f"({text})"

    def _between(self, left: ast.expr, right: ast.expr, *signs: str) -> _Place | None:
        """Where an operator stands between two operands."""
        if left.end_lineno is None or left.end_col_offset is None:
            return None
        for number in range(left.end_lineno, right.lineno + 1):
            line = self._lines[number - 1].encode()
            start = left.end_col_offset if number == left.end_lineno else 0
            end = right.col_offset if number == right.lineno else len(line)
            between = line[start:end].split(b"#")[0].decode()
            for sign in signs:
                at = between.find(sign)
                if at >= 0:
                    before = start + len(between[:at].encode())
                    return number, before, before + len(sign)
        return None


def _of_number(node: ast.AST, role: str) -> Iterator[tuple[str, _Place | None, str]]:
    if role == "axis":
        yield from _of_axis(node)
    elif role == "setting":
        yield from _of_setting(node)
    else:
        yield "sign", _place(node), "1"


def _of_axis(node: ast.AST) -> Iterator[tuple[str, _Place | None, str]]:
    value = _number(node)
    if isinstance(value, int):
        yield "axis", _place(node), "1" if value == 0 else "0"


def _of_setting(node: ast.AST) -> Iterator[tuple[str, _Place | None, str]]:
    value = _number(node)
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not any(_name(target).endswith("_BYTES") for target in targets):
            yield from _of_setting(node.value)
    elif isinstance(value, int | float):
        yield "constant", _place(node), repr(type(value)(not value))
    elif isinstance(node, ast.BinOp):
        # The left of `1 << 20`, `10**6` and `64 * 1024`; a power of 0 would be a setting like any other.
        yield from _of_setting(node.left)
    elif isinstance(node, ast.Tuple | ast.List):
        for one in node.elts:
            yield from _of_setting(one)


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, _Place | None, str]]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if isinstance(value, float):
        if not 0 < value <= _LEAST:
            yield "constant", _place(node), repr(value * 2 if value else 1.0)
    else:
        if value > 2:
            yield "constant", _place(node), str(value * 2)
        yield "off by one", _place(node), str(value + 1)


def _parts(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What is computed right below a node: "code", a "setting", the number of an "axis" or the "rest"."""
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert):
        return
    if isinstance(node, ast.Call):
        yield from _parts_of_call(node)
        return
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if field not in _HINTS and isinstance(child, ast.AST):
                is_default = field in ("defaults", "kw_defaults")
                yield "setting" if is_default or _is_setting(node, child) else "code", child


def _parts_of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if _name(node.func) in _SPEAKING:
        return
    yield "code", node.func
    is_reduction = isinstance(node.func, ast.Attribute) and node.func.attr in _REDUCTIONS
    for i, one in enumerate(_computed(node)):
        is_axis = is_reduction and i == 0 and isinstance(_number(one), int)
        is_rest = _name(node.func) == "reshape" and _number(one) == -1
        yield "axis" if is_axis else "rest" if is_rest else "code", one
    for keyword in node.keywords:
        yield "axis" if keyword.arg in _AXES else "code", keyword.value


def _computed(node: ast.Call) -> list[ast.expr]:
    """The arguments of a call but for those that say how much is worked on at once."""
    name, args = _name(node.func), node.args
    if name == "row_blocks":
        return args[:1]
    return [] if name == "split" and len(args) == 1 and not node.keywords else args


def _is_room(node: ast.AST) -> bool:
    """Whether a number is computed from the bytes that there are for it."""
    is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.FloorDiv)
    return is_product and any(_name(one).endswith("_BYTES") for one in (node.left, node.right))


def _is_setting(node: ast.AST, child: ast.AST) -> bool:
    is_body = isinstance(node, ast.Module | ast.ClassDef)
    return is_body and isinstance(child, ast.Assign | ast.AnnAssign)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _number(node: ast.AST) -> object:
    """The value of a literal number, with its sign; None for all else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return -value if isinstance(value, int | float) else None
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return node.value if is_number else None


def _is_whole(node: ast.expr) -> bool:
    """Whether a side of a comparison is a whole number at sight."""
    is_length = isinstance(node, ast.Call) and _name(node.func) == "len"
    is_shape = (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "shape"
    )
    return is_length or is_shape or isinstance(_number(node), int)


def _is_text(node: ast.BinOp) -> bool:
    """Whether an operation joins texts or lists, or is a union of types."""
    parts = (node.left, node.right)
    return any(
        isinstance(one, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(one, ast.Constant) and isinstance(one.value, str | bytes))
        for one in parts
    )


def _place(node: ast.AST) -> _Place | None:
    """Line and bytes of a node, None where it goes over several lines."""
    assert isinstance(node, ast.expr)
    if node.lineno != node.end_lineno or node.end_col_offset is None:
        return None
    return node.lineno, node.col_offset, node.end_col_offset
