"""items.json: further facts about the samples on the maps."""

from latens.runs.records import Many, Record, Text, Words

__all__ = ["Items"]


class Items(Record):
    """Columns of as many values as there are samples on the maps, in their order."""

    columns: dict[Text, Many[Words | int | float | bool | None]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The file names of the samples; empty where they have none."""
        return tuple("" if one is None else str(one) for one in self.columns.get("file", ()))
