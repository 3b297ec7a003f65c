"""The detector: an autoencoder, two distances to what it has learnt from, and a threshold."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.base import BaseEstimator, OutlierMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from latens._fitting import fitting
from latens._seeds import derive, seed_from
from latens._validation import (
    Constraints,
    Having,
    Nothing,
    Options,
    Real,
    Seed,
    check_parameters,
)
from latens.applications.anomalies.calibration import Calibration
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.distances import Gaussian, Neighbours
from latens.data.checked_samples import checked_samples
from latens.exceptions import DataError
from latens.models import Autoencoder
from latens.models.base import BaseAutoencoder
from latens.networks import MLP
from latens.training import Trainer

__all__ = ["AnomalyDetector", "default_model"]

# The two distances, and the share of each in the score (docs/guides/anomalies.md has the figures). Images
# have few near neighbours, so that what the network could not rebuild of them says more.
_TABLE_SHARES = {"neighbours": 2 / 3, "model": 1 / 3}
_IMAGE_SHARES = {"neighbours": 1 / 3, "model": 2 / 3}

# Images are blurred by this share of their shorter side before they are compared, a pixel of MNIST: an
# edge that is a pixel off is no anomaly, a patch that is wrong remains one.
_BLUR = 1 / 28

# Samples that are kept to measure distances to, and the most values in them: 256 MB of doubles.
_MOST_KEPT, _MOST_KEPT_VALUES = 10_000, 2**25
_BLOCK_VALUES = 2**23  # of samples that are scored at a time: 64 MB of doubles
_MOST_CODE = 32  # numbers
_UNITS, _DENSE_VALUES = 256, 4096  # of the network for images, and up to which size it is dense
_BATCH = 128  # small tables need no more steps than this gives
_FENCE = 1.5  # Tukey's, in lengths of the box; of Gaussian scores 0.35 % lie beyond it
_KEPT = 102  # the stream of random numbers for the choice of samples to keep


@dataclass(frozen=True)
class _Seen:
    """Samples as neighbours are looked for, their codes, and what was not rebuilt, all flattened.

    Of tables, `x` has columns of one range and the residual is in units of the network; of images, both
    are in units of the network, and blurred.
    """

    x: np.ndarray
    code: np.ndarray
    residual: np.ndarray


class AnomalyDetector(OutlierMixin, BaseEstimator):
    """Finds the samples that are unlike the others, and says in which of their values.

    Two distances are taken from the samples learnt from. *Neighbours*: to the 5 nearest samples up to an
    eighth of all, on six scales; few of them see what lies between the groups, many see small groups
    that lie apart. *Model*: of what the autoencoder makes of a sample. For tables that is the Mahalanobis
    distance of the code and of what was not rebuilt, together; for images the size of what was not
    rebuilt, by the fourth power, so that a wrong patch counts more than noise all over the image. Each is
    brought to one scale by the median and the spread of its logarithm among the samples learnt from. The
    score is their mean with the weights 2 : 1 for tables and 1 : 2 for images. There is no setting to
    choose.

    Images are blurred a little (by 1/28 of their shorter side) before they are compared with each other
    or with what was rebuilt, so that an edge that is a pixel off does not count.

    Parameters
    ----------
    model : autoencoder of `latens.models` or None, default=None
        A fitted one is used as it is. One that is not fitted is cloned and fitted, and None stands for a
        small `Autoencoder` with a third as many numbers per code as a sample has values, at most 32,
        trained for up to 60 epochs. Note that scikit-learn's `clone` of a detector clones its model, too,
        and a clone is not fitted.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Where `predict` draws the line. A float is the share of the samples learnt from that are to be
        called anomalies. "auto": beyond Tukey's fence of a box plot, which is 1.5 times the distance of
        the quartiles of the scores away from the odder of the two. Up to a quarter of anomalies does not
        move it much; of Gaussian scores 0.35 % lie beyond.
    random_state : int, RandomState or None, default=None
        Decides the training and which samples are kept to measure distances to.

    Attributes
    ----------
    model_ : BaseAutoencoder
        The fitted autoencoder.
    is_own_model_ : bool
        Whether `fit` fitted it.
    offset_ : float
        The line: ``decision_function = score_samples - offset_``.
    kept_ : ndarray of shape (at most 10000, n_values)
        The samples that distances are measured to: of tables, with columns of one range.
    input_shape_ : tuple of int
    n_features_in_ : int

    Notes
    -----
    Signs are scikit-learn's: larger is more normal, `predict` gives -1 for an anomaly and 1 for all else.
    PyOD has them the other way round: its `decision_function` is larger for anomalies, and its `predict`
    gives 1 for an anomaly and 0 for all else. `fit` may see anomalies: no label is used, and medians and
    large numbers of neighbours do not follow a few of them.

    The columns of a table are brought to one range; values far beyond the others are compressed to their
    logarithm. A model that is fitted here sees these columns; a fitted one sees what it was fitted on.

    References
    ----------
    Tukey (1977), Exploratory data analysis. Addison-Wesley (the fence).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 4))
    >>> detector = AnomalyDetector(random_state=0).fit(X)
    >>> detector.predict([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 9.0]])
    array([ 1, -1])
    >>> int(detector.explain([[0.0, 0.0, 0.0, 9.0]]).argmax())
    3
    """

    _constraints: ClassVar[Constraints] = {
        "model": (Having("reconstruct", "an autoencoder of latens.models"), Nothing()),
        "contamination": (Options(("auto",)), Real(0, 0.5, closed="right")),
        "random_state": (Seed(),),
    }

    def __init__(
        self,
        model: BaseAutoencoder | None = None,
        *,
        contamination: str | float = "auto",
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.contamination = contamination
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what is normal, from samples of which some may be anomalies.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, channels)
            Finite numbers, at least 2 samples. NumPy, torch, pandas, polars or sparse.
        y : ignored

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If the data cannot be used, or a fitted model has learnt from samples of another shape.
        """
        with fitting(self):
            check_parameters(self)
            X = checked_samples(self, X, reset=True)
            self.seed_ = seed_from(self.random_state)
            self.ranges_ = None if self._is_images else Ranges.fit(X)
            self._fit_model(X)
            kept = X[self._places_to_keep(X)]
            seen = self._see(kept)
            self.kept_ = seen.x
            self.code_scale_ = _scale(seen.code)
            self.residual_scale_ = _scale(seen.residual)
            self.gaussian_ = None if self._is_images else Gaussian.fit(self._outcome(seen))
            distances = self._distances(seen)
            self.calibrations_ = {part: Calibration.fit(distances[part]) for part in distances}
            # Of all samples and not of those kept alone, so that `contamination` is the share of all.
            parts = self._parts(seen) if len(kept) == len(X) else self._parts_by_blocks(X)
            self.offset_ = self._line(self.weigh(parts))
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how normal each sample is, shape (n_samples,): larger is more normal.

        The median of the samples learnt from is near 0; the unit is about a standard deviation.
        """
        return self.weigh(self.parts(X))

    def decision_function(self, X: Any) -> np.ndarray:
        """Return `score_samples` from the line on, shape (n_samples,): negative for anomalies."""
        return np.asarray(self.score_samples(X) - self.offset_)

    def predict(self, X: Any) -> np.ndarray:
        """Return -1 for anomalies and 1 for all others, shape (n_samples,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def parts(self, X: Any) -> dict[str, np.ndarray]:
        """Return how unusual each sample is by each of the two distances: larger is more unusual.

        Each array has the shape (n_samples,); `score_samples` is the negative of their weighted mean.
        """
        check_is_fitted(self)
        return self._parts_by_blocks(checked_samples(self, X))

    def weigh(self, parts: dict[str, np.ndarray]) -> np.ndarray:
        """Return what `score_samples` gives for samples whose `parts` are known, shape (n_samples,)."""
        return -np.sum([weight * parts[part] for part, weight in self._weights.items()], axis=0)

    def explain(self, X: Any) -> np.ndarray:
        """Return the share of each value in the anomaly of its sample, in the shape of `X`.

        The shares of a sample are not negative and sum to 1: squared differences from the 5 nearest
        neighbours, and squared residuals in units of the usual one (of images, their fourth power), each
        with the share of its distance in the score.
        """
        check_is_fitted(self)
        X = checked_samples(self, X)
        return np.concatenate([self._explained(block) for block in self._blocks(X)])

    def _explained(self, X: np.ndarray) -> np.ndarray:
        seen = self._see(X)
        parts = self._parts(seen)
        pieces = {
            "neighbours": self._differences(seen.x),
            "model": self._errors(seen.residual),
        }
        total = np.zeros(seen.x.shape)
        for part, weight in self._weights.items():
            # A part that finds nothing unusual explains nothing, unless none of them does.
            evidence = weight * np.maximum(parts[part], 0.01)
            total += evidence[:, None] * _shares(pieces[part])
        return _shares(total).reshape(X.shape)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the fitted detector to a folder of JSON and safetensors; `load_detector` reads it.

        Raises
        ------
        ModelError
            If the folder exists and may not be replaced, or a parameter of the model cannot be written.
        """
        from latens.applications.anomalies.persistence import write_detector

        check_is_fitted(self)
        return write_detector(self, Path(path), overwrite=overwrite)

    def _fit_model(self, X: np.ndarray) -> None:
        """Take the fitted model, or fit one on columns of one range."""
        if self.model is not None and _is_fitted(self.model):
            if tuple(self.model.input_shape_) != self.input_shape_:
                raise DataError(
                    f"X has samples of shape {self.input_shape_}, but the model of this AnomalyDetector was "
                    f"fitted on samples of shape {tuple(self.model.input_shape_)}. Give the data it was "
                    "fitted on, or a model that is not fitted."
                )
            self.model_, self.is_own_model_ = self.model, False
            return
        self.is_own_model_ = True
        model = default_model(X.shape) if self.model is None else clone(self.model)
        if model.random_state is None:
            model.set_params(random_state=self.seed_)
        self.model_ = model.fit(self._prepared(X))

    def _prepared(self, X: np.ndarray) -> np.ndarray:
        """Samples as the model wants them: a model that was fitted here has seen columns of one range."""
        if self.ranges_ is None or not self.is_own_model_:
            return X
        return self.ranges_.apply(X)

    def _places_to_keep(self, X: np.ndarray) -> np.ndarray:
        enough = min(_MOST_KEPT, max(100, _MOST_KEPT_VALUES // self.n_features_in_))
        if len(X) <= enough:
            return np.arange(len(X))
        rng = np.random.default_rng(derive(self.seed_, _KEPT))
        return np.sort(rng.choice(len(X), enough, replace=False))

    def _see(self, X: np.ndarray) -> _Seen:
        prepared = self._prepared(X)
        scaling = self.model_.scaling_
        scaled = scaling.apply(prepared)
        residual = scaled - scaling.apply(self.model_.reconstruct(prepared))
        code = self.model_.transform(prepared).astype(np.float64)
        if self.ranges_ is not None:
            return _Seen(self.ranges_.apply(X), code, residual)
        x, residual = (_blurred(one).reshape(len(X), -1) for one in (scaled, residual))
        return _Seen(x, code, residual)

    @property
    def _is_images(self) -> bool:
        return len(self.input_shape_) > 1

    @property
    def _weights(self) -> dict[str, float]:
        return _IMAGE_SHARES if self._is_images else _TABLE_SHARES

    def _outcome(self, seen: _Seen) -> np.ndarray:
        """What the model makes of the rows of a table, in units of the usual sizes."""
        return np.hstack([seen.code / self.code_scale_, seen.residual / self.residual_scale_])

    def _distances(self, seen: _Seen) -> dict[str, np.ndarray]:
        if self.gaussian_ is None:
            model = _size_of_patches(seen.residual)
        else:
            model = self.gaussian_.distances(self._outcome(seen))
        return {"neighbours": Neighbours(self.kept_).distances(seen.x), "model": model}

    def _parts(self, seen: _Seen) -> dict[str, np.ndarray]:
        distances = self._distances(seen)
        return {part: self.calibrations_[part].apply(distances[part]) for part in distances}

    def _parts_by_blocks(self, X: np.ndarray) -> dict[str, np.ndarray]:
        blocks = [self._parts(self._see(block)) for block in self._blocks(X)]
        return {part: np.concatenate([block[part] for block in blocks]) for part in self._weights}

    def _blocks(self, X: np.ndarray) -> Iterator[np.ndarray]:
        step = max(1, _BLOCK_VALUES // self.n_features_in_)
        return (X[start : start + step] for start in range(0, len(X), step))

    def _line(self, scores: np.ndarray) -> float:
        """Where anomalies begin, for the scores of the samples learnt from."""
        if not isinstance(self.contamination, str):
            return float(np.quantile(scores, self.contamination))
        odder, plainer = np.quantile(scores, [0.25, 0.75])
        # The last term is for samples that are all alike, whose scores differ by rounding only.
        return float(odder - _FENCE * (plainer - odder) - 1e-6)

    def _errors(self, residual: np.ndarray) -> np.ndarray:
        """What each value adds to the distance of the model, shape (n_samples, n_values)."""
        return residual**4 if self._is_images else (residual / self.residual_scale_) ** 2

    def _differences(self, x: np.ndarray) -> np.ndarray:
        """Squared differences from the nearest of the kept samples, summed: shape (n_samples, n_values)."""
        total = np.zeros(x.shape)
        for neighbour in Neighbours(self.kept_).nearest(x).T:
            total += (x - self.kept_[neighbour]) ** 2
        return total

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags


def default_trainer(n_samples: int, *, device: str = "auto") -> Trainer:
    """Return the trainer of the autoencoder that is taken when none is given."""
    return Trainer(preset="fast", batch_size=min(_BATCH, n_samples), device=device, callbacks=())


def default_model(shape: tuple[int, ...], trainer: Trainer | None = None) -> Autoencoder:
    """Return the autoencoder for samples when none is given, from the shape of all of them."""
    values = prod(shape[1:])
    # What is rare is not learnt by a small network. Larger images need convolutions, which are shared.
    small = MLP((_UNITS,)) if len(shape) > 2 and values <= _DENSE_VALUES else None
    return Autoencoder(
        min(_MOST_CODE, -(-values // 3)),
        network=small,
        trainer=trainer or default_trainer(shape[0]),
    )


def _is_fitted(model: BaseAutoencoder) -> bool:
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    return True


def _blurred(samples: np.ndarray) -> np.ndarray:
    width = _BLUR * min(samples.shape[1:3])
    return gaussian_filter(samples, (0.0, width, width, 0.0)[: samples.ndim])


def _size_of_patches(residual: np.ndarray) -> np.ndarray:
    """The fourth root of the mean fourth power, shape (n_samples, 1).

    A patch that is wrong counts more than the same squared error all over the image.
    """
    return np.asarray((residual**4).mean(axis=1, keepdims=True) ** 0.25)


def _scale(rows: np.ndarray) -> np.ndarray:
    """The size of each value; one that is always (nearly) 0 gets a share of the others' size."""
    squares = np.asarray((rows**2).mean(axis=0))
    return np.sqrt(squares + 1e-3 * squares.mean() + 1e-12)


def _shares(values: np.ndarray) -> np.ndarray:
    """Rows that sum to 1; rows of nothing but 0 become even."""
    total = values.sum(axis=1, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), 1 / values.shape[1])
