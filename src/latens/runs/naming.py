"""What people add to a run as they look at it: labels, and views of its maps."""

from typing import Annotated

from pydantic import StringConstraints

from latens.runs.records import Few, Record, Text

__all__ = ["CLASSES_FILE", "LABELS_FILE", "NamedView", "Views"]

LABELS_FILE = "labels.csv"
# What was learned from the labels.
CLASSES_FILE = "classes.csv"

_LONGEST_ADDRESS = 10_000


class NamedView(Record):
    """What is shown of the maps, as the explorer writes it into its address."""

    name: Annotated[Text, StringConstraints(min_length=1, max_length=100)]
    address: Annotated[str, StringConstraints(pattern=r"^[!-~]*\Z", max_length=_LONGEST_ADDRESS)]


class Views(Record):
    """views.json: what people want to come back to."""

    views: Few[NamedView] = []
