"""Settings as TOML, so that they can be copied into a study file."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["to_toml"]


def to_toml(settings: Mapping[str, Any]) -> str:
    """Write nested settings as TOML. What is None is left out, as TOML has no word for it.

    Parameters
    ----------
    settings : mapping
        Of strings, numbers, booleans, lists, mappings and None, as JSON has them.

    Examples
    --------
    >>> print(to_toml({"seed": 0, "data": {"source": "digits"}, "models": [{"latent_dim": 2}]}))
    seed = 0
    <BLANKLINE>
    [data]
    source = "digits"
    <BLANKLINE>
    [[models]]
    latent_dim = 2
    """
    return "\n".join(_lines(settings, ())).strip("\n")


def _lines(settings: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    lines, below = [], []
    for key, value in settings.items():
        here = (*path, _key(str(key)))
        if isinstance(value, Mapping):
            inner = _lines(value, here)
            below += ["", f"[{'.'.join(here)}]", *inner] if value else []
        elif _is_tables(value):
            for one in value:
                below += ["", f"[[{'.'.join(here)}]]", *_lines(one, here)]
        elif value is not None:
            lines.append(f"{here[-1]} = {_value(value)}")
    return lines + below


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
    )


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value if one is not None) + "]"
    if isinstance(value, Mapping):
        inner = (
            f"{_key(str(key))} = {_value(one)}" for key, one in value.items() if one is not None
        )
        return "{ " + ", ".join(inner) + " }"
    return _string(str(value))


def _string(text: str) -> str:
    """A basic string of TOML has JSON's escapes, and also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
