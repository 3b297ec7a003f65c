"""The anomalies among samples, with their reasons and what other scores make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._columns import NO_COLUMNS, OwnColumns
from latens._identity import HELD_OUT, PARTS, TRAINED_ON
from latens._validation import Integer, check_value
from latens.applications.anomalies.cell_reasons import CellReasons
from latens.applications.anomalies.comparison import BY_NEIGHBORS, BaselineScore
from latens.applications.anomalies.detector import AnomalyDetector
from latens.applications.anomalies.reasons import ColumnReasons, places
from latens.applications.anomalies.threshold import line_at
from latens.applications.frames import beside_own, write_frame
from latens.applications.wording import counted
from latens.data import Dataset
from latens.runs import Finding, Mosaic, Table

if TYPE_CHECKING:
    import pandas

__all__ = [
    "MOST_EXPLAINED",
    "AnomalyFinding",
    "anomalies_headline",
    "find_anomalies",
    "named_samples",
]

# Samples that are given a reason; a reason is an array as large as the sample.
MOST_EXPLAINED, _LEAST_EXPLAINED = 2_000, 100
_MOST_PICTURES = 12
# With fewer samples the line is a matter of chance.
_FEWEST = 50
_DECIDED_BY = {
    "table": "Distances to neighbors decide in a table; the autoencoder only explains.",
    "mixed": (
        "Neighbors, principal axes and pairs of values decide in a table with levels; the autoencoder has no "
        "part in it."
    ),
    "series": (
        "The rows follow one another in time, so PCA decides; the autoencoder only explains. The line is for "
        "rows that come later."
    ),
}
_ARE = {"lies": "is called an anomaly,", "lie": "are called anomalies,"}


@dataclass(frozen=True, eq=False)
class AnomalyFinding:
    """The anomalies that a detector finds among samples.

    Attributes
    ----------
    sentence : str
        What was found, and whether an autoencoder was needed for it.
    frame : DataFrame
        One line for each sample, in the order of the data: its "row" in them; its "file" or "id", where
        samples have names; its "part", of the data of a run; whether it is an "anomaly"; its "rank", 1 for
        the most anomalous, of its part where `is_by_part`; the "decision", negative for anomalies; and the
        "reason", which is empty where none was computed.
    ranking : ndarray of int
        Where the samples stand that have a reason, the most anomalous first: all anomalies up to 2,000, and
        at least 100 samples. Where `is_by_part`, as many of either part, the held-out ones first.
    top : int
        The samples that are shown.
    compared : tuple of BaselineScore
        The detector, and other scores of the same samples.
    rarer_class : str or None
        The class that stands for the anomalies in the AUROC of `compared`; None without labels of two
        classes.
    pictures : ndarray of uint8 of shape (3, n_shown, height, width[, 3]) or None
        Of images: up to 12 of the most anomalous ones, their reconstructions, and where they are anomalous.
    is_by_part : bool
        Whether held-out samples and those that the network was trained on have a line and a list of their
        own: images, of which a network reconstructs those better that it has seen.
    columns : OwnColumns
        The user's own columns of the samples, where the data are a table.
    """

    sentence: str
    frame: "pandas.DataFrame"
    ranking: np.ndarray
    top: int
    compared: tuple[BaselineScore, ...]
    rarer_class: str | None
    pictures: np.ndarray | None
    is_by_part: bool = False
    columns: OwnColumns = NO_COLUMNS

    @property
    def n_anomalies(self) -> int:
        """The number of samples beyond the line."""
        return int(self.frame["anomaly"].sum())

    @property
    def most_anomalous(self) -> "pandas.DataFrame":
        """The lines of `frame` of the `top` most anomalous samples, in this order, or of either part."""
        explained = self.frame.iloc[self.ranking]
        return (
            explained[explained["rank"] <= self.top] if self.is_by_part else explained[: self.top]
        )

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        names = ("score", "shared", "rank_correlation", "auroc")
        return {
            "samples": len(self.frame),
            "anomalies": self.n_anomalies,
            "sentence": self.sentence,
            "oddest": self.most_anomalous.to_dict(orient="records"),
            "beside": [dict(zip(names, row, strict=True)) for row in self._other_scores().rows],
        }

    def write(self, path: str | Path) -> None:
        """Write `frame` and, behind it, `columns` to a .csv or .parquet file, whole or not at all.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        write_frame(path, beside_own(self.frame, self.columns))

    def to_finding(self) -> Finding:
        """Return what a run keeps of it for its report."""
        shown = self.most_anomalous
        tables = [self._table(shown, "")]
        if self.is_by_part:
            words = {PARTS[HELD_OUT]: "held-out ", PARTS[TRAINED_ON]: "trained-on "}
            tables = [
                self._table(shown[shown["part"] == part], word) for part, word in words.items()
            ]
        mosaics: tuple[Mosaic, ...] = ()
        if self.pictures is not None:
            names = ("input", "reconstructed", "where")
            mosaics = (Mosaic("The most anomalous samples", self.pictures, names),)
        question = "Which samples are anomalous?"
        return Finding(question, self.sentence, (*tables, self._other_scores()), mosaics)

    def _table(self, shown: "pandas.DataFrame", which: str) -> Table:
        """The most anomalous samples, of one part or of all."""
        known = [name for name in ("row", "file", "id", "part") if name in shown]
        rows = [
            (*map(str, sample), f"{decision:.2f}", "yes" if is_anomaly else "no", reason)
            for *sample, decision, is_anomaly, reason in shown[
                [*known, "decision", "anomaly", "reason"]
            ].itertuples(index=False)
        ]
        note = "No label was used. A decision below 0 is an anomaly."
        if self.is_by_part:
            note += (
                " The network reconstructs images better that it was trained on, so they have a line and a "
                "list of their own."
            )
        return Table(
            title=f"The {len(shown)} most anomalous {which}samples",
            columns=(*known, "decision", "anomaly", "reason"),
            rows=tuple(rows),
            note=note,
        )

    def _other_scores(self) -> Table:
        note = "How many of the most anomalous samples each would pick, too, and the correlation of ranks."
        if self.rarer_class is None:
            note += " Without labels of two classes there is no AUROC."
        else:
            note += f" AUROC takes {self.rarer_class}, the rarer of two labels, for the anomalies."
        return Table(
            title="The same samples by other scores",
            columns=(
                "score",
                f"of the {self.compared[0].shared:,} most anomalous",
                "rank correlation",
                "AUROC",
            ),
            rows=tuple(
                (one.name, one.shared, _rounded(one.rank_correlation, 3), _rounded(one.auroc, 4))
                for one in self.compared
            ),
            note=note,
        )


def find_anomalies(
    detector: AnomalyDetector, data: Dataset, *, is_training_data: bool = False, top: int = 10
) -> AnomalyFinding:
    """Find the anomalies among samples, the reason for each, and what other scores make of them.

    Labels are never used, except for an AUROC where there are two classes of them.

    Parameters
    ----------
    detector : AnomalyDetector
        Fitted.
    data : Dataset
        The samples to score.
    is_training_data : bool, default=False
        Whether these are the samples that the detector was fitted on, for which it has a line of their own.
    top : int in [1, 2000], default=10
        The samples to show.

    Returns
    -------
    AnomalyFinding

    Examples
    --------
    >>> from latens.applications import AnomalyDetector, find_anomalies
    >>> from latens.data import Dataset
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> X[7, 1] = 40
    >>> data = Dataset(X, feature_names=("height", "width", "depth"))
    >>> detector = AnomalyDetector(random_state=0).fit(X)
    >>> found = find_anomalies(detector, data, is_training_data=True)
    >>> int(found.most_anomalous["row"].iloc[0]), found.most_anomalous["reason"].iloc[0][:10]
    (7, 'width = 40')
    """
    check_value("find_anomalies", "top", top, (Integer(1, MOST_EXPLAINED),))
    is_named = hasattr(detector, "feature_names_in_") and detector.table_encoder_ is None
    samples = named_samples(data) if is_named else data.X
    parts = detector.parts(samples)
    scores = detector.weigh(parts)
    by_part = _parts(detector, data) if is_training_data else None
    decision = scores - _lines(detector, scores, by_part, is_training_data)
    is_anomaly = decision < 0
    n_anomalies = int(is_anomaly.sum())
    lists = _lists(decision, by_part)
    ranking = np.concatenate(
        [
            one[: min(MOST_EXPLAINED, max(int(is_anomaly[one].sum()), top, _LEAST_EXPLAINED))]
            for one in lists
        ]
    )
    shares = detector.explain(
        samples.iloc[ranking] if hasattr(samples, "iloc") else samples[ranking]
    )
    n_compared = n_anomalies or min(top, len(decision))
    is_rarer, rarer_class = _rarer_class(data)
    compared = detector.compare_parts(data.X, parts, n_compared, is_rarer)
    sentence = anomalies_headline(
        n_anomalies,
        len(data),
        rule=detector.rule_,
        contamination=detector.contamination,
        rate=detector.rate_,
        n_learned_from=len(detector.kept_),
        is_own=is_training_data,
        n_by_neighbors=next(one.shared for one in compared if one.name == BY_NEIGHBORS),
    )
    alert = None if is_training_data else detector.alert_of_scores(scores)
    frame = _frame(data, decision, lists)
    frame.loc[ranking, "reason"] = _reasons(detector, data, ranking, shares)
    return AnomalyFinding(
        sentence=sentence if alert is None else f"{sentence} Alert: {alert}",
        frame=frame,
        ranking=ranking,
        top=top,
        compared=compared,
        rarer_class=rarer_class,
        pictures=_pictures(detector, data.X[ranking[:_MOST_PICTURES]], shares),
        is_by_part=by_part is not None,
        columns=data.columns,
    )


def _lists(decision: np.ndarray, by_part: np.ndarray | None) -> list[np.ndarray]:
    """The samples, the most anomalous first: all in one list, or those of each part in one of their own."""
    order = np.argsort(decision, kind="stable")
    if by_part is None:
        return [order]
    return [order[by_part[order] == one] for one in (HELD_OUT, TRAINED_ON)]


def _parts(detector: AnomalyDetector, data: Dataset) -> np.ndarray | None:
    """The part of each sample, where the network makes samples of one part less unusual; else None."""
    part = data.identity.part
    if detector.rule_ != "images" or part is None:
        return None
    return part if min((part == one).sum() for one in (HELD_OUT, TRAINED_ON)) > 0 else None


def _lines(
    detector: AnomalyDetector, scores: np.ndarray, part: np.ndarray | None, is_training_data: bool
) -> np.ndarray:
    """The line that each score is held against."""
    line = detector.own_offset_ if is_training_data else detector.offset_
    lines = np.full(len(scores), line, dtype=np.float64)
    if part is None or detector.rate_ is None:
        return lines
    is_auto = isinstance(detector.contamination, str)
    for one in (HELD_OUT, TRAINED_ON):
        of_part = part == one
        if of_part.sum() >= _FEWEST:
            lines[of_part] = -line_at(-scores[of_part], detector.rate_, among_anomalies=is_auto)
    return lines


def named_samples(data: Dataset) -> Any:
    """Return the samples, in a DataFrame where their columns have names."""
    import pandas

    if data.feature_names is None:
        return data.X
    return pandas.DataFrame(data.X, columns=list(data.feature_names))


def _frame(data: Dataset, decision: np.ndarray, lists: Sequence[np.ndarray]) -> "pandas.DataFrame":
    """The line of every sample, without a reason."""
    import pandas

    rank = np.empty(len(decision), dtype=int)
    for order in lists:
        rank[order] = np.arange(1, len(order) + 1)
    frame = pandas.DataFrame(data.identity.columns())
    return frame.assign(anomaly=decision < 0, rank=rank, decision=decision.round(6), reason="")


def _reasons(
    detector: AnomalyDetector, data: Dataset, rows: np.ndarray, shares: np.ndarray
) -> list[str]:
    if detector.ranges_ is None:
        return [places(share) for share in shares]
    if detector.mixed_ is not None:
        cells = reasons_of_cells(detector)
        return [cells.words(data.X[row], share) for row, share in zip(rows, shares, strict=True)]
    learned_from = detector.ranges_.undo(detector.kept_)
    words = ColumnReasons.fit(learned_from, data.feature_names)
    return [words.words(data.X[row], share) for row, share in zip(rows, shares, strict=True)]


def reasons_of_cells(detector: AnomalyDetector) -> CellReasons:
    """Return what words the reasons of a detector of mixed columns."""
    assert detector.mixed_ is not None
    assert detector.table_encoder_ is not None
    learned_from = detector.mixed_.undo(detector.kept_)
    return CellReasons(detector.table_encoder_, learned_from, detector.pairs_)


def _rarer_class(data: Dataset) -> tuple[np.ndarray | None, str | None]:
    """Which samples are of the rarer one of two classes, and its name; None where labels are not of two."""
    if data.y is None:
        return None, None
    classes, counts = np.unique(data.y, return_counts=True)
    if len(classes) != 2 or counts[0] == counts[1]:
        return None, None
    rarer = int(classes[counts.argmin()])
    return data.y == rarer, str(rarer) if data.names is None else f"'{data.names[rarer]}'"


def _pictures(
    detector: AnomalyDetector, images: np.ndarray, shares: np.ndarray
) -> np.ndarray | None:
    """Images, their reconstructions, and where they are anomalous: bytes; None for the rows of a table."""
    if images.ndim < 3:
        return None
    X = np.asarray(images, dtype=np.float64)
    reconstructed = np.asarray(detector.model_.reconstruct(images))
    low, high = (0.0, 255.0) if images.dtype == np.uint8 else (X.min(), X.max())
    where = shares[: len(images)]
    if where.ndim == 4:
        where = np.broadcast_to(where.sum(axis=3, keepdims=True), where.shape)
    where = where / where.max(axis=tuple(range(1, where.ndim)), keepdims=True)
    scaled = [(each - low) / ((high - low) or 1.0) for each in (X, reconstructed)]
    return (255 * np.clip(np.stack([*scaled, where]), 0, 1)).round().astype(np.uint8)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def anomalies_headline(
    n_odd: int,
    n: int,
    *,
    rule: str,
    contamination: str | float,
    rate: float | None,
    n_learned_from: int,
    is_own: bool,
    n_by_neighbors: int,
) -> str:
    """Return how many samples of `n` are anomalous, what that means, and how much needs no autoencoder.

    `rate` is the share of new samples that is meant to lie beyond the line, if one was promised; `is_own`
    says whether it was drawn by the samples that are scored, and `n_by_neighbors` how many of the anomalies
    are among as many that lie furthest from their neighbors.
    """
    found, lie = _found(n_odd, n)
    if rate is None:
        sentence = f"{found} {lie} beyond the line, which latens 0.1 drew without a promised rate."
    elif isinstance(contamination, str):
        sentence = f"{found} {lie} beyond the line; of normal samples, {100 * rate:g} % do."
    elif is_own:
        sentence = f"{found} {_ARE[lie]} as `contamination` asks for: a choice, not a finding."
    else:
        share = f"{100 * contamination:g} %"
        sentence = f"{found} {lie} beyond the line; of samples like those learned from, {share} do."
    if rule in _DECIDED_BY:
        sentence += f" {_DECIDED_BY[rule]}"
    elif n_odd:
        same = _all_of(n_by_neighbors, n_odd)
        sentence += f" Distances to neighbors alone, without an autoencoder, would pick {same}."
    if n_learned_from < _FEWEST:
        sentence += f" The line was drawn from only {counted(n_learned_from, 'sample')}: too few to trust it."
    return sentence


def _found(n_odd: int, n: int) -> tuple[str, str]:
    """How many of how many, and the verb for them."""
    if n_odd == 0:
        return f"None of {counted(n, 'sample')}", "lies"
    share = 100 * n_odd / n
    words = f"{share:.0f}" if share >= 10 else f"{share:.2g}"
    return f"{n_odd:,} of {counted(n, 'sample')} ({words} %)", "lies" if n_odd == 1 else "lie"


def _all_of(some: int, n: int) -> str:
    if some == 0:
        return "none of them" if n > 1 else "another"
    if some == n:
        return "the same one" if n == 1 else f"the same {n:,}"
    return f"{some:,} of these {n:,}"
