"""A number that a study measured, with what and when it was measured of."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Measure", "measures_of"]


@dataclass(frozen=True)
class Measure:
    """One number.

    Attributes
    ----------
    name : str
        Such as "partition.dunn_index": the measurement, a point, and what it gave.
    representation : str
    seed : int
    value : float
    """

    name: str
    representation: str
    seed: int
    value: float

    def to_json(self) -> dict[str, Any]:
        """Return plain data for a JSON file."""
        return asdict(self)


def measures_of(results: dict[str, Any]) -> list[Measure]:
    """Return all that a run measured: what the protocol asks for, and the held-out comparison."""
    measures = [Measure(**one) for one in results.get("measures", ())]
    for row in results["rows"]:
        if row["part"] == "held-out":
            measures += [
                Measure(f"held-out.{name}", row["representation"], row["seed"], float(value))
                for name, value in row["metrics"].items()
                if value is not None
            ]
    return measures
