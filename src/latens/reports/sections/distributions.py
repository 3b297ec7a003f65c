"""The table on how the codes are distributed beside the prior that new samples are drawn from."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from latens.metrics import CodeDistribution
from latens.reports.blocks import Cell, Heading, ReportTable
from latens.reports.formatting import MISSING, count, number

__all__ = ["distribution_data", "distributions_table"]

# How far from 0 and 1 a mean and a spread may be, in the prior's own units.
_MOST_MEAN, _SPREADS = 0.5, (0.5, 2.0)
# Of fewer codes, draws of N(0, I) itself would not pass.
_FEWEST = 100
# For many codes; a hundred have larger gaps, and discrepancies, by chance alone.
_MOST_GAP, _GAP_OF_ONE = 0.1, 12.0
# Independent normal numbers come out at 0.00, codes of plain autoencoders at 0.03 to 0.06.
_MOST_DISCREPANCY, _DISCREPANCY_OF_ONE = 0.02, 1.0


def distributions_table(distributions: Mapping[str, CodeDistribution]) -> ReportTable:
    """Build the table; a row for each model, by label."""
    headings = (
        Heading("Model"),
        Heading("Mean", "of the number furthest from 0; N(0, I) has 0", number=True),
        Heading("Spread", "smallest and largest standard deviation; N(0, I) has 1", number=True),
        Heading("Largest gap", "empty share of the central range, from 0", "lower", number=True),
        Heading(
            "KL from N(0, I)", "nats, of the Gaussian with their moments", "lower", number=True
        ),
        Heading("MMD²", "of the codes from N(0, I); 0 is equal, 2 far", "lower", number=True),
        Heading("MMD² of the shape", "once means are 0 and spreads 1", "lower", number=True),
        Heading("As draws from N(0, I)"),
    )
    rows = tuple(_row(label, one) for label, one in distributions.items())
    note = (
        "Models with a posterior are judged by draws from it, all others by their codes. A plain autoencoder "
        "is not asked to be like N(0, I); its new samples are drawn from a mixture fitted on its codes."
    )
    return ReportTable("Distribution of the codes of held-out samples", headings, rows, note=note)


def distribution_data(one: CodeDistribution) -> dict[str, Any]:
    """Return plain data, with the judgement in words; infinity is null."""
    plain = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in asdict(one).items()
    }
    return plain | {"judgement": _judgement(one)}


def _row(label: str, one: CodeDistribution) -> tuple[Cell, ...]:
    furthest = one.mean[np.abs(one.mean).argmax()]
    narrowest, widest = one.standard_deviation.min(), one.standard_deviation.max()
    is_finite = math.isfinite(one.divergence)
    why = "" if is_finite else "infinite: they do not fill all directions"
    return (
        Cell(label),
        Cell(_short(furthest), number=True),
        Cell(f"{_short(narrowest)} to {_short(widest)}", number=True),
        Cell(f"{one.largest_gap.max():.0%}", number=True),
        Cell(_short(one.divergence) if is_finite else MISSING, title=why, number=True),
        Cell(number(one.discrepancy), number=True),
        Cell(number(one.shape_discrepancy), number=True),
        Cell(_judgement(one), long=True),
    )


def _short(value: float) -> str:
    text = count(value) if abs(value) >= 100 else f"{value:.2f}"
    return text.replace("-", "−")


def _judgement(one: CodeDistribution) -> str:
    if one.n_codes < _FEWEST:
        return "Too few codes to judge."
    faults = _faults(one)
    if not faults:
        return "Good: draws from N(0, I) fall where the codes are."
    return "Bad: " + ", ".join(faults) + "."


def _faults(one: CodeDistribution) -> list[str]:
    low, high = _SPREADS
    gap = _MOST_GAP + _GAP_OF_ONE / one.n_codes
    discrepancy = _MOST_DISCREPANCY + _DISCREPANCY_OF_ONE / one.n_codes
    faults = {
        "not centered": np.abs(one.mean).max() > _MOST_MEAN,
        "too wide": one.standard_deviation.max() > high,
        "too narrow": one.standard_deviation.min() < low,
        "with gaps": one.largest_gap.max() > gap,
        "not of its shape": one.shape_discrepancy > discrepancy,
    }
    return [words for words, is_so in faults.items() if is_so]
