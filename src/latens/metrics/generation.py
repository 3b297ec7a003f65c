"""These metrics score the fidelity and the diversity of generated samples, and whether they are copies.

All of it is read off distances between features: balls around samples that reach to their k-th
neighbor stand for the space that a set fills. Distances are computed in tiles, in constant memory.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._validation import Integer, Real, check_value
from latens.exceptions import DataError, ParameterError
from latens.metrics.inputs import as_matrix
from latens.pairwise import (
    TILE,
    Centering,
    NearestRows,
    k_nearest,
    row_blocks,
    run_in_threads,
    squared_distances,
)

__all__ = [
    "DensityCoverage",
    "Memorization",
    "PrecisionRecall",
    "density_coverage",
    "memorization",
    "precision_recall",
]

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision and recall of generated samples, shares in [0, 1]; higher is better.

    Attributes
    ----------
    precision : float
        Of generated samples that lie where real ones do.
    recall : float
        Of real samples that lie where generated ones do.
    """

    precision: float
    recall: float


@dataclass(frozen=True)
class DensityCoverage:
    """Density and coverage, which are like precision and recall, but robust to outliers.

    Attributes
    ----------
    density : float
        In [0, inf); about 1 for samples from the distribution of the real ones. How many balls of real
        samples a generated one lies in, over how many are expected.
    coverage : float
        In [0, 1], higher is better. The share of real samples with a generated one in their ball.
    """

    density: float
    coverage: float


@dataclass(frozen=True, eq=False)
class Memorization:
    """Distances of generated samples to the training samples, beside those of held-out ones.

    Attributes
    ----------
    is_closer : ndarray of shape (n_generated,), bool
        Whether a generated sample lies nearer to a training sample than all but the nearest held-out
        ones.
    is_authentic : ndarray of shape (n_generated,), bool
        Whether it is farther from the training sample nearest to it than that one from its own nearest.
    nearest : ndarray of shape (n_generated,), int
        The training row nearest to each generated sample.
    distances, distances_held_out : ndarray of shape (n_generated,) and (n_held_out,)
        Of each to its nearest training sample.
    quantile : float
        The share of held-out samples that count as nearest.
    authenticity_held_out : float
        In [0, 1]; the share of held-out samples that would be authentic.
    """

    is_closer: npt.NDArray[np.bool_]
    is_authentic: npt.NDArray[np.bool_]
    nearest: Rows
    distances: Vector
    distances_held_out: Vector
    quantile: float
    authenticity_held_out: float

    @property
    def share_closer(self) -> float:
        """The share of generated samples that are closer, in [0, 1]; copies raise it far above `quantile`."""
        return float(self.is_closer.mean())

    @property
    def authenticity(self) -> float:
        """The share of authentic samples, in [0, 1]; copies lower it far below that of held-out samples."""
        return float(self.is_authentic.mean())


def precision_recall(
    real: npt.ArrayLike, generated: npt.ArrayLike, n_neighbors: int = 3
) -> PrecisionRecall:
    """Score how many generated samples could be real, and how many real ones could be generated.

    A sample belongs to a set if it lies in the ball of one of its samples, which reaches to its k-th
    neighbor in the set.

    Parameters
    ----------
    real, generated : array-likes of shape (n_real, n_features) and (n_generated, n_features)
        Features. Only numbers taken at equal sizes of both sets compare.
    n_neighbors : int in [1, n - 1], default=3
        The k of the balls.

    Returns
    -------
    PrecisionRecall

    Raises
    ------
    DataError
        If the widths differ or a value is not finite.
    ParameterError
        If a set has no more than `n_neighbors` samples.

    References
    ----------
    T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen, T. Aila (2019), "Improved precision and recall
    metric for assessing generative models", arXiv:1904.06991.

    Examples
    --------
    >>> real = [[0.0], [1.0], [2.0], [3.0]]
    >>> precision_recall(real, [[0.5], [0.6], [9.0], [9.5]], n_neighbors=1)
    PrecisionRecall(precision=0.5, recall=0.0)
    """
    of_real, of_generated = _checked({"real": real, "generated": generated})
    _check_neighbors("precision_recall", n_neighbors, of_real, of_generated)
    of_each = of_real, of_generated
    radii, radii_generated = (_kth_squared_distances(one, one, n_neighbors) for one in of_each)
    precise = _balls_around(of_generated, of_real, radii)
    recalled = _balls_around(of_real, of_generated, radii_generated)
    return PrecisionRecall(float((precise > 0).mean()), float((recalled > 0).mean()))


def density_coverage(
    real: npt.ArrayLike, generated: npt.ArrayLike, n_neighbors: int = 5
) -> DensityCoverage:
    """Score how densely real samples lie around generated ones, and how many real ones are reached.

    Only the balls of real samples are used, so that a single odd generated sample covers nothing.

    Parameters
    ----------
    real, generated : array-likes of shape (n_real, n_features) and (n_generated, n_features)
        Features. Only numbers taken at equal sizes of both sets compare.
    n_neighbors : int in [1, n_real - 1], default=5
        The k of the balls.

    Returns
    -------
    DensityCoverage

    Raises
    ------
    DataError
        If the widths differ or a value is not finite.
    ParameterError
        If there are no more than `n_neighbors` real samples.

    References
    ----------
    M. F. Naeem, S. J. Oh, Y. Uh, Y. Choi, J. Yoo (2020), "Reliable fidelity and diversity metrics for
    generative models", arXiv:2002.09797.

    Examples
    --------
    >>> real = [[0.0], [1.0], [2.0], [3.0]]
    >>> density_coverage(real, [[0.5], [0.6], [9.0], [9.5]], n_neighbors=1)
    DensityCoverage(density=1.0, coverage=0.5)
    """
    of_real, of_generated = _checked({"real": real, "generated": generated})
    _check_neighbors("density_coverage", n_neighbors, of_real)
    radii = _kth_squared_distances(of_real, of_real, n_neighbors)
    counts = _balls_around(of_generated, of_real, radii)
    nearest = _kth_squared_distances(of_real, of_generated, 1)
    return DensityCoverage(float(counts.mean()) / n_neighbors, float((nearest <= radii).mean()))


def memorization(
    train: npt.ArrayLike,
    held_out: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    quantile: float = 0.01,
) -> Memorization:
    """Score whether generated samples are copies of the training samples.

    A model that copies comes nearer to the training samples than new real samples ever do. Not every
    model that comes near copies: blurred samples lie near the middle of things and so near everything.
    Look at the pairs.

    Parameters
    ----------
    train, held_out, generated : array-likes of shape (n, n_features)
        Features; of all training samples, as a copy is found only where its original is.
    quantile : float in (0, 1), default=0.01
        The share of held-out samples that count as near.

    Returns
    -------
    Memorization

    Raises
    ------
    DataError
        If the widths differ, a value is not finite, or there are fewer than 2 training samples.
    ParameterError
        If `quantile` is out of its range.

    References
    ----------
    C. Meehan, K. Chaudhuri, S. Dasgupta (2020), "A non-parametric test to detect data-copying in
    generative models", arXiv:2004.05675.
    A. Alaa, B. van Breugel, E. Saveliev, M. van der Schaar (2022), "How faithful is your synthetic
    data?", arXiv:2102.08921 (authenticity).

    Examples
    --------
    >>> train = [[0.0], [1.0], [2.0], [4.0]]
    >>> memorization(train, [[0.5], [3.0]], [[0.0], [1.0], [2.5], [9.0]]).share_closer
    0.5
    """
    check_value("memorization", "quantile", quantile, (Real(0, 1, closed="neither"),))
    sets = {"train": train, "held_out": held_out, "generated": generated}
    of_train, of_held_out, of_generated = _checked(sets)
    if len(of_train) < 2:
        raise DataError("train must have at least 2 samples to compare with. Got 1.")
    search = NearestRows(of_train)
    nearest, distances = _first(search, of_generated)
    nearest_held_out, distances_held_out = _first(search, of_held_out)
    # "lower" makes the limit one of the distances.
    limit = np.quantile(distances_held_out, quantile, method="lower")
    chosen = np.union1d(nearest, nearest_held_out)
    own = np.full(len(of_train), np.inf)
    own[chosen] = _first(search, of_train[chosen], own=chosen)[1]
    unit = Centering.of(as_matrix(train)).scale
    return Memorization(
        is_closer=distances < limit,
        is_authentic=distances > own[nearest],
        nearest=nearest,
        distances=distances / unit,
        distances_held_out=distances_held_out / unit,
        quantile=quantile,
        authenticity_held_out=float((distances_held_out > own[nearest_held_out]).mean()),
    )


def _first(search: NearestRows, queries: Matrix, own: Rows | None = None) -> tuple[Rows, Vector]:
    """Return the point that is nearest to every query, and its distance."""
    distances, rows = search.search(queries, 1, own)
    return rows[:, 0], distances[:, 0]


def _checked(sets: dict[str, npt.ArrayLike]) -> list[Matrix]:
    """Return the sets, centered and scaled as the first needs it, so that no square overflows or vanishes."""
    matrices = {name: as_matrix(values, name) for name, values in sets.items()}
    widths = {name: matrix.shape[1] for name, matrix in matrices.items()}
    if len(set(widths.values())) > 1:
        raise DataError(
            f"{', '.join(widths)} must have the same number of features. "
            f"Got {', '.join(map(str, widths.values()))}."
        )
    centering = Centering.of(next(iter(matrices.values())))
    return [centering.apply(matrix) for matrix in matrices.values()]


def _check_neighbors(owner: str, n_neighbors: int, *sets: Matrix) -> None:
    check_value(owner, "n_neighbors", n_neighbors, (Integer(1),))
    fewest = min(map(len, sets))
    if n_neighbors >= fewest:
        raise ParameterError(
            f"The 'n_neighbors' parameter of {owner} must be under the number of samples of each set, "
            f"{fewest}. Got {n_neighbors} instead."
        )


def _tiles(n: int) -> list[slice]:
    return list(row_blocks(n, 1, TILE))


def _kth_squared_distances(points: Matrix, others: Matrix, k: int) -> Vector:
    """Return the squared distance of every point to its k-th nearest other; no point is its own other."""
    found = np.empty(len(points))

    def measure(rows: slice) -> None:
        n_rows = rows.stop - rows.start
        own = np.arange(rows.start, rows.stop) if points is others else None
        found[rows] = k_nearest(
            lambda columns: squared_distances(points[rows], others[columns]),
            _tiles(len(others)),
            n_rows,
            k,
            own=own,
        ).distances[:, -1]

    run_in_threads(measure, _tiles(len(points)))
    return found


def _balls_around(points: Matrix, centers: Matrix, radii: Vector) -> Rows:
    """Count the balls that every point lies in."""
    counts = np.zeros(len(points), dtype=np.intp)

    def count(rows: slice) -> None:
        for columns in _tiles(len(centers)):
            squared = squared_distances(points[rows], centers[columns])
            counts[rows] += np.count_nonzero(squared <= radii[columns], axis=1)

    run_in_threads(count, _tiles(len(points)))
    return counts
