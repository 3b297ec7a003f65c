"""A table with its gaps filled, and how well that is done beside other ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

from latens._durations import parse_duration
from latens._seeds import derive
from latens.applications.impute.comparison import FilledScore, cells_to_hide, score
from latens.applications.impute.ways import BASELINES, NETWORK, by_network, filled_features
from latens.applications.wording import counted
from latens.data import TableEncoder
from latens.data.table_encoding.columns import OmittedColumn
from latens.data.table_encoding.frames import as_frame
from latens.exceptions import DataError
from latens.metrics.intervals import paired_difference
from latens.models import MaskedAutoencoder
from latens.runs import Finding, Table
from latens.training import Trainer

__all__ = ["ImputationFinding", "imputation_headline", "impute_table"]

Say = Callable[[str], None]

_HIDDEN, _FITTED = 120, 121  # streams of random numbers
_LATENT_DIM = 10
# Rows that ways are compared on: forests take minutes for more.
_MOST_COMPARED = 5_000
# Fewer hidden cells than these say nothing.
_FEWEST_CELLS = 20


@dataclass(frozen=True, eq=False)
class ImputationFinding:
    """A table whose gaps are filled.

    Attributes
    ----------
    sentence : str
        What was filled, and which way fills this table best.
    filled : list of tables
        Of the kind that was given: the best guess, or so many draws.
    n_filled : dict of str to int
        The cells that were filled in each column.
    left : dict of str to str
        Columns with gaps that nothing was learned from, and why.
    compared : tuple of FilledScore
        The network and the baselines on cells that are known and were hidden; empty where they were too few.
    model : MaskedAutoencoder
        Fitted; it fills other tables with these columns, too.
    """

    sentence: str
    filled: list[Any]
    n_filled: dict[str, int]
    left: dict[str, str]
    compared: tuple[FilledScore, ...]
    model: MaskedAutoencoder

    @property
    def best(self) -> str | None:
        """The way with the smallest error on hidden cells; None where nothing was compared."""
        return min(self.compared, key=lambda one: one.error).name if self.compared else None

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        return {
            "filled": self.n_filled,
            "left": self.left,
            "best": self.best,
            "compared": [
                {"way": one.name, "error": one.error, "rmse": one.rmse, "accuracy": one.accuracy}
                for one in self.compared
            ],
            "sentence": self.sentence,
        }

    def to_finding(self) -> Finding:
        """Return what a run keeps of it for its report."""
        cells = Table(
            title="Cells that were filled",
            columns=("column", "cells"),
            rows=tuple(self.n_filled.items()),
        )
        tables = (self._comparison(), cells) if self.compared else (cells,)
        return Finding("What do the gaps of the table hold?", self.sentence, tables)

    def _comparison(self) -> Table:
        return Table(
            title="Known cells, hidden and filled",
            columns=("way", "error", "RMSE of numbers", "levels right"),
            rows=tuple(
                (one.name, round(one.error, 3), _rounded(one.rmse), _rounded(one.accuracy))
                for one in self.compared
            ),
            note=(
                "Each way learned from the table without these cells. RMSE is in standard deviations of a "
                "column. The error is the mean over columns: 1 is that of the mean or most frequent level."
            ),
        )


def impute_table(
    table: Any,
    *,
    kinds: Mapping[str, Any] | None = None,
    n_draws: int = 1,
    model: MaskedAutoencoder | None = None,
    time_limit: float | str | None = None,
    trainer: Trainer | None = None,
    random_state: int = 0,
    say: Say = lambda words: None,
) -> ImputationFinding:
    """Fill the gaps of a table, and compare with other ways on known cells that are hidden for it.

    Parameters
    ----------
    table : DataFrame of pandas or polars, or table of Arrow
    kinds : mapping of str to str or list, or None, default=None
        What columns are, whatever they look like; see `TableEncoder`.
    n_draws : int in [1, inf), default=1
        1: the best guess. More: so many tables, each a draw of what the gaps may hold.
    model : MaskedAutoencoder or None, default=None
        Fitted on a table with these columns. None: one is fitted on this table.
    time_limit : float, str or None, default=None
        For all trainings: seconds, or words such as "2 min".
    trainer : Trainer or None, default=None
        How a new model is trained.
    random_state : int, default=0
    say : callable
        Is told what is done.

    Returns
    -------
    ImputationFinding

    Raises
    ------
    DataError
        If the table has no column to learn from, or fewer than 2 rows.

    Examples
    --------
    >>> import pandas as pd
    >>> x = np.arange(40.0)
    >>> table = pd.DataFrame({"one": np.where(x == 7, np.nan, x), "two": 2 * x})
    >>> found = impute_table(table, trainer=Trainer(max_epochs=1, callbacks=()))
    >>> found.n_filled, int(found.filled[0].isna().sum().sum())
    ({'one': 1}, 0)
    """
    frame, _ = as_frame(table)
    if len(frame) < 2:
        raise DataError(f"A table to learn from needs at least 2 rows. Got {len(frame)}.")
    trainer = trainer or Trainer(preset="fast", callbacks=())
    limit = time_limit if time_limit is not None else trainer.time_limit
    seconds = None if limit is None else parse_duration(limit)
    if model is not None and model.table_encoder_ is not None:
        kinds = _kinds_of(model.table_encoder_)
    say("comparing ways to fill known cells ...")
    compared = _compared(frame, kinds, trainer, seconds and seconds / 2, random_state)
    if model is None:
        say(f"learning from {len(frame):,} rows ...")
        settings = trainer.get_params(deep=False) | {"time_limit": seconds and seconds / 2}
        model = MaskedAutoencoder(
            _LATENT_DIM,
            trainer=Trainer(**settings),
            random_state=derive(random_state, _FITTED) % 2**31,
        ).fit(table, encoder=TableEncoder(kinds))
    filled = model.impute(table, n_draws, random_state)
    encoder = model.table_encoder_
    assert encoder is not None
    gaps = frame.isna().sum()
    omitted = {one.name: one for one in encoder.columns_ if isinstance(one, OmittedColumn)}
    n_filled = {str(name): int(n) for name, n in gaps.items() if n and name not in omitted}
    left = {name: one.why for name, one in omitted.items() if gaps.get(name, 0)}
    return ImputationFinding(
        imputation_headline(sum(n_filled.values()), len(n_filled), compared),
        filled if n_draws > 1 else [filled],
        n_filled,
        left,
        compared,
        model,
    )


def _compared(
    frame: Any, kinds: Mapping[str, Any] | None, trainer: Trainer, seconds: float | None, seed: int
) -> tuple[FilledScore, ...]:
    """How well each way fills known cells of the table."""
    rng = np.random.default_rng(derive(seed, _HIDDEN))
    rows = np.sort(rng.permutation(len(frame))[:_MOST_COMPARED])
    frame = frame.iloc[rows].reset_index(drop=True)
    whole = TableEncoder(kinds, mark_gaps="always").fit(frame)
    hidden = cells_to_hide(whole, frame, derive(seed, _HIDDEN))
    if hidden.sum() < _FEWEST_CELLS:
        return ()
    seen = frame.mask(hidden)
    encoder = TableEncoder(_kinds_of(whole), mark_gaps="always").fit(seen)
    ways = {
        NETWORK: by_network(
            encoder,
            seen,
            seed=seed,
            max_epochs=trainer.max_epochs,
            deadline=None if seconds is None else monotonic() + seconds / 2,
            device=trainer.device,
        )
    }
    start = monotonic()
    for name in BASELINES:
        # The forest comes last and takes longest.
        if seconds is None or monotonic() - start < seconds / 4:
            ways[name] = filled_features(name, encoder, seen, seed=seed)
    return score(encoder, frame, hidden, ways)


def _kinds_of(encoder: TableEncoder) -> dict[str, Any]:
    """What columns were understood as, so that fewer cells of them are understood alike."""
    words = {"omitted": "omit"}
    return {
        column.name: column.levels
        if column.kind == "ordinal"
        else words.get(column.kind, column.kind)
        for column in encoder.columns_
    }


def imputation_headline(n_cells: int, n_columns: int, compared: tuple[FilledScore, ...]) -> str:
    """Return what was filled and how well, as a sentence.

    Parameters
    ----------
    n_cells, n_columns : int
        What was filled.
    compared : tuple of FilledScore
        The network first.
    """
    what = (
        f"{counted(n_cells, 'cell')} of {counted(n_columns, 'column')} filled."
        if n_cells
        else "The table has no gaps to fill."
    )
    if not compared:
        return f"{what} There are too few known cells to say how well."
    ours, *others = compared
    best = min(others, key=lambda one: one.error)
    known = "of known cells that were hidden (1 is worth nothing)"
    difference = paired_difference(best.rows, ours.rows)
    if difference.is_clear and ours.error < best.error and difference.mean > 0:
        return (
            f"{what} The network is better here: error {ours.error:.3f} {known}; {best.name}, the best of "
            f"{len(others)} others: {best.error:.3f}."
        )
    if difference.is_clear and best.error < ours.error and difference.mean < 0:
        return (
            f"{what} {best.name} is better here: error {best.error:.3f} {known}; the network: "
            f"{ours.error:.3f}."
        )
    return (
        f"{what} The network has an error of {ours.error:.3f} {known}; there is no clear difference from "
        f"{best.name}, the best of {len(others)} others: {best.error:.3f}."
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
