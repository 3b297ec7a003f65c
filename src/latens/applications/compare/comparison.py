"""Two runs or more beside each other, and what the comparison comes to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, check_value
from latens.applications.compare.neighborhoods import SharedNeighbors, shared_neighbors
from latens.applications.compare.samples import SameData, same_data
from latens.applications.compare.scores import ComparedScore, compared_scores, first_models
from latens.applications.compare.settings import differing_settings
from latens.applications.profiles.samples import clustered_samples
from latens.applications.wording import counted
from latens.exceptions import ParameterError, RunError
from latens.metrics import adjusted_rand_score
from latens.runs import Run, Table

if TYPE_CHECKING:
    import pandas

__all__ = ["RunComparison", "compare_runs"]

Integers = npt.NDArray[np.int64]

# Of more samples in both runs, so many drawn evenly: neighbors of all would take minutes.
_MOST_SAMPLES = 10_000
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True, eq=False)
class CommonSamples:
    """The samples whose codes both runs have, and how their neighborhoods differ.

    Attributes
    ----------
    first, second : ndarray of int of shape (n,)
        Their places in either run.
    neighbors : SharedNeighbors
        Numbers in it are places among these samples.
    agreement : float
        The adjusted Rand index of the two runs' clusters of them: 1 for the same, 0 for chance.
    """

    first: Integers
    second: Integers
    neighbors: SharedNeighbors
    agreement: float

    @property
    def most_moved(self) -> Integers:
        """These samples, those that share the fewest neighbors first."""
        order: Integers = np.argsort(self.neighbors.shares, kind="stable")
        return order


@dataclass(frozen=True, eq=False)
class RunComparison:
    """What `compare_runs` found.

    Attributes
    ----------
    runs : tuple of Run
    models : tuple of str
        The model of each that is compared.
    settings : tuple of tuple of str
        Each setting that differs, and its value in every run.
    scores : tuple of ComparedScore
        On held-out samples.
    data : SameData or None
        How far two runs are of the same data; None for more than two.
    common : CommonSamples or None
        The samples in both, of two runs.
    why_not : str
        Why there are none, as a sentence.
    """

    runs: tuple[Run, ...]
    models: tuple[str, ...]
    settings: tuple[tuple[str, ...], ...]
    scores: tuple[ComparedScore, ...]
    data: SameData | None = None
    common: CommonSamples | None = None
    why_not: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What the runs are called: a letter and the name of the folder."""
        return tuple(
            f"{_LETTERS[at]}: {run.path.resolve().name}" for at, run in enumerate(self.runs)
        )

    @property
    def sentence(self) -> str:
        """The verdict."""
        return " ".join(one for one in (self.headline, self.details) if one)

    @property
    def headline(self) -> str:
        """What the scores come to."""
        return self._of_scores[0]

    @property
    def details(self) -> str:
        """How sure that is, and how far neighborhoods and clusters are the same."""
        return " ".join(one for one in (self._of_scores[1], self._of_neighbors()) if one)

    @cached_property
    def _of_scores(self) -> tuple[str, str]:
        if self.data is None:
            n_runs = counted(len(self.runs), "run")
            return f"{n_runs} side by side.", "Of two, words and maps are compared, too."
        if not self.data.scores_compare:
            return "The scores of A and B do not compare.", self.data.sentence
        outcomes = [(one.outcome, one) for one in self.scores if one.representation == "model"]
        counts = Counter(outcome for outcome, _ in outcomes)
        n = sum(counts.values()) - counts[""] - counts["other space"]
        if not n:
            return "A and B have no score in common.", ""
        if counts["the same"] == n:
            return f"A and B have the same {counted(n, 'score')}.", ""
        if counts["one seed"]:
            better, worse = (
                sum(sign * one.difference.mean > 0 for _, one in outcomes if one.difference)
                for sign in (1, -1)
            )
            return (
                f"B scores better than A in {better} of {n} metrics and worse in {worse}, by one seed.",
                "With one seed in common nobody can tell that from chance: repeat both with --seeds 5.",
            )
        clear = {
            word: [one.metric.label for outcome, one in outcomes if outcome == word]
            for word in ("better", "worse")
        }
        if not any(clear.values()):
            return "A and B score alike.", f"None of {n} differences exceeds the spread over seeds."
        parts = [f"{word} in {', '.join(labels)}" for word, labels in clear.items() if labels]
        rest = n - sum(map(len, clear.values()))
        more = f", {rest} of {n} metrics do not" if rest else ""
        return (
            f"B is {' and '.join(parts)} than A.",
            f"These differences exceed the spread over seeds{more}.",
        )

    def _of_neighbors(self) -> str:
        if self.common is None:
            # Data that differ are said above.
            return "" if self.data and not self.data.has_same_samples else self.why_not
        near = self.common.neighbors
        shared, chance = near.k * float(near.shares.mean()), near.k * near.by_chance
        return (
            f"Of the {near.k} nearest neighbors of a sample, {shared:.1f} are the same in both ({chance:.1g} "
            f"by chance), and the clusters agree with an adjusted Rand index of {self.common.agreement:.2f}."
        )

    def score_table(self) -> Table:
        """Return the scores as a table."""
        is_pair = len(self.runs) == 2
        more = ("difference", "interval", "so B is") if is_pair else ()
        rows = []
        # Raw values are the same in both runs, if their data are.
        shown = [one for one in self.scores if not (one.is_baseline and one.outcome == "the same")]
        for one in shown:
            cells: list[Any] = [
                one.representation,
                f"{one.metric.label} ({one.metric.better} is better)",
            ]
            cells += [
                None if mean is None else f"{mean:.4g}{'' if not spread else f' ± {spread:.2g}'}"
                for mean, spread in zip(one.means, one.spreads, strict=True)
            ]
            rows.append((*cells, *(self._compared(one) if is_pair else ())))
        note = (
            "Means over seeds ± standard deviation, on held-out samples. A difference is positive where B is "
            "better; its interval is Student's, over the seeds that both have."
        )
        columns = ("of", "metric", *self.names, *more)
        return Table("Scores", columns, tuple(rows), note if is_pair else note.split(" A diff")[0])

    def _compared(self, one: ComparedScore) -> tuple[str | None, ...]:
        found = one.difference
        if found is None or (self.data is not None and not self.data.scores_compare):
            return (None, None, one.outcome or None if found is None else "other samples")
        if found.half_width == float("inf"):
            return (f"{found.mean:+.3g}", "unknown: one seed", one.outcome)
        return (f"{found.mean:+.3g}", f"{found.low:+.3g} to {found.high:+.3g}", one.outcome)

    def settings_table(self) -> Table:
        """Return the settings that differ as a table."""
        return Table("Settings that differ", ("setting", *self.names), self.settings)

    def moved_table(self, top: int = 20) -> Table | None:
        """Return the samples whose neighborhoods changed most as a table; None without common samples."""
        if self.common is None:
            return None
        chosen = self.common.most_moved[:top]
        identity = self.runs[0].identity
        known = identity.columns(self.common.first[chosen])
        near = self.common.neighbors
        rows = []
        for at, place in enumerate(chosen.tolist()):
            others = [
                ", ".join(
                    str(identity.row(int(self.common.first[one]))) for one in found[place][:5]
                )
                for found in (near.first, near.second)
            ]
            n_shared = round(near.k * near.shares[place])
            rows.append((*(values[at] for values in known.values()), n_shared, *others))
        columns = (
            *known,
            f"of {near.k} neighbors in both",
            "nearest rows in A",
            "nearest rows in B",
        )
        return Table("The samples whose neighborhoods changed most", columns, tuple(rows))

    def frame(self) -> "pandas.DataFrame":
        """Return one row for each sample in both runs: its row, and the share of neighbors that it keeps.

        Raises
        ------
        RunError
            If no sample is known to be in both.
        """
        import pandas

        if self.common is None:
            raise RunError(self.why_not)
        known = pandas.DataFrame(self.runs[0].identity.columns(self.common.first))
        return known.assign(neighbors_kept=self.common.neighbors.shares)

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        tables = [self.settings_table(), self.score_table(), self.moved_table()]
        return {
            "runs": [str(run.path) for run in self.runs],
            "models": list(self.models),
            "data": None if self.data is None else self.data.level,
            "sentence": self.sentence,
            **{
                key: [dict(zip(one.columns, row, strict=True)) for row in one.rows]
                for key, one in zip(("settings", "scores", "most_moved"), tables, strict=True)
                if one is not None
            },
            "neighbors_kept": None
            if self.common is None
            else float(self.common.neighbors.shares.mean()),
            "clusters_agree": None if self.common is None else self.common.agreement,
        }


def compare_runs(*runs: Run | str | Path, model: str | None = None, k: int = 10) -> RunComparison:
    """Compare runs: their settings, their scores, and the neighborhoods of the samples in both.

    Parameters
    ----------
    *runs : Run or path
        Two; or more, up to ten, of which only settings and scores are compared.
    model : str or None, default=None
        The model of every run; None: the first one of each.
    k : int in [1, 100], default=10
        How many nearest neighbors make a neighborhood.

    Returns
    -------
    RunComparison

    Raises
    ------
    ParameterError
        If there are fewer runs than two, or too many.
    RunError
        If one is no run, or is not trained yet.

    Examples
    --------
    >>> import tempfile
    >>> from latens.studies import check_study, run_study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     runs = []
    ...     for size in (2, 3):
    ...         settings = {"latent_dim": size, "trainer": {"max_epochs": 1}}
    ...         study = {"data": {"source": "digits"}, "models": [settings], "max_scored": 100}
    ...         runs.append(run_study(check_study(study, "example"), f"{folder}/{size}"))
    ...     found = compare_runs(*runs)
    ...     [row for row in found.settings if row[0] == "models.latent_dim"]
    [('models.latent_dim', '2', '3')]
    """
    if not 2 <= len(runs) <= len(_LETTERS):
        raise ParameterError(f"compare_runs takes two to {len(_LETTERS)} runs. Got {len(runs)}.")
    check_value("compare_runs", "k", k, (Integer(1, 100),))
    opened = tuple(run if isinstance(run, Run) else Run.open(run) for run in runs)
    models = first_models(opened, model)
    settings, scores = differing_settings(opened), compared_scores(opened, models)
    if len(opened) > 2:
        return RunComparison(opened, models, settings, scores)
    data = same_data(*opened)
    common, why_not = _common(opened, models, data, k)
    return RunComparison(opened, models, settings, scores, data, common, why_not)


def _common(
    runs: Sequence[Run], models: Sequence[str], data: SameData, k: int
) -> tuple[CommonSamples | None, str]:
    """The samples whose codes both runs have; or why there are none."""
    if not data.has_same_samples:
        return None, data.sentence
    first, second = (
        clustered_samples(run, model, only_scored=True)
        for run, model in zip(runs, models, strict=True)
    )
    partners = data.partners(runs[0].identity, runs[1].identity)[first.places]
    found = np.searchsorted(second.places, partners).clip(0, len(second.places) - 1)
    is_common = (partners >= 0) & (second.places[found] == partners)
    here, there = np.flatnonzero(is_common), found[is_common]
    if len(here) <= k:
        return (
            None,
            f"Only {counted(len(here), 'sample')} were scored in both runs, too few for {k} neighbors.",
        )
    if len(here) > _MOST_SAMPLES:
        some = np.linspace(0, len(here) - 1, _MOST_SAMPLES).astype(int)
        here, there = here[some], there[some]
    near = shared_neighbors(first.codes[here], second.codes[there], k)
    agreement = adjusted_rand_score(first.clusters[here], second.clusters[there])
    return CommonSamples(first.places[here], second.places[there], near, float(agreement)), ""
