"""The time of a whole run: how much of it training gets, and in which form the other steps fit in.

Every step after the training has cheap forms: fewer rows, or nothing at all of what a run is whole without.
What a step takes is known beforehand from the sizes of the data, in seconds of the machine that the constants
were measured on, and from how much slower this machine is right now.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from latens.pairwise import one_blas_thread
from latens.runs import CheapForm, rows_of
from latens.studies.maps import MOST_ON_MAPS

__all__ = ["Budget", "Sizes", "aim"]

# Up to this many values, about 10,000 small images, a run aims at this many seconds; above, at more, by the
# square root, but never at more than half an hour.
_SMALL_VALUES, _AIM, _LONGEST_AIM = 10_000_000, 80.0, 1_800.0
_STRETCH = 1.75
# Of what is left when trainings begin: what they may take before less is scored, and what they get always.
_TRAINING, _LEAST_TRAINING = 0.5, 0.25
_SOME_TRAINING = 1.0  # seconds, where there is no time for anything
# What is not foreseen: the disk, other programs.
_SPARE = 1.25
_BARELY = 1.2
_SCORED = (10_000, 5_000, 2_000, 1_000, 500, 200)
_MAPPED = (10_000, 5_000, 2_000, 1_000, 500)
_PLACED = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 0)

# Seconds of one core: of distances in raw space, which each representation needs for neighbors and
# silhouettes; of ten starts of K-means, by row, column and cluster; of a logistic regression, by row, column
# and class; and of PCA by the covariance, by row and column squared.
_PAIR_VALUE, _KMEANS_VALUE, _PROBE_VALUE, _COMPONENTS_VALUE = 1.2e-10, 5e-8, 1.8e-7, 4e-11
# Of wider rows only the first components are computed, in time linear in the columns.
_MOST_SQUARED = 1_000
_PCA_VALUES = 2**26  # 256 MB of them
_TSNE_ROW = 3e-3
_PLACED_PAIR = 5e-9  # of a sample and one that made the map
_UMAP, _UMAP_ROW = 45.0, 6e-3  # compiling it, and each row
_CHOICE_OF_K, _STRUCTURE, _REPORT = 3.0, 2.0, 4.0
# Inference costs a third of a training step, and every scored sample goes through the network four times.
_PASSES = 4 / 3
# Products of matrices of this side show how slow a machine is; seconds of one where the constants come from.
_SIDE, _PRODUCTS, _REFERENCE = 512, 20, 0.0017


def aim(values: int) -> float:
    """Return the seconds that a run without a limit aims at, by the number of values of its data.

    Examples
    --------
    >>> aim(10_000 * 784), aim(200_000 * 784) > 300
    (80.0, True)
    """
    return min(_LONGEST_AIM, _AIM * max(1.0, (values / _SMALL_VALUES) ** 0.5))


def slowness() -> float:
    """Return how many times longer than on the reference machine work takes here and now; at least 1."""
    matrix = np.random.default_rng(0).normal(size=(_SIDE, _SIDE)).astype(np.float32)
    with one_blas_thread():
        matrix @ matrix
        start = time.perf_counter()
        for _ in range(_PRODUCTS):
            matrix @ matrix
        # The mean and not the least: other programs are part of how slow it is.
        seconds = (time.perf_counter() - start) / _PRODUCTS
    return max(1.0, seconds / _REFERENCE)


@dataclass(frozen=True)
class Sizes:
    """What the time of the steps after a training depends on.

    Attributes
    ----------
    n_train, n_test : int
        Samples of either part.
    values : int
        Of a sample.
    classes : int
        0 without labels.
    models : int
        Models that are compared.
    seeds : int
    sample_seconds : float
        Of a step of training, for one sample and the slowest model.
    """

    n_train: int
    n_test: int
    values: int
    classes: int
    models: int
    seeds: int
    sample_seconds: float

    def scoring(self, scored: int) -> float:
        """Seconds to score all seeds on at most this many samples of each part."""
        train, test = min(scored, self.n_train), min(scored, self.n_test)
        rows, labeled = train + test, max(1, self.classes)
        pairs = _PAIR_VALUE * (train**2 + test**2) * self.values * (2 + self.models)
        clusters = _KMEANS_VALUE * train * self.values * max(10, labeled)
        probe = _PROBE_VALUE * train * self.values * self.classes
        codes = _PASSES * rows * self.sample_seconds * self.models
        return self.seeds * (pairs + clusters + probe + codes) + self.pca(train)

    def pca(self, rows: int) -> float:
        """Seconds to fit PCA on this many rows."""
        return _COMPONENTS_VALUE * rows * self.values * min(self.values, _MOST_SQUARED)

    def maps(self, rows: int) -> float:
        """Seconds for maps of this many rows by t-SNE."""
        return _TSNE_ROW * min(rows, self.n_test) * (2 + self.models)

    def placing(self, others: int, made: int) -> float:
        """Seconds to encode this many further samples and to put them on maps of so many."""
        encoding = self.models * others * self.sample_seconds / 3
        return encoding + _PLACED_PAIR * others * made * (2 + self.models)

    def after_training(self, scored: int) -> float:
        """Seconds for all that follows the trainings, with the smallest maps, on which all samples are."""
        fixed = _CHOICE_OF_K + _STRUCTURE + _REPORT
        others = min(self.n_train + self.n_test, MOST_ON_MAPS)
        placing = self.placing(others, min(scored, self.n_test))
        return (
            fixed + self.scoring(scored) + self.pca(self.n_train) + self.maps(_MAPPED[-1]) + placing
        )


@dataclass(eq=False)
class Budget:
    """The time of a run, and what is made in a cheaper form because of it.

    Attributes
    ----------
    seconds : float
        For the whole run, from reading to the report.
    started : float
        When it began, by `time.monotonic`.
    is_limit : bool
        Whether it was asked for, so that the training is ended by the clock; else by epochs, so that the
        same command trains the same model again.
    cheap : list of CheapForm
        What has been decided so far.
    slowness : float
        Of the machine.
    """

    seconds: float
    started: float = field(default_factory=time.monotonic)
    is_limit: bool = True
    cheap: list[CheapForm] = field(default_factory=list)
    slowness: float = field(default_factory=slowness)

    def spent(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds until the run should be done."""
        return max(0.0, self.seconds - self.spent())

    def takes(self, seconds: float) -> float:
        """What a step takes here, from what it takes on the reference machine."""
        return _SPARE * self.slowness * seconds

    def stretch(self, training: float) -> None:
        """Aim at more where trainings take longer than the whole should, as those of photographs do."""
        if not self.is_limit and training > self.seconds:
            self.seconds *= _STRETCH

    def share_out(self, sizes: Sizes, training: float) -> tuple[float, int]:
        """Return the seconds there are for training and how many samples of each part are scored.

        Parameters
        ----------
        sizes : Sizes
        training : float
            Seconds that all trainings would take in full.
        """
        left = self.left()
        # Where even the fewest take too long, to score more of them may cost next to nothing.
        fewest = _BARELY * self.takes(sizes.after_training(_SCORED[-1]))
        room = max((1 - _TRAINING) * left, left - training, fewest)
        scored = self._most(_SCORED, sizes.after_training, room)
        after = self.takes(sizes.after_training(scored))
        return max(_LEAST_TRAINING * left, left - after, _SOME_TRAINING), scored

    def map_rows(self, sizes: Sizes) -> int:
        """Return of how many samples there is time for t-SNE, before the report; 0: none."""
        room = self.left() - self.takes(_REPORT)
        rows = self._most(_MAPPED, sizes.maps, room)
        return rows if self.takes(sizes.maps(rows)) <= room else 0

    def on_maps(self, sizes: Sizes, made: int, wanted: int) -> int:
        """Return how many samples there is time to show on maps that so many make, after t-SNE of these."""
        by_tsne = self.rows_of("maps")
        room = self.left() - self.takes(_REPORT + sizes.maps(made if by_tsne is None else by_tsne))
        others = self._most(_PLACED, lambda n: sizes.placing(min(n, wanted), made), room)
        return min(wanted, made + others)

    def has_time_for_umap(self, rows: int) -> bool:
        """Whether UMAP of this many rows takes less than a quarter of what is left."""
        return self.takes(_UMAP + _UMAP_ROW * rows) < self.left() / 4

    def pca_rows(self, sizes: Sizes) -> int:
        """Return on how many training rows there is time to fit PCA: a tenth of what is left is for it."""
        affordable = self.left() / 10 / max(self.takes(sizes.pca(1)), 1e-12)
        return min(sizes.n_train, _PCA_VALUES // sizes.values, max(1_000, int(affordable)))

    def rows_of(self, step: str) -> int | None:
        """Return of how many rows a step is made, if that was decided."""
        return rows_of(self.cheap, step)

    def note(self, step: str, text: str, rows: int | None = None) -> None:
        """Remember that a step was made in a cheaper form."""
        if not any(one.step == step for one in self.cheap):
            self.cheap.append(CheapForm(step=step, text=text, rows=rows))

    def _most(self, sizes: Sequence[int], seconds_of: Callable[[int], float], room: float) -> int:
        """The largest size whose step fits; the smallest, if none does."""
        return next((one for one in sizes if self.takes(seconds_of(one)) <= room), sizes[-1])
