"""The verdict of a study: what its numbers carry, in a headline, its reasons and a caution."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from latens.metrics.intervals import Difference
from latens.runs import Evidence, PairedDifference, ResultRow, Verdict
from latens.studies.differences import pooled
from latens.studies.structure import is_gaussian, is_independent

__all__ = ["Outcome", "judge"]

Outcome = Literal[
    "better", "mixed", "pca enough", "raw enough", "nothing", "not trained", "too few"
]

# Fewer rows than these, and an interval says little of how the next ones differ.
_FEWEST_ROWS = 25
_MOST_COPIES = 0.5
# Smaller differences are not worth a network, however sure they are: in dB, and of scores up to 1.
_LEAST_DECIBELS, _LEAST_SCORE = 0.5, 0.02
# Of the error of the baseline; 0.5 dB are 11 %.
_LEAST_SHARE = 0.05
# Numbers without rounding can be folded: of noise in 20 columns, codes of 4 dimensions reconstruct up to 6 %
# better than PCA, and hold nothing but noise. What is this many times better than the least is structure.
_FOLDED = 5


@dataclass(frozen=True)
class _Topic:
    """One thing that a code may be better or worse at."""

    words: str
    values: str
    least: float = _LEAST_SCORE


_RECONSTRUCTION = ("psnr", "cell_error", "mean_squared_error")
_TOPICS = {
    "psnr": _Topic("reconstruction", "{:.2f} dB against {:.2f} dB", _LEAST_DECIBELS),
    "cell_error": _Topic("reconstruction", "cell error {:.3g} against {:.3g}"),
    "mean_squared_error": _Topic("reconstruction", "error {:.3g} against {:.3g}"),
    "trustworthiness": _Topic("neighborhoods", "trustworthiness {:.3f} against {:.3f}"),
    "adjusted_rand_score": _Topic("clusters", "ARI {:.3f} against {:.3f}"),
    "knn_accuracy": _Topic("k-NN classification", "accuracy {:.3f} against {:.3f}"),
    "linear_probe_accuracy": _Topic("linear classification", "accuracy {:.3f} against {:.3f}"),
}
_RAW = "raw"


@dataclass(frozen=True)
class _Comparison:
    """The model beside one baseline in one metric."""

    against: str
    label: str
    metric: str
    ours: float
    theirs: float
    gain: Difference

    @property
    def least(self) -> float:
        if self.metric in ("mean_squared_error", "cell_error"):
            return _LEAST_SHARE * self.theirs
        return _TOPICS[self.metric].least

    @property
    def is_win(self) -> bool:
        return self.gain.low > 0 and self.gain.mean >= self.least

    @property
    def is_loss(self) -> bool:
        return self.gain.high < 0 and -self.gain.mean >= self.least

    @property
    def is_open(self) -> bool:
        """Whether a gain that matters is neither shown nor excluded."""
        return not self.is_win and self.gain.high > self.least

    @property
    def words(self) -> str:
        topic = _TOPICS[self.metric]
        return f"{topic.words} ({topic.values.format(self.ours, self.theirs)})"

    @property
    def interval(self) -> str:
        """The interval of the gain, positive where the model is better."""
        decibels = " dB" if self.metric == "psnr" else ""
        low, high = (f"{value:+.3g}" for value in (self.gain.low, self.gain.high))
        return f"{_TOPICS[self.metric].words} {low} to {high}{decibels}"


def judge(
    rows: Iterable[ResultRow],
    differences: Iterable[PairedDifference],
    evidence: Evidence,
    *,
    model: str,
    pca: str,
) -> Verdict:
    """Say what the code of a model is worth, beside raw values, PCA of the same size and UMAP.

    A difference counts where its 95 % interval excludes 0 and it is large enough to matter: 0.5 dB, 5 % of
    the squared error, or 0.02 of a score.

    Parameters
    ----------
    rows : iterable of ResultRow
    differences : iterable of PairedDifference
        For all seeds.
    evidence : Evidence
    model, pca : str
        The names of the model and of PCA of its size.

    Returns
    -------
    Verdict
        Its outcome is an `Outcome`.
    """
    rows = [row for row in rows if row.part == "held-out"]
    ours = next(row for row in rows if row.representation == model)
    compared = _compared(rows, [one for one in differences if one.model == model])
    subject = f"the code of {ours.label}"
    outcome, head, reasons = _Judgment(compared, evidence, subject, pca, ours).verdict()
    return Verdict(
        outcome=outcome,
        head=head,
        reasons=reasons,
        sentence=" ".join([head, *reasons]),
        caution=_caution({row.seed for row in rows if row.representation == model}),
    )


def _compared(rows: list[ResultRow], differences: list[PairedDifference]) -> list[_Comparison]:
    """Every topic with every baseline, over all seeds."""
    values: dict[tuple[str, str], list[float]] = {}
    labels = {row.representation: row.label for row in rows}
    for row in rows:
        for metric, value in row.measured.items():
            values.setdefault((row.representation, metric), []).append(value)
    groups: dict[tuple[str, str, str], list[PairedDifference]] = {}
    for one in differences:
        key = one.model, one.against, one.metric
        if {key[::2], key[1:]} <= values.keys() and one.metric in _TOPICS:
            groups.setdefault(key, []).append(one)
    has_better = any(metric in ("psnr", "cell_error") for _, _, metric in groups)
    return [
        _Comparison(
            against,
            labels[against],
            metric,
            fmean(values[model, metric]),
            fmean(values[against, metric]),
            pooled(found),
        )
        for (model, against, metric), found in groups.items()
        if not (has_better and metric == "mean_squared_error")
    ]


@dataclass(frozen=True)
class _Judgment:
    """The rules, in the order in which they are asked."""

    compared: list[_Comparison]
    evidence: Evidence
    subject: str
    pca: str
    row: ResultRow

    def verdict(self) -> tuple[Outcome, str, list[str]]:
        """Return outcome, headline and reasons."""
        n_new = self.evidence.n_held_out - self.evidence.n_copies
        if n_new < _FEWEST_ROWS or self.evidence.n_copies > _MOST_COPIES * self.evidence.n_held_out:
            return "too few", "There are too few samples to say.", self._few(n_new)
        if not self.row.learns_from_labels and not self._reconstructs_better(_FOLDED):
            structure = self.evidence.structure
            if is_independent(structure):
                return "nothing", *self._nothing()
            if is_gaussian(structure):
                return "pca enough", *self._gaussian()
        # A code that cannot reconstruct yet may keep neighbors together, as random projections do.
        if self.evidence.unfinished and not self._reconstructs_better():
            return "not trained", *self._unfinished()
        if self.wins(self.pca):
            return self._better_than_pca()
        if all(one.is_open for one in self.beside(self.pca)):
            return "too few", "There are too few samples to say.", self._open()
        head = f"PCA is enough here: {self.subject} is not shown to be better at anything."
        return "pca enough", head, [*self._losses(), *self._no_difference()]

    def beside(self, name: str) -> list[_Comparison]:
        return [one for one in self.compared if one.against == name]

    def wins(self, name: str) -> list[_Comparison]:
        return [one for one in self.beside(name) if one.is_win]

    def _reconstructs_better(self, times: float = 1) -> bool:
        """Whether the gain is this many times the least that counts."""
        return any(
            one.metric in _RECONSTRUCTION and one.gain.mean >= times * one.least
            for one in self.wins(self.pca)
        )

    def _better_than_pca(self) -> tuple[Outcome, str, list[str]]:
        wins = self.wins(self.pca)
        losses = [one for one in self.compared if one.is_loss]
        reasons = [*self._gains(), *self._losses()]
        if self.evidence.unfinished:
            reasons.append(f"{self.evidence.unfinished} A longer training may well change this.")
        if losses and self._raw_does_as_well(wins):
            values = _label_of(self.compared, _RAW, "raw values")
            head = f"{_capital(values)} are enough here: they have all that {self.subject} gains over PCA."
            return "raw enough", head, reasons
        better = f"better than PCA at {_listed(_topics(wins))}"
        if not losses:
            return "better", f"{_capital(self.subject)} is {better}.", reasons
        worse = " and ".join(
            f"worse than {label} at {_listed(_topics(some))}" for label, some in _by_label(losses)
        )
        return "mixed", f"Mixed: {self.subject} is {better}, but {worse}.", reasons

    def _raw_does_as_well(self, wins: list[_Comparison]) -> bool:
        """Whether raw values match all that is won: never so of what raw values are not asked for."""
        raw = {one.metric: one for one in self.beside(_RAW)}
        return all(one.metric in raw and not raw[one.metric].is_win for one in wins)

    def _few(self, n_new: int) -> list[str]:
        evidence = self.evidence
        if evidence.n_copies:
            why = (
                f"{evidence.n_copies:,} of the {evidence.n_held_out:,} held-out samples are copies of "
                f"training samples, which leaves {n_new:,} that the model has not seen."
            )
        else:
            why = f"Only {n_new:,} samples are held out."
        return [why, *self._open()]

    def _open(self) -> list[str]:
        """How far the gains are known."""
        beside = self.beside(self.pca)
        if not beside:
            return []
        gains = "; ".join(one.interval for one in beside)
        return [f"The gain over PCA could be anything within these 95 % intervals: {gains}."]

    def _nothing(self) -> tuple[str, list[str]]:
        values = _label_of(self.compared, _RAW, "raw columns").removeprefix("raw ")
        why = (
            f"Shuffling the values of each {values.removesuffix('s')} among the samples does not change how "
            f"close the samples lie, so there are no relations between {values} for a code to use."
        )
        head = f"Nothing to find here: the {values} look unrelated."
        return head, [why, *self._gains(), *self._losses()]

    def _gaussian(self) -> tuple[str, list[str]]:
        why = (
            "The samples are indistinguishable from a Gaussian cloud with the same correlations, so there is "
            "no structure that PCA does not see."
        )
        head = f"PCA is enough here: {self.subject} has nothing to add."
        return head, [why, *self._gains(), *self._losses()]

    def _unfinished(self) -> tuple[str, list[str]]:
        head = f"The training was too short to say what {self.subject} is worth."
        return head, [
            f"{self.evidence.unfinished} So far it reconstructs no better than PCA.",
            *self._gains(),
            *self._losses(),
            *self._no_difference(),
        ]

    def _gains(self) -> list[str]:
        wins = [one for one in self.compared if one.is_win]
        return [
            f"Better than {label}: {'; '.join(one.words for one in some)}."
            for label, some in _by_label(wins)
        ]

    def _losses(self) -> list[str]:
        losses = [one for one in self.compared if one.is_loss]
        return [
            f"Worse than {label}: {'; '.join(one.words for one in some)}."
            for label, some in _by_label(losses)
        ]

    def _no_difference(self) -> list[str]:
        even = [one for one in self.beside(self.pca) if not one.is_win and not one.is_loss]
        if not even:
            return []
        return [f"No clear difference from PCA: {'; '.join(one.words for one in even)}."]


def _by_label(some: list[_Comparison]) -> list[tuple[str, list[_Comparison]]]:
    labels = dict.fromkeys(one.label for one in some)
    return [(label, [one for one in some if one.label == label]) for label in labels]


def _label_of(compared: list[_Comparison], name: str, usual: str) -> str:
    return next((one.label for one in compared if one.against == name), usual)


def _topics(some: list[_Comparison]) -> list[str]:
    return [_TOPICS[one.metric].words for one in some]


def _listed(words: list[str]) -> str:
    """Words with commas, and "and" before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _caution(seeds: set[int]) -> str:
    if len(seeds) == 1:
        return (
            "This is one training with one seed; another seed gives other digits. "
            "Repeat it with --seeds 10 before trusting small differences."
        )
    return f"Means over {len(seeds)} seeds; a difference counts where its 95 % interval excludes 0."
