"""Tables of mixed columns as people have them, by name."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

__all__ = ["TABLES", "Absent"]


class Absent(Exception):
    """The data are not on this machine; the message says how to get them."""


def _shared(name: str) -> Path:
    path = Path(os.environ.get("LATENS_DATA", "no-data")) / "tables" / name
    if not path.exists():
        raise Absent(f"set LATENS_DATA to a folder with tables/{name}")
    return path


def adult() -> pd.DataFrame:
    """32,561 people, with gaps written as question marks."""
    return pd.read_csv(_shared("adult.csv"), skipinitialspace=True, na_values="?")


def titanic() -> pd.DataFrame:
    """1,309 passengers."""
    return pd.read_csv(_shared("titanic.csv"))


def penguins() -> pd.DataFrame:
    """344 penguins, from the package palmerpenguins."""
    try:
        import palmerpenguins
    except ImportError as error:
        raise Absent("pip install palmerpenguins") from error
    return palmerpenguins.load_penguins()


def cars() -> pd.DataFrame:
    """406 cars, from the package vega_datasets."""
    try:
        from vega_datasets import data
    except ImportError as error:
        raise Absent("pip install vega_datasets") from error
    return data.cars()


def customers() -> pd.DataFrame:
    """3,000 customers, made from a seed."""
    from customer_table import customer_table

    return customer_table()


TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "penguins": penguins,
    "cars": cars,
    "titanic": titanic,
    "customers": customers,
    "adult": adult,
}
