"""The samples that a run has sorted into clusters, and the table of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from latens._columns import OwnColumns
from latens.applications.frames import beside_own
from latens.applications.own_data import load_own_data
from latens.exceptions import LatensError, RunError
from latens.runs import ClusterProfiles, Run, array_names

if TYPE_CHECKING:
    import pandas

__all__ = ["ClusteredSamples", "cluster_table", "clustered_samples", "columns_of", "integers"]

Integers = npt.NDArray[np.int64]

_MOST_CLUSTERS = 1_000


@dataclass(frozen=True, eq=False)
class ClusteredSamples:
    """The samples of which a run knows the clusters, of both parts.

    Attributes
    ----------
    model : str
        Whose codes were clustered.
    places : ndarray of int
        Where they stand among all samples, ascending.
    clusters : ndarray of int
        The cluster of each.
    codes : ndarray of shape (n, latent_dim)
    """

    model: str
    places: Integers
    clusters: Integers
    codes: npt.NDArray[np.generic]

    @property
    def k(self) -> int:
        """A number beyond all clusters."""
        return int(self.clusters.max()) + 1


def clustered_samples(
    run: Run, model: str | None = None, *, only_scored: bool = False
) -> ClusteredSamples:
    """Return the samples of a run with their clusters: all that are on its maps, or those that are scored.

    Raises
    ------
    RunError
        If the run has no clusters yet, is damaged, or was made by latens 0.1, which does not know its rows.
    """
    name = run.trained_model(model)[0]
    if not run.has_places:
        raise RunError(
            f"The run '{run.path}' is of latens 0.1 and does not say which of its samples are in which "
            "cluster. Make it anew."
        )
    parts = [one for one in (_part(run, name, part) for part in ("train", "test")) if one]
    on_maps = None if only_scored else _part(run, name, "map")
    # Of large images, maps may hold fewer than are scored.
    if on_maps is not None and len(on_maps[0]) >= sum(len(places) for places, _, _ in parts):
        parts = [on_maps]
    if not parts:
        raise RunError(f"The run '{run.path}' has no clusters yet. {run.way_on}")
    places, clusters, codes = zip(*parts, strict=True)
    if len({one.shape[1] for one in codes}) > 1:
        raise _damaged(run)
    every = np.concatenate(places)
    order = np.argsort(every, kind="stable")
    found = ClusteredSamples(
        name, every[order], np.concatenate(clusters)[order], np.concatenate(codes)[order]
    )
    is_placed = 0 <= found.places[0] <= found.places[-1] < len(run.array(array_names.ROWS))
    if not is_placed or found.clusters.min() < 0 or found.k > _MOST_CLUSTERS:
        raise _damaged(run)
    return found


def _part(
    run: Run, name: str, part: str
) -> tuple[Integers, Integers, npt.NDArray[np.generic]] | None:
    """The places, clusters and codes of the scored samples of a part, or of a "map", if the run has them."""
    places = array_names.MAP_ROWS if part == "map" else array_names.scored(part)
    clusters, codes = array_names.clusters(name, part), array_names.codes(name, part)
    if not all(map(run.has_array, (places, clusters, codes))):
        return None
    found = integers(run, places), integers(run, clusters), run.array(codes)
    if found[2].ndim != 2 or len({len(one) for one in found}) > 1:
        raise _damaged(run)
    return found


def _damaged(run: Run) -> RunError:
    return RunError(f"The clusters of '{run.path}' are not those of the samples.")


def integers(run: Run, name: str) -> Integers:
    """Return an array of whole numbers of a run.

    Raises
    ------
    RunError
        If it holds others.
    """
    array = run.array(name)
    if array.ndim != 1 or array.dtype.kind not in "iu" or not len(array):
        raise RunError(f"'{run.path}/arrays/{name}.npy' should hold whole numbers.")
    return np.array(array, dtype=np.int64)


def columns_of(run: Run) -> OwnColumns:
    """Return the user's own columns of all samples: those that the run keeps, or those of its data.

    A run of before keeps none; its table is read again, if it is there and has not changed.
    """
    kept = run.columns()
    if len(kept) or len(run.data.sample_shape) != 1:
        return kept
    try:
        data = load_own_data(run)
    except LatensError:  # the data are not there any more
        return kept
    return data.columns if data.part is not None else kept


def cluster_table(run: Run, profiles: ClusterProfiles) -> "pandas.DataFrame":
    """Return a table of the clustered samples: what each is known by, its cluster, and the user's columns.

    Its first columns are "row", "file" or "id" where samples have names, and "part"; then "cluster" and its
    "name".

    Parameters
    ----------
    run : Run
    profiles : ClusterProfiles
        What `profile_clusters` made of it.
    """
    import pandas

    samples = clustered_samples(run, profiles.representation)
    names = {one.cluster: one.name for one in profiles.clusters}
    known = pandas.DataFrame(run.identity.columns(samples.places))
    known["cluster"] = samples.clusters
    known["name"] = [names.get(one, "") for one in samples.clusters.tolist()]
    return beside_own(known, columns_of(run).at(samples.places))
