"""Settings of a study as TOML, as people write them."""

from collections.abc import Mapping
from typing import Any

import tomli_w

__all__ = ["to_toml"]


def to_toml(settings: Mapping[str, Any]) -> str:
    """Write nested settings as TOML; what is None is left out, as TOML has no word for it.

    Parameters
    ----------
    settings : mapping
        Of strings, numbers, booleans, lists, mappings and None, as JSON has them.

    Examples
    --------
    >>> print(to_toml({"seed": 0, "data": {"source": "digits", "header": None}}))
    seed = 0
    <BLANKLINE>
    [data]
    source = "digits"
    """
    return tomli_w.dumps(_without_none(settings)).strip("\n")


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _without_none(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_none(one) for one in value if one is not None]
    return value
