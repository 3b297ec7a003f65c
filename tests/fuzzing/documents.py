"""Changes to what a text means: JSON, TOML and tables of text."""

import json
import math
import tomllib
from collections.abc import Iterator
from random import Random
from typing import Any

from mutations import MOST_BYTES, Mutation
from values import FLOATS, INTEGERS, TEXTS, TRAPS, any_value

__all__ = ["changed_tree", "json_mutations", "table_mutations", "toml_mutations", "toml_text"]

Place = tuple[Any, Any]


# --- trees of JSON and TOML ---


def changed_tree(rng: Random, tree: Any) -> Any:
    """Change one thing, or a few, anywhere in a tree of dictionaries and lists, in place."""
    root = {"": tree}
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        holder, key = rng.choice(list(_places(root)))
        rng.choice(_TREE_CHANGES)(rng, holder, key, root)
    return root[""]


def _places(node: Any) -> Iterator[Place]:
    """Every place where a value stands, as a container and a key."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(pairs):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _replace(rng: Random, holder: Any, key: Any, root: Any) -> None:
    holder[key] = any_value(rng)


def _tweak(rng: Random, holder: Any, key: Any, root: Any) -> None:
    """Another value of the same type, so that only its meaning is wrong."""
    value = holder[key]
    if isinstance(value, bool) or value is None:
        holder[key] = rng.choice((True, False, None, 0, 1))
    elif isinstance(value, int):
        near = (value + 1, value - 1, -value, value * 10, value * 10**6, value // 2, float(value))
        holder[key] = rng.choice((*near, rng.choice(INTEGERS)))
    elif isinstance(value, float):
        holder[key] = rng.choice(
            (-value, value * 1e6, int(value) if math.isfinite(value) else 0, rng.choice(FLOATS))
        )
    elif isinstance(value, str):
        others = (
            value + "x",
            value[:-1],
            value.upper(),
            value * 2,
            rng.choice(TEXTS),
            rng.choice(TRAPS),
        )
        holder[key] = rng.choice(others)
    else:
        _lengthen(rng, holder, key, root)


def _delete(rng: Random, holder: Any, key: Any, root: Any) -> None:
    if holder is root:
        _replace(rng, holder, key, root)
    else:
        del holder[key]


def _lengthen(rng: Random, holder: Any, key: Any, root: Any) -> None:
    value = holder[key]
    if isinstance(value, list):
        holder[key] = rng.choice(
            (value[:-1], value[1:], value * 2, [*value, any_value(rng)], value[::-1])
        )
    elif isinstance(value, dict):
        value[rng.choice((*TEXTS[:30], "extra", *value))] = any_value(rng)
    else:
        holder[key] = rng.choice(([value], {"value": value}, str(value), [value] * 3))


def _copy(rng: Random, holder: Any, key: Any, root: Any) -> None:
    """What stands somewhere else."""
    other, at = rng.choice(list(_places(root)))
    if isinstance(other[at], dict | list):
        holder[key] = json.loads(json.dumps(other[at]))
    else:
        holder[key] = other[at]


def _rename(rng: Random, holder: Any, key: Any, root: Any) -> None:
    if isinstance(holder, dict) and holder is not root:
        holder[rng.choice((*TEXTS[:30], f"{key}_", str(key).upper()))] = holder.pop(key)
    else:
        _replace(rng, holder, key, root)


_TREE_CHANGES = (_replace, _replace, _tweak, _tweak, _tweak, _delete, _lengthen, _copy, _rename)


# --- JSON ---


def _change_json(rng: Random, content: bytes) -> bytes:
    tree = changed_tree(rng, json.loads(content))
    return json.dumps(tree, indent=rng.choice((None, 2)), ensure_ascii=True).encode()


def _odd_json(rng: Random, content: bytes) -> bytes:
    """What Python's reader takes beyond the norm, or stumbles over."""
    text = json.dumps(json.loads(content))
    places = [at for at, letter in enumerate(text) if letter in ":,["] or [0]
    at = rng.choice(places) + 1
    digits = "9" * rng.choice((400, 5000))
    odd = (
        "NaN,",
        "-Infinity,",
        f"{digits},",
        f"1e{digits},",
        "[" * 100_000,
        '{"a":' * 50_000,
        "\\u0000",
    )
    inserted = rng.choice(odd)
    if inserted.endswith(",") and text[at - 1] == ":":
        inserted = f"[{inserted[:-1]}],"
    return (text[:at] + inserted + text[at:]).encode()


def _encode_json(rng: Random, content: bytes) -> bytes:
    text = content.decode()
    return rng.choice(
        (b"\xef\xbb\xbf" + content, text.encode("utf-16"), content.replace(b"e", b"\xe9", 3))
    )


def _repeat_key(rng: Random, content: bytes) -> bytes:
    """The same key twice: the last one counts."""
    tree = json.loads(content)
    key = rng.choice(list(tree))
    extra = json.dumps({key: any_value(rng)})[1:-1]
    return json.dumps(tree).encode()[:-1] + f", {extra}}}".encode()


json_mutations: tuple[Mutation, ...] = (*[_change_json] * 9, _odd_json, _encode_json, _repeat_key)


# --- TOML ---


def _change_toml(rng: Random, content: bytes) -> bytes:
    tree = changed_tree(rng, tomllib.loads(content.decode()))
    return toml_text(tree).encode("utf-8", "surrogatepass")


def toml_text(tree: Any) -> str:
    """A tree as TOML: one line for each key at the top."""
    if not isinstance(tree, dict):
        return f"value = {_toml_value(tree)}\n"
    pairs = ((key, value) for key, value in tree.items() if value is not None)
    return "".join(f"{json.dumps(key)} = {_toml_value(value)}\n" for key, value in pairs)


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ((key, one) for key, one in value.items() if one is not None)
        return (
            "{" + ", ".join(f"{json.dumps(key)} = {_toml_value(one)}" for key, one in pairs) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(one) for one in value) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return "[]" if value is None else json.dumps(value, ensure_ascii=False)


def _odd_toml(rng: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    odd = (
        b"when = 1979-05-27T07:32:00Z",
        b"a" + b".a" * rng.choice((100, 3000)) + b" = 1",
        b"deep = " + b"[" * rng.choice((500, 50_000)),
        b"deep = " + b"{a=" * rng.choice((500, 20_000)),
        b"[[models]]",
        b"[[models]]\nname = 'x'\nkind = 'fuzz_trap:Trap'",
        b"[data]",
        b"[models.x]",
        b"seeds = " + b"9" * rng.choice((30, 5000)),
        b"title = '" + b"x" * 100_000 + b"'",
        b'title = "\\ud800"',
    )
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(odd))
    return b"\n".join(lines)


toml_mutations: tuple[Mutation, ...] = (*[_change_toml] * 4, _odd_toml)


# --- tables of text ---

_CELLS = (
    *TEXTS,
    *map(str, INTEGERS),
    *map(str, FLOATS),
    *(
        "9" * 400,
        "1" * 5000,
        "0x10",
        "1_000",
        "1,5",
        "1.000,5",
        "1e5",
        "+5",
        "5.",
        ".5",
        "--1",
        "TRUE",
    ),
    *(
        "2020-01-01",
        "NaT",
        "NA",
        "?",
        "-",
        '"',
        '""',
        '"open',
        "a,b",
        "a;b",
        "a\tb",
        "#",
        "\r",
        "\n",
        "0" * 60,
    ),
)


def _rows(content: bytes) -> tuple[list[list[bytes]], bytes]:
    """Rows of cells and what separates them."""
    first = content.split(b"\n", 1)[0]
    mark = max((b"::", b",", b";", b"\t", b"|"), key=first.count)
    return [line.split(mark) for line in content.split(b"\n")], mark


def _text(rows: list[list[bytes]], mark: bytes) -> bytes:
    return b"\n".join(mark.join(row) for row in rows)


def _change_cells(rng: Random, content: bytes) -> bytes:
    rows, mark = _rows(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(_CELLS).encode("utf-8", "surrogatepass")
    return _text(rows, mark)


def _change_column(rng: Random, content: bytes) -> bytes:
    """Another value, or another type of values, all the way down."""
    rows, mark = _rows(content)
    at = rng.randrange(len(rows[0]))
    cell = rng.choice(_CELLS).encode("utf-8", "surrogatepass")
    made = rng.choice(
        (lambda n: cell, lambda n: cell + b"%d" % n, lambda n: b"%d" % n, lambda n: b"")
    )
    for number, row in enumerate(rows[rng.randrange(2) :]):
        if at < len(row):
            row[at] = made(number)
    return _text(rows, mark)


def _change_heading(rng: Random, content: bytes) -> bytes:
    rows, mark = _rows(content)
    names = ("label", "class", "y", "id", "user", "item", "rating", "color", *TEXTS)
    rows[0][rng.randrange(len(rows[0]))] = rng.choice((*names, *map(bytes.decode, rows[0]))).encode(
        "utf-8", "surrogatepass"
    )
    return _text(rows, mark)


def _change_shape(rng: Random, content: bytes) -> bytes:
    rows, mark = _rows(content)
    at = rng.randrange(len(rows))
    changes = (
        lambda: rows.pop(at),
        lambda: rows.insert(at, []),
        lambda: rows.insert(at, rows[at] * 2),
        lambda: rows.insert(at, rows[at]),
        lambda: rows.insert(at, [rows[at][0]] * rng.choice((50, 3000))),
        lambda: [row.pop() for row in rows if row],
        lambda: [row.extend(row) for row in rows],
        lambda: [row.reverse() for row in rows],
        lambda: rows.reverse(),
        lambda: rows.__setitem__(slice(None), rows[:1]),
        lambda: rows.__setitem__(slice(None), rows[1:]),
        lambda: rows.__setitem__(slice(None), rows[:2]),
    )
    rng.choice(changes)()
    return _text(rows, mark)


def _change_marks(rng: Random, content: bytes) -> bytes:
    rows, mark = _rows(content)
    other = rng.choice((b",", b";", b"\t", b"|", b" ", b"::", b"\x00", b",,", b"\xff"))
    ends = rng.choice((b"\n", b"\r\n", b"\r", b"\n\n", b"\x0b", b"\x85"))
    if rng.random() < 0.3:
        rows = [[b'"' + cell + b'"' for cell in row] for row in rows]
    return ends.join(rng.choice((mark, other)).join(row) for row in rows)


def _change_encoding(rng: Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    name = rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "cp1252", "utf-7"))
    return text.encode(name, "replace")


def _lengthen_text(rng: Random, content: bytes) -> bytes:
    times = MOST_BYTES // max(1, len(content))
    return content * rng.randrange(1, max(2, rng.choice((3, times))))


table_mutations: tuple[Mutation, ...] = (
    *[_change_cells] * 3,
    *[_change_column] * 3,
    *[_change_heading] * 2,
    *[_change_shape] * 2,
    _change_marks,
    _change_encoding,
    _lengthen_text,
)
