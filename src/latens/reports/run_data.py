"""What the sections of a report are made from: a run, read and checked once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from latens.exceptions import RunError
from latens.reports.arrays import Arrays
from latens.reports.resolution import Resolution
from latens.runs import (
    ClusterProfiles,
    DataInfo,
    Finding,
    HistoryRecord,
    Items,
    Results,
    Run,
    RunInfo,
    TableCells,
    array_names,
    labels_of,
)

__all__ = ["RunData", "read_run"]

# Each is drawn in several figures.
_MOST_REPRESENTATIONS = 100


@dataclass(frozen=True, eq=False)
class RunData:
    """What a run says about itself, and how finely it is shown.

    Attributes
    ----------
    info : RunInfo
    results : Results
    histories : mapping
        From a model and a seed to its training.
    items : Items
    uses : mapping
        From a use to what it found.
    arrays : Arrays
    resolution : Resolution
    cells : TableCells or None
        How well the columns of a table of mixed kinds come back.
    profiles : ClusterProfiles or None
        What each cluster is like.
    """

    info: RunInfo
    results: Results
    histories: Mapping[str, Mapping[str, HistoryRecord]]
    items: Items
    uses: Mapping[str, Finding]
    arrays: Arrays
    resolution: Resolution
    profiles: ClusterProfiles | None = None
    cells: TableCells | None = None

    @property
    def data(self) -> DataInfo:
        """What run.json says about the data."""
        return self.info.data

    @property
    def is_study(self) -> bool:
        """Whether the run compares codes; a run of recommenders says itself what its facts are."""
        return self.data.facts is None

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one sample; empty if unknown."""
        return tuple(self.data.sample_shape)

    @property
    def is_images(self) -> bool:
        """Whether the samples are images."""
        return len(self.sample_shape) > 1

    @property
    def class_names(self) -> Sequence[str] | None:
        """The names of the classes, if they have any."""
        return self.data.names or None

    def class_name(self, label: int) -> str:
        """Return the name of a class; its number where it has none."""
        names = self.class_names
        if names is None or not 0 <= label < len(names):
            return str(label)
        return names[label] or "(no name)"

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models, in the order of the run."""
        named = [row.representation for row in self.results.rows if not row.is_baseline]
        return tuple(dict.fromkeys([*named, *self.histories]))

    @cached_property
    def representations(self) -> tuple[str, ...]:
        """The rows of the comparison, in the order of the run, baselines first."""
        baselines = [row.representation for row in self.results.rows if row.is_baseline]
        return tuple(dict.fromkeys([*baselines, *self.models]))

    @property
    def supervised(self) -> tuple[str, ...]:
        """The models that learned from labels."""
        named = [row.representation for row in self.results.rows if row.learns_from_labels]
        return tuple(dict.fromkeys(named))

    @property
    def seeds(self) -> tuple[str, ...]:
        """The seeds that are finished, or at least begun."""
        begun = [seed for seeds in self.histories.values() for seed in seeds]
        return tuple(dict.fromkeys([*(str(row.seed) for row in self.results.rows), *begun]))

    @cached_property
    def clusters_by_place(self) -> Mapping[int, int]:
        """The cluster of every scored sample of either part, by its place, of the profiles' model."""
        found: dict[int, int] = {}
        name = "" if self.profiles is None else self.profiles.representation
        for part in ("train", "test"):
            places = self.arrays.numbers(array_names.scored(part))
            clusters = self.arrays.numbers(array_names.clusters(name, part))
            if places is not None and clusters is not None and len(places) == len(clusters):
                found |= dict(zip(places.tolist(), clusters.tolist(), strict=True))
        return found

    def label(self, representation: str) -> str:
        """What people call a representation; with its size where two would have one name."""
        return self._labels.get(representation, representation)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return labels_of(self.results.rows)


def read_run(run: Run, resolution: Resolution) -> RunData:
    """Read and check the files of a run.

    Raises
    ------
    RunError
        If one of its JSON files, or the file of a use, is damaged.
    """
    data = RunData(
        run.info,
        run.results,
        run.histories.models,
        run.items,
        run.read_findings(),
        Arrays(run),
        resolution,
        run.profiles,
        run.cells,
    )
    if len(data.representations) > _MOST_REPRESENTATIONS:
        raise RunError(
            f"The run '{run.path}' compares {len(data.representations):,} representations, and a report "
            f"shows at most {_MOST_REPRESENTATIONS}. Compare fewer models in one run."
        )
    return data
