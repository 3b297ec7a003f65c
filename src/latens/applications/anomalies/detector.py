"""The detector: an autoencoder, distances to what it has learned from, and a line between scores."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
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
from latens._saved import SavedKind, Tensors
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
from latens.applications.anomalies.alerts import OUTER, alert_of
from latens.applications.anomalies.calibration import Calibration
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.comparison import BY_NEIGHBORS, BaselineScore, compare_rankings
from latens.applications.anomalies.default_model import default_model
from latens.applications.anomalies.distances import (
    GaussianDistance,
    NeighborDistances,
    PrincipalAxes,
    follow_one_another,
)
from latens.applications.anomalies.held_out_distances import (
    from_earlier_rows,
    from_other_folds,
    like_held_out,
    mixed_from_other_folds,
)
from latens.applications.anomalies.level_pairs import LevelPairs, paired_columns
from latens.applications.anomalies.mixed_columns import MixedColumns, is_gap
from latens.applications.anomalies.rules import RULES, Rule
from latens.applications.anomalies.threshold import line_at
from latens.data.arrays import as_array
from latens.data.checked_samples import checked_samples
from latens.data.layouts import Layout, given_back, standard_layout
from latens.data.table_encoding.columns import OmittedColumn
from latens.data.table_encoding.encoder import TableEncoder
from latens.data.table_encoding.frames import is_table
from latens.data.table_encoding.samples import features_of_table, learned_table, settled_encoder
from latens.data.warning import warn_caller
from latens.exceptions import DataError
from latens.models.base import BaseAutoencoder
from latens.training import Trainer

__all__ = ["MODEL", "SAVED", "AnomalyDetector"]

SAVED = SavedKind("detector", "detector.safetensors")
MODEL = "model"  # the folder of the model within that of the detector


# Images are blurred by this share of their shorter side before they are compared, a pixel of MNIST: an
# edge that is a pixel off is no anomaly, a patch that is wrong remains one.
_BLUR = 1 / 28

# Samples that are kept to measure distances to, and the most values in them: 256 MB of doubles.
_MOST_KEPT, _MOST_KEPT_VALUES = 10_000, 2**25
_BLOCK_VALUES = 2**23  # of samples that are scored at a time: 64 MB of doubles
# The share of normal samples that may lie beyond the line where nobody asks for one.
_AUTO_RATE = 0.01
_FEWEST_FOLDED = 20  # rows; of fewer, those outside a fold say little about those in it
_WIDEST_SERIES = 1_000  # columns whose principal axes are taken several times
# The streams of random numbers for the choice of samples to keep, and for the folds.
_KEPT, _FOLDS = 102, 103


@dataclass(frozen=True)
class _Seen:
    """Samples as neighbors are looked for, their codes, and what was not reconstructed, all flattened.

    Of tables, `x` has columns of one range and the residual is in units of the network; of images, both
    are in units of the network, and blurred. `levels` are those that are looked at in pairs.
    """

    x: np.ndarray
    code: np.ndarray
    residual: np.ndarray
    levels: np.ndarray | None = None


class AnomalyDetector(OutlierMixin, BaseEstimator):
    """Finds the samples that are unlike the others, and says in which of their values.

    Two distances are taken from the samples learned from. *Neighbors*: to the nearest sample up to an
    eighth of all, on nine scales (for images six, from the 5 nearest on); few of them see what lies
    between the groups, many see small groups that lie apart. *Model*: of what the autoencoder makes of a
    sample. For tables that is the Mahalanobis distance of the code and of what was not reconstructed,
    together; for images the size of what was not reconstructed, by the fourth power, so that a wrong patch
    counts more than noise all over the image. Each is brought to one scale by the median and the spread of
    its logarithm among the samples learned from.

    - **Tables** are scored by the neighbors alone, on the scale on which a row is most unusual. The
      autoencoder takes part in the explanation only: in the score it won nothing on average.
    - **Mixed tables**, with levels or truths, are scored by three in equal parts: the neighbors; the
      Mahalanobis distance along all principal axes; and pairs of values, which are rarer together than each
      alone lets expect. Levels weigh as in factor analysis of mixed data, but never more than the range of a
      number; a gap is at the mean. The autoencoder has no part in it.
    - **Images** are scored by both, with the weights 1 : 2.
    - **Series**, which are tables whose rows follow one another in time, are scored by PCA: the mean of the
      residual of the axes that explain 90 % of the variance and of the Mahalanobis distance. A table is a
      series if many more rows have their nearest row among the 5 before and the 5 after than among as many a
      little further away: by a quarter of all rows.

    There is no setting to choose.

    Images are blurred a little (by 1/28 of their shorter side) before they are compared with each other
    or with what was reconstructed, so that an edge that is a pixel off does not count.

    Parameters
    ----------
    model : autoencoder of `latens.models` or None, default=None
        A fitted one is used as it is. One that is not fitted is cloned and fitted, and None stands for a
        small `Autoencoder` with a third as many latent dimensions as a sample has values, at most 32,
        trained for up to 60 epochs. Note that scikit-learn's `clone` of a detector clones its model, too,
        and a clone is not fitted.
    contamination : "auto" or float in (0, 0.5], default="auto"
        Where `predict` draws the line: the share of new samples, like those learned from, that lies beyond
        it. "auto" is 1 % of the normal ones: where anomalies are among the samples learned from, the line is
        where an exponential tail of the scores in the middle has 1 %. Up to a tenth of anomalies does not
        move it much.
    random_state : int, RandomState or None, default=None
        Decides the training and which samples are kept to measure distances to.

    Attributes
    ----------
    model_ : BaseAutoencoder
        The fitted autoencoder.
    is_own_model_ : bool
        Whether `fit` fitted it.
    offset_ : float
        The line: ``decision_function = score_samples - offset_``. It is for new samples.
    own_offset_ : float
        The line for the samples learned from. Of tables it is nearly `offset_`; of images, which their
        network has seen, and of series, which new rows continue, it is nearer.
    rate_ : float or None
        The share of new samples, like those learned from, that is meant to lie beyond the line. None in
        detectors that latens 0.1 saved, whose line was drawn by scores of samples they were fitted on.
    rule_ : "table", "mixed", "series" or "images"
        What the score is made of.
    kept_ : ndarray of shape (at most 10000, n_values)
        The samples that distances are measured to: of tables, with columns of one range.
    table_encoder_ : TableEncoder or None
        What the columns of a table are, where they are more than plain numbers.
    input_shape_ : tuple of int
    n_features_in_ : int
        Of a frame of mixed columns, its columns.

    Notes
    -----
    The line is drawn by scores that samples have without themselves. Of tables: in ten folds, each scored
    by its neighbors in the other nine tenths, with the ranges of these; for a `contamination` that is a
    number, each row by all others, so that exactly this share of the rows learned from lies beyond. Of a
    series: in five blocks of time, of which the last three are each scored by the rows before, since new
    samples lie after all. Of images: the scores of those that the network was trained on are given the mean
    and the spread of those that training held out, so that no network is trained twice. A fitted model that
    is given cannot be cross-fitted: if `X` are the images that it was trained on, more than the promised
    share of new ones will lie beyond. From 300 rows on the promise holds within 1 percentage point on
    average; a single line may be off by as much again. In tables of few different rows many scores are
    equal, and fewer rows lie beyond than promised. Of images 1 to 2.5 % lie beyond a line for 1 %, and 5 to
    6 % beyond one for 5 % (docs/guides/anomalies.md).

    Weights and constants for images, and the first of those for tables, were found by comparing AUROC on
    labeled data: ADBench, MNIST and Fashion-MNIST. The present ones for tables were found on made anomalies
    and scikit-learn's own sets (docs/developers/decisions.md). None depends on labels of the data at hand.

    Signs are scikit-learn's: larger is more normal, `predict` gives -1 for an anomaly and 1 for all else.
    PyOD has them the other way round: its `decision_function` is larger for anomalies, and its `predict`
    gives 1 for an anomaly and 0 for all else. `fit` may see anomalies: no label is used, and medians and
    large numbers of neighbors do not follow a few of them.

    The columns of a table are brought to one range; values far beyond the others are compressed to their
    logarithm. A model that is fitted here sees these columns; a fitted one sees what it was fitted on.

    References
    ----------
    Vovk, Gammerman and Shafer (2005), Algorithmic learning in a random world. Springer (the line).

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

    # Detectors of plain numbers, and those that latens 0.1 saved, have none of these.
    table_encoder_: TableEncoder | None = None
    gives_rows_: bool = False
    layout_: Layout
    mixed_: MixedColumns | None = None
    pairs_: LevelPairs | None = None

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

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> Self:
        """Learn what is normal, from samples of which some may be anomalies.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, channels)
            Finite numbers, at least 2 samples. NumPy, torch, pandas, polars or sparse; or a frame of mixed
            columns, with words, dates and gaps.
        y : ignored
        layout : {"images", "channels-first", "series", "table"} or None, default=None
            What the axes of `X` mean, as in the `fit` of an autoencoder.
        encoder : TableEncoder or None, default=None
            What the columns of a table are, as in the `fit` of an autoencoder: fitted, where `X` are its
            features. None: that of a fitted model, if it has one.

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If the data cannot be used, or a fitted model has learned from samples of another shape.
        """
        with fitting(self):
            check_parameters(self)
            X = self._learned_samples(X, layout, encoder)
            self.seed_ = seed_from(self.random_state)
            self.ranges_ = self._fit_ranges(X)
            self._fit_model(X)
            places = self._places_to_keep(X)
            kept = X[places]
            if self.mixed_ is not None and self._has_levels:
                self.pairs_ = LevelPairs.fit(kept, paired_columns(self.mixed_.blocks))
            seen = self._see(kept)
            self.kept_ = seen.x
            self.rule_ = self._rule_for(seen.x)
            self.code_scale_ = _scale(seen.code)
            self.residual_scale_ = _scale(seen.residual)
            self.gaussian_ = None if self._is_images else GaussianDistance.fit(self._outcome(seen))
            self.axes_ = PrincipalAxes.fit(self._values(seen.x)) if self._has_axes else None
            distances = self._distances(seen)
            joined = {"neighbours": self._rule.joined}
            self.calibrations_ = {
                part: Calibration.fit(distances[part], joined.get(part, "mean"))
                for part in distances
            }
            self._draw_lines(kept, places, len(X), self._calibrated(distances))
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how normal each sample is, shape (n_samples,): larger is more normal.

        The median of the samples learned from is near 0; the unit is about a standard deviation.
        """
        return self.weigh(self.parts(X))

    def decision_function(self, X: Any) -> np.ndarray:
        """Return `score_samples` from the line on, shape (n_samples,): negative for anomalies."""
        return np.asarray(self.score_samples(X) - self.offset_)

    def predict(self, X: Any) -> np.ndarray:
        """Return -1 for anomalies and 1 for all others, shape (n_samples,).

        Warns
        -----
        UserWarning
            What `alert` says of these samples, if anything.
        """
        scores = self.score_samples(X)
        alert = self.alert_of_scores(scores)
        if alert is not None:
            warn_caller(alert)
        return np.where(scores < self.offset_, -1, 1)

    def alert(self, X: Any) -> str | None:
        """Return why the line does not fit new samples as a whole, or None if nothing speaks against it.

        It is said where more than a quarter lies beyond the line, or half are more unusual than four fifths
        of the samples learned from.
        """
        return self.alert_of_scores(self.score_samples(X))

    def alert_of_scores(self, scores: np.ndarray) -> str | None:
        """Return what `alert` gives for samples whose scores are known."""
        return alert_of(scores, offset=self.offset_, rate=self.rate_, outer=self.outer_)

    def compare(self, X: Any, is_anomaly: Any = None) -> tuple[BaselineScore, ...]:
        """Return the detector beside what needs no network, and its model alone.

        Parameters
        ----------
        X : array-like
            As of `fit`; samples to score.
        is_anomaly : array-like of bool of shape (n_samples,), optional
            For the AUROC of each. Nothing is chosen by it.

        Returns
        -------
        tuple of Compared
            The detector, its neighbors only, its model only, the residual of PCA (axes of 90 % of the
            variance) and the Mahalanobis distance, each with how many of the detector's anomalies it
            would pick, too.
        """
        check_is_fitted(self)
        X = self._new_samples(X)
        labels = None if is_anomaly is None else np.asarray(is_anomaly, dtype=bool)
        if labels is not None and labels.shape != (len(X),):
            raise DataError(
                f"is_anomaly must have one value for each of {len(X)} samples. Got shape {labels.shape}."
            )
        parts = self._parts_by_blocks(X)
        n_odd = int((self.weigh(parts) < self.offset_).sum())
        return self.compare_parts(X, parts, n_odd, labels)

    def compare_parts(
        self,
        X: np.ndarray,
        parts: dict[str, np.ndarray],
        n_odd: int,
        is_anomaly: np.ndarray | None = None,
    ) -> tuple[BaselineScore, ...]:
        """Return what `compare` gives, of this many most anomalous samples whose `parts` are known."""
        axes = self._principal_axes()
        linear = np.concatenate(
            [axes.distances(self._values(self._flat(block))) for block in self._blocks(X)]
        )
        unusual = {
            "AnomalyDetector": -self.weigh(parts),
            BY_NEIGHBORS: parts["neighbours"],
            "autoencoder only": parts["model"],
            "PCA residual": linear[:, 0],
            "PCA Mahalanobis": linear[:, 1],
        }
        return compare_rankings(unusual, n_odd, is_anomaly)

    def parts(self, X: Any) -> dict[str, np.ndarray]:
        """Return how unusual each sample is by each distance: larger is more unusual.

        Each array has the shape (n_samples,). They are "neighbours" and "model", of series and mixed tables
        "axes", and of mixed tables "pairs"; `score_samples` is the negative of the weighted mean of those
        that the score is made of.
        """
        check_is_fitted(self)
        return self._parts_by_blocks(self._new_samples(X))

    def weigh(self, parts: dict[str, np.ndarray]) -> np.ndarray:
        """Return what `score_samples` gives for samples whose `parts` are known, shape (n_samples,)."""
        return -np.sum(
            [weight * parts[part] for part, weight in self._rule.weights.items()], axis=0
        )

    def explain(self, X: Any) -> np.ndarray:
        """Return the share of each value in the anomaly of its sample, in the shape of `X`.

        The shares of a sample are not negative and sum to 1: squared differences from the 5 nearest
        neighbors, and squared residuals in units of the usual one (of images, their fourth power), as 2 : 1
        for tables and 1 : 2 for images, times how unusual each finds the sample. Of series, what each column
        adds to the Mahalanobis distance takes the place of the neighbors. Of mixed tables it is what a column
        adds to each of the three distances; of a frame there is one share for each of its columns, and of an
        array one for each feature.
        """
        check_is_fitted(self)
        X = X if is_table(X) or self.gives_rows_ else as_array(X)
        samples = self._new_samples(X)
        shares = np.concatenate([self._explained(block) for block in self._blocks(samples)])
        if self.table_encoder_ is not None and (
            is_table(X) or np.shape(X)[1:] != self.input_shape_
        ):
            return self._of_columns(shares)
        if np.shape(X) == shares.shape:
            return shares
        return given_back(shares, self.layout_, np.shape(X)[1:])

    def _explained(self, X: np.ndarray) -> np.ndarray:
        seen = self._see(X)
        parts = self._parts(seen)
        pieces = {
            "neighbours": lambda: self._differences(seen.x),
            "model": lambda: self._errors(seen.residual),
            "axes": lambda: self._axes_contributions(seen.x),
            "pairs": lambda: self._pair_contributions(seen),
        }
        total = np.zeros(seen.x.shape)
        for part, weight in self._rule.reasons.items():
            # A part that finds nothing unusual explains nothing, unless none of them does.
            evidence = weight * np.maximum(parts[part], 0.01)
            total += evidence[:, None] * _shares(pieces[part]())
        return _shares(total).reshape(X.shape)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the fitted detector to a folder of JSON and safetensors; `load_detector` reads it.

        Raises
        ------
        ModelError
            If the folder exists and may not be replaced, or a parameter of the model cannot be written.
        """
        check_is_fitted(self)
        return SAVED.write(self, path, overwrite=overwrite, parts={MODEL: self.model_})

    def facts(self) -> dict[str, Any]:
        """Return the description that is saved, as JSON can hold it."""
        # What a new `fit` does depends on where the model came from.
        own = "given" if self.is_own_model_ else "fitted"
        about = {
            "contamination": self.contamination,
            "model": "rule" if self.model is None else own,
            "seed": self.seed_,
            "input_shape": list(self.input_shape_),
            "n_features_in": self.n_features_in_,
            "layout": self.layout_,
            "given_shape": list(self.given_shape_),
            "offset": self.offset_,
            "rule": None if self.rule_ == "blend" else self.rule_,
            "own_offset": self.own_offset_,
            "outer": self.outer_,
            "rate": self.rate_,
            "calibrations": {part: one.facts() for part, one in self.calibrations_.items()},
        }
        if hasattr(self, "feature_names_in_"):
            about["feature_names_in"] = list(self.feature_names_in_)
        if self.table_encoder_ is not None:
            about["table"] = self.table_encoder_.facts()
            about["gives_rows"] = self.gives_rows_
        return about

    def tensors(self) -> Tensors:
        """Return the arrays that are saved, by name."""
        arrays = {
            "kept": self.kept_,
            "code_scale": self.code_scale_,
            "residual_scale": self.residual_scale_,
        }
        fitted: dict[str, Any] = {
            "gaussian": self.gaussian_,
            "ranges": self.ranges_,
            **self.calibrations_,
        }
        fitted |= {"mixed": self.mixed_, "levels": self.pairs_}
        for name, one in fitted.items():
            values = (
                {}
                if one is None
                else {field.name: getattr(one, field.name) for field in fields(one)}
            )
            arrays |= {
                f"{name}.{key}": value
                for key, value in values.items()
                if isinstance(value, np.ndarray)
            }
        return arrays

    def _learned_samples(
        self, X: Any, layout: Layout | None, encoder: TableEncoder | None
    ) -> np.ndarray:
        """Check the samples to learn from; settle what the columns of a table are."""
        model = self.model
        known = None if model is None or encoder is not None else model.table_encoder_
        if known is not None and model is not None:
            # The features of a fitted model are those that its own encoder makes.
            self.table_encoder_, self.gives_rows_ = known, model.gives_rows_
            if not self.gives_rows_:
                X = known.features(X) if is_table(X) else X
                return checked_samples(self, X, reset=True, layout=layout, model=self.model)
            self.n_features_in_ = known.n_features_in_
            self.feature_names_in_ = known.feature_names_in_
            self.layout_, self.input_shape_ = "table", model.input_shape_
            self.given_shape_ = self.input_shape_
            return features_of_table(self, X)
        self.table_encoder_, self.gives_rows_ = settled_encoder(X, encoder)
        if self.gives_rows_:
            return learned_table(self, X)
        return checked_samples(self, X, reset=True, layout=layout, model=self.model)

    def _new_samples(self, X: Any) -> np.ndarray:
        """Check samples to score; of a table, return its features."""
        if self.table_encoder_ is not None and (self.gives_rows_ or is_table(X)):
            return features_of_table(self, X)
        return checked_samples(self, X)

    def _fit_ranges(self, X: np.ndarray) -> Ranges | None:
        """Take the ranges of the columns, and what else distances need to know of mixed ones."""
        if self._is_images:
            return None
        if self.table_encoder_ is None or self.table_encoder_.is_plain:
            return Ranges.fit(X)
        self.mixed_ = MixedColumns.fit(X, self.table_encoder_.blocks_)
        return self.mixed_.ranges

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
        self.model_ = model.fit(
            self._prepared(X),
            layout=standard_layout(self.layout_, X.ndim),
            **({} if self.mixed_ is None else {"encoder": self.table_encoder_}),
        )

    def _prepared(self, X: np.ndarray) -> np.ndarray:
        """Samples as the model wants them: a model that was fitted here has seen columns of one range."""
        if self.ranges_ is None or not self.is_own_model_:
            return X
        return self.ranges_.apply(X)

    def _places_to_keep(self, X: np.ndarray) -> np.ndarray:
        enough = min(_MOST_KEPT, max(100, _MOST_KEPT_VALUES // self._n_values))
        if len(X) <= enough:
            return np.arange(len(X))
        rng = np.random.default_rng(derive(self.seed_, _KEPT))
        return np.sort(rng.choice(len(X), enough, replace=False))

    def _see(self, X: np.ndarray) -> _Seen:
        prepared = self._prepared(X)
        scaling = self.model_.scaling_
        scaled = scaling.apply(prepared)
        code = self.model_.transform(prepared).astype(np.float64)
        residual = scaled - scaling.apply(self._reconstructed(prepared, code))
        if self.mixed_ is not None:
            for block in self.mixed_.blocks:
                if block.gap is not None:  # what is not there is not wrong
                    residual[is_gap(X, block), block.start : block.stop] = 0
                    residual[:, block.gap] = 0
            levels = None if self.pairs_ is None else self.pairs_.places(X)
            return _Seen(self._flat(X), code, residual, levels)
        if self.ranges_ is not None:
            return _Seen(self.ranges_.apply(X), code, residual)
        x, residual = (_blurred(one).reshape(len(X), -1) for one in (scaled, residual))
        return _Seen(x, code, residual)

    def _reconstructed(self, prepared: np.ndarray, code: np.ndarray) -> np.ndarray:
        """Samples as reconstructed, of a table its features and no rows."""
        if self.model_.gives_rows_:
            return self.model_.decoded_features(code)
        return np.asarray(self.model_.reconstruct(prepared))

    @property
    def _is_images(self) -> bool:
        return len(self.input_shape_) > 1

    @property
    def _n_values(self) -> int:
        return prod(self.input_shape_)

    @property
    def _has_levels(self) -> bool:
        """Whether levels decide how a table is scored."""
        return (
            self.mixed_ is not None and self.mixed_.has_levels and self._n_values <= _WIDEST_SERIES
        )

    @property
    def _has_axes(self) -> bool:
        return "axes" in self._rule.weights

    def _values(self, x: np.ndarray) -> np.ndarray:
        """Rows as axes are taken of them: without the marks of gaps and the waves of dates."""
        return x if self.mixed_ is None else x[:, self.mixed_.values]

    def _axes_contributions(self, x: np.ndarray) -> np.ndarray:
        found = self._principal_axes().contributions(self._values(x))
        if self.mixed_ is None:
            return found
        total = np.zeros(x.shape)
        total[:, self.mixed_.values] = found
        return total

    def _pair_contributions(self, seen: _Seen) -> np.ndarray:
        """What each column adds to the surprise of pairs, at the first of its features."""
        total = np.zeros(seen.x.shape)
        if self.pairs_ is not None and seen.levels is not None:
            first = [block.start for block in self.pairs_.columns]
            total[:, first] = self.pairs_.contributions(seen.levels)
        return total

    def _of_columns(self, shares: np.ndarray) -> np.ndarray:
        """The shares of the columns of a frame from those of features; none for those left out."""
        encoder = self.table_encoder_
        assert encoder is not None
        blocks = iter(encoder.blocks_)
        found = np.zeros((len(shares), len(encoder.columns_)))
        for at, column in enumerate(encoder.columns_):
            if not isinstance(column, OmittedColumn):
                found[:, at] = shares[:, next(blocks).features].sum(axis=1)
        return found

    @property
    def _rule(self) -> Rule:
        return RULES[self.rule_]

    def _rule_for(self, rows: np.ndarray) -> str:
        """What the score is to be made of, by the nature of the samples kept."""
        if self._is_images:
            return "images"
        is_series = rows.shape[1] <= _WIDEST_SERIES and follow_one_another(rows)
        if is_series:
            return "series"
        return "mixed" if self._has_levels else "table"

    def _outcome(self, seen: _Seen) -> np.ndarray:
        """What the model makes of the rows of a table, in units of the usual sizes."""
        return np.hstack([seen.code / self.code_scale_, seen.residual / self.residual_scale_])

    def _distances(self, seen: _Seen) -> dict[str, np.ndarray]:
        if self.gaussian_ is None:
            model = _size_of_patches(seen.residual)
        else:
            model = self.gaussian_.distances(self._outcome(seen))
        neighbors = NeighborDistances(self.kept_, self._rule.scales(len(self.kept_)))
        found = {"neighbours": neighbors.distances(seen.x), "model": model}
        if self.axes_ is not None:
            found["axes"] = self.axes_.distances(self._values(seen.x))
        if self.rule_ == "mixed" and self.pairs_ is not None and seen.levels is not None:
            found["axes"] = found["axes"][:, 1:]  # the Mahalanobis distance alone
            found["pairs"] = self.pairs_.distances(seen.levels)
        return found

    def _calibrated(self, distances: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {part: self.calibrations_[part].apply(distances[part]) for part in distances}

    def _parts(self, seen: _Seen) -> dict[str, np.ndarray]:
        return self._calibrated(self._distances(seen))

    def _parts_by_blocks(self, X: np.ndarray) -> dict[str, np.ndarray]:
        blocks = [self._parts(self._see(block)) for block in self._blocks(X)]
        return {part: np.concatenate([block[part] for block in blocks]) for part in blocks[0]}

    def _principal_axes(self) -> PrincipalAxes:
        return PrincipalAxes.fit(self._values(self.kept_)) if self.axes_ is None else self.axes_

    def _flat(self, X: np.ndarray) -> np.ndarray:
        """Samples as neighbors are looked for."""
        if self.mixed_ is not None:
            return self.mixed_.apply(X)
        if self.ranges_ is not None:
            return self.ranges_.apply(X)
        return _blurred(self.model_.scaling_.apply(X)).reshape(len(X), -1)

    def _blocks(self, X: np.ndarray) -> Iterator[np.ndarray]:
        step = max(1, _BLOCK_VALUES // self._n_values)
        return (X[start : start + step] for start in range(0, len(X), step))

    def _draw_lines(
        self, kept: np.ndarray, places: np.ndarray, n: int, parts: dict[str, np.ndarray]
    ) -> None:
        """Set the lines for the samples learned from and for new ones."""
        is_auto = isinstance(self.contamination, str)
        rate = _AUTO_RATE if is_auto else float(self.contamination)
        self.rate_: float | None = rate
        own = -self.weigh(parts)
        unseen = self._unseen(kept, places, n, parts)
        self.own_offset_ = -line_at(own, rate, among_anomalies=is_auto)
        self.offset_ = -line_at(unseen, rate, among_anomalies=is_auto)
        self.outer_: float | None = -float(np.quantile(unseen, 1 - OUTER))

    def _unseen(
        self, kept: np.ndarray, places: np.ndarray, n: int, parts: dict[str, np.ndarray]
    ) -> np.ndarray:
        """How unusual the samples kept would be if they had not been learned from."""
        if self.rule_ == "series":
            return self.calibrations_["axes"].apply(self._from_earlier_rows(kept))
        if self.rule_ == "images":
            is_held_out = np.isin(places, self._held_out(n))
            return like_held_out(-self.weigh(parts), is_held_out)
        # Each is without itself already. Folds leave out its part in the ranges of the columns, too; but
        # scikit-learn's contract is that exactly the asked share of the samples learned from lies beyond.
        if len(kept) < _FEWEST_FOLDED or not isinstance(self.contamination, str):
            return -self.weigh(parts)
        rng = np.random.default_rng(derive(self.seed_, _FOLDS))
        counts = self._rule.scales(len(kept))
        if self.mixed_ is not None:
            blocks, is_mixed = self.mixed_.blocks, self.rule_ == "mixed"
            found = mixed_from_other_folds(kept, blocks, counts, rng, with_levels=is_mixed)
            return -self.weigh(self._calibrated(found))
        return self.calibrations_["neighbours"].apply(from_other_folds(kept, counts, rng))

    def _from_earlier_rows(self, kept: np.ndarray) -> np.ndarray:
        if self.mixed_ is None:
            return from_earlier_rows(kept)
        blocks, values = self.mixed_.blocks, self.mixed_.values

        def columns(earlier: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
            fitted = MixedColumns.fit(earlier, blocks)
            return lambda rows: fitted.apply(rows)[:, values]

        return from_earlier_rows(kept, columns)

    def _held_out(self, n: int) -> np.ndarray:
        """The samples that the network was not trained on, as far as is known."""
        if not self.is_own_model_:
            return np.arange(0)
        return (self.model_.trainer or Trainer()).held_out_rows(n, seed=self.model_.seed_)

    def _errors(self, residual: np.ndarray) -> np.ndarray:
        """What each value adds to the distance of the model, shape (n_samples, n_values)."""
        return residual**4 if self._is_images else (residual / self.residual_scale_) ** 2

    def _differences(self, x: np.ndarray) -> np.ndarray:
        """Squared differences from the nearest of the kept samples, summed: shape (n_samples, n_values)."""
        total = np.zeros(x.shape)
        for neighbor in NeighborDistances(self.kept_, np.array([1])).nearest(x).T:
            total += (x - self.kept_[neighbor]) ** 2
        return total

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags


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
