"""How many clusters a study makes, and why."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from latens._pca import fit_pca
from latens.clustering import ChosenK, Criterion, choose_k
from latens.runs import ChosenClusters, ClusterCriterion
from latens.studies.representations import Representation
from latens.studies.settings import Study

__all__ = ["choose_clusters"]

Found = list[tuple[Representation, ChosenK]]

# The number that every paper on these sets uses. It belongs to the protocol, as the split does.
_CONVENTIONS = dict.fromkeys(
    ("digits", "fashion-mnist-10k", "fashion-mnist", "mnist", "cifar-10"), 10
)
_RESTARTS = 3
_ROWS = 1_000
_COLUMNS = 50  # of wider rows their first principal components; distances of more say no more


def choose_clusters(
    study: Study, representations: Sequence[Representation], n_classes: int | None = None
) -> ChosenClusters:
    """Choose the number of clusters; the search for a clear one sees no labels.

    Every representation is asked with one vote, so that none is favored: a number is clear where more than
    half of them have it. The study's own number comes first, then the convention of a named set, the
    clear number, the number of classes, and last the median of what the silhouettes would choose.

    Parameters
    ----------
    study : Study
    representations : sequence of Representation
        Such as raw values, PCA and the codes of the first model; the criteria of the last are shown.
    n_classes : int or None, default=None
        How many classes the labels have.
    """
    rows = np.random.default_rng(study.seed).permutation(len(representations[-1].train))[:_ROWS]
    shown = representations[-1].train[rows]
    distinct = len(np.unique(shown, axis=0))
    if distinct < 2 or len(shown) < 3:
        why = "the codes do not differ enough to form clusters"
        return ChosenClusters(k=1, why=why, is_clear=False, reason=why, n_classes=n_classes)
    given = _given(study)
    # Where the number is given, the criteria are only shown.
    voters = representations[-1:] if given else representations
    asked = [(one, _chosen(one.train[rows], study.seed)) for one in voters]
    found = [(one, chosen) for one, chosen in asked if chosen is not None]
    clear = _clear(found, len(asked))
    k, why = given or _number(clear, found, n_classes)
    if k > distinct:
        k, why = distinct, f"as many as codes differ, which are fewer than {k}, {why}"
    last = found[-1][1]
    return ChosenClusters(
        k=k,
        why=why,
        ks=list(last.ks),
        silhouettes=[float(value) for value in last.silhouettes],
        criteria=[_recorded(one) for one in last.criteria],
        is_clear=clear is not None,
        reason=_reason(found),
        n_classes=n_classes,
    )


def _recorded(criterion: Criterion) -> ClusterCriterion:
    return ClusterCriterion(
        name=criterion.name,
        label=criterion.label,
        better=criterion.better,
        values=criterion.values.tolist(),
        best=criterion.best,
    )


def _chosen(rows: np.ndarray, seed: int) -> ChosenK | None:
    """Ask one representation; None where all its rows are equal."""
    if (rows == rows[0]).all():
        return None
    points = fit_pca(rows, _COLUMNS).transform(rows) if min(rows.shape) > _COLUMNS else rows
    return choose_k(points, n_init=_RESTARTS, random_state=seed)


def _clear(found: Found, n_asked: int) -> int | None:
    """Return the number that is the best in more than half of the representations."""
    votes = Counter(chosen.best for _, chosen in found if chosen.best is not None)
    k, most = max(votes.items(), key=lambda one: one[1], default=(None, 0))
    return k if 2 * most > n_asked else None


def _given(study: Study) -> tuple[int, str] | None:
    """Return the number that needs no search, and where it comes from."""
    if study.clusters is not None:
        return study.clusters, "as asked for"
    if study.data.source in _CONVENTIONS:
        return _CONVENTIONS[study.data.source], "the convention for this data set"
    return None


def _number(clear: int | None, found: Found, n_classes: int | None) -> tuple[int, str]:
    """Return the number that was found, and where it comes from."""
    if clear is not None:
        those = [one for one, chosen in found if chosen.best == clear]
        had = "no say" if not any(one.learns_from_labels for one in those) else "a say in the codes"
        names = ", ".join(one.label for one in those)
        return clear, f"a clear number in {names}; labels had {had}"
    if n_classes is not None and n_classes > 1:
        return n_classes, "the number of classes, as there is no clear number of clusters"
    proposed = sorted(chosen.criteria[0].best for _, chosen in found)
    return (
        proposed[(len(proposed) - 1) // 2],
        "an arbitrary number, as none is clear: the median of those with the largest silhouettes",
    )


def _reason(found: Found) -> str:
    """Say what was found in each representation."""
    return "; ".join(
        f"{one.label}{', whose codes learned from labels' if one.learns_from_labels else ''}: "
        f"{chosen.reason if chosen.best is None else f'{chosen.best} clusters'}"
        for one, chosen in found
    )
