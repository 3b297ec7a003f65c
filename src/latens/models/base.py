"""The base class of all kinds: validation, fitting, and arrays in and out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
)
from sklearn.utils import Tags, check_array
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from latens._devices import resolve_device
from latens._draws import seeded_alone
from latens._fitting import fitting
from latens._saved import SavedKind, Tensors
from latens._seeds import derive, seed_from
from latens._text import one_line
from latens._torch_state import enough_memory, plain_torch
from latens._validation import (
    Constraints,
    Having,
    Integer,
    Nothing,
    Options,
    Seed,
    check_parameters,
    check_value,
)
from latens.data import TableEncoder, as_array
from latens.data.checked_samples import checked_samples
from latens.data.layouts import Layout, given_back, is_series
from latens.data.range_check import warn_of_other_range
from latens.data.scaling import UNSCALED, Scaling, fit_scaling
from latens.data.table_encoding.cell_draws import CellDraws, NumberDraws
from latens.data.table_encoding.frames import is_table
from latens.data.table_encoding.samples import features_of_table, learned_table, settled_encoder
from latens.exceptions import DataError, ParameterError
from latens.models.sampling import draw_from_mixture
from latens.networks import Bottleneck, Network, NetworkFactory, Parts, default_network
from latens.networks.layers.column_output import ColumnOutput, LevelGroups
from latens.networks.layers.standardize import start_from_mean
from latens.networks.planning import check_room, weights_of
from latens.objectives import RECONSTRUCTION_ERRORS, ColumnError, Objective
from latens.training import DeviceSamples, History, Plan, Trainer, encode_rows, map_rows
from latens.training.estimate import seconds_per_epoch
from latens.training.precision import decide_precision

__all__ = [
    "ACTING",
    "COMMON_CONSTRAINTS",
    "RECONSTRUCTION",
    "SAVED",
    "BaseAutoencoder",
    "Cost",
    "joined",
]

SAVED = SavedKind("model")
# Parameters that act beside the model: no file may say what is called, or which file is written.
ACTING = ("callbacks", "checkpoint")


COMMON_CONSTRAINTS: Constraints = {
    "latent_dim": (Integer(1),),
    "network": (Having("build", "a network factory such as MLP() or ConvNet()"), Nothing()),
    "trainer": (Having("train", "a Trainer"), Nothing()),
    "random_state": (Seed(),),
}

RECONSTRUCTION = Options((*RECONSTRUCTION_ERRORS, "gaussian"))

# The streams of random numbers that are drawn from one seed; training has its own.
_INITIAL_WEIGHTS, _CODES, _CELLS, _TYPICAL_CODES = 100, 101, 102, 103

# Codes of training samples that a model keeps, enough to fit a mixture of them.
_KEPT_CODES = 5_000
# Samples that the mean sample is taken from, and the most values in them: 64 MB of floats.
_MEAN_SAMPLES, _MEAN_VALUES = 5_000, 2**24
# Rows of a table that the distribution of its numbers is taken from, the most values in them, and new rows
# that are held against it.
_NUMBER_ROWS, _NUMBER_VALUES, _TYPICAL_ROWS = 50_000, 2**25, 10_000
# The share of values other than 0 in tables that are called mostly zeros.
_MOST_NONZERO = 0.1


@dataclass(frozen=True)
class Cost:
    """The plan of a fit and its expected duration; `seconds` is extrapolated from a few batches."""

    plan: Plan
    seconds: float


class BaseAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC):
    """The base of all kinds, which store parameters and implement `_bottleneck` and `_objective`.

    scikit-learn's checks want no objects as default values, so `network` and `trainer` default to None
    and are chosen in `fit`; to tune ``trainer__learning_rate`` in a search, pass ``trainer=Trainer()``.
    """

    _constraints: ClassVar[Constraints]
    # What the columns of a table of mixed kinds are, and whether answers are rows of it. Models of plain
    # numbers, and of versions before, have none.
    table_encoder_: TableEncoder | None = None
    gives_rows_: bool = False
    # How its numbers are distributed, and what follows for new rows, once these were asked for.
    number_draws_: NumberDraws
    _cell_draws: CellDraws | None = None
    latent_dim: int
    network: NetworkFactory | None
    trainer: Trainer | None
    random_state: Any

    @abstractmethod
    def _bottleneck(self, parts: Parts) -> Bottleneck:
        """Return the bottleneck between encoder and decoder."""

    @abstractmethod
    def _objective(self) -> Objective:
        """Return what this kind minimizes."""

    @enough_memory()
    @plain_torch()
    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> Self:
        """Learn the codes of the samples.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, channels)
            Finite numbers; bytes stay bytes. NumPy, memory-mapped, torch, pandas, polars or sparse. A data
            frame may also have categories, truths, dates and gaps (`TableEncoder` says how they are
            understood): then what is reconstructed or drawn is a frame with the same columns.
        y : ignored
            Present for scikit-learn's conventions.
        layout : {"images", "channels-first", "series", "table"} or None, default=None
            What the axes of `X` mean: images with channels last, or with channels first as torch has them;
            series of shape (n_samples, time, channels), each channel scaled by itself; a table, for which
            further axes are laid out flat. All later samples have the same layout, and answers too. None
            tells by shape and values, and warns where another layout would give another result.
        encoder : TableEncoder or None, default=None
            What the columns of a table are. Fitted: `X` is an array of its features in the user's units, as
            ``encoder.features(table)`` gives them. Not fitted: it is fitted on the frame `X`. None: of a
            frame it is made where a column is more than finite numbers.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is outside its range or does not fit the data.
        DataError
            If the data cannot be used.
        TrainingError
            If the loss is not finite.
        """
        with fitting(self):
            X = self._validate(X, reset=True, layout=layout, encoder=encoder)
            labels = self._labels(y, len(X))
            self._initialize(X)
            interrupt = self._train(self.scaled_samples(X, labels))
            self._finalize(X, labels)
        if interrupt is not None:
            raise interrupt
        return self

    def _train(self, samples: DeviceSamples) -> KeyboardInterrupt | None:
        """Train; return a Ctrl-C that came late enough for the best weights so far to be a model."""
        self.history_ = History()
        try:
            self._prepare_objective(samples)
            self._pretrain(samples)
            self._trainer().train(
                self.network_,
                self.objective_,
                samples,
                seed=self.seed_,
                history=self.history_,
                parameters=self.get_params(deep=False),
            )
        except KeyboardInterrupt as interrupt:
            if not self.history_.epochs:
                raise
            return interrupt
        return None

    def _finalize(self, X: np.ndarray, labels: np.ndarray | None) -> None:
        """Set what needs trained weights, by some of the training samples."""
        self._summarize_history()
        rows = self._some_rows(len(X), _KEPT_CODES)
        some = self.scaled_samples(X[rows], None if labels is None else labels[rows])
        self._after_fit(some)
        self.codes_ = encode_rows(self.network_, some, self.tensor_shape_)
        self._cell_draws = None
        if self.table_encoder_ is not None:
            self._learn_numbers(X, X[rows], some, self.table_encoder_)

    def _learn_numbers(
        self, X: np.ndarray, some: np.ndarray, scaled: DeviceSamples, encoder: TableEncoder
    ) -> None:
        """Set how the numbers of a table are distributed, and around what is decoded of some rows."""
        self.network_.eval()
        x_hat = map_rows(lambda x: self.network_.reconstruct(x).x_hat, scaled, self.tensor_shape_)
        enough = max(2, min(_NUMBER_ROWS, _NUMBER_VALUES // X.shape[1]))
        self.number_draws_ = NumberDraws.of(
            X[self._some_rows(len(X), enough)],
            some,
            self.scaling_.undo(x_hat),
            encoder.blocks_,
            derive(self.seed_, _CELLS),
        )

    def _summarize_history(self) -> None:
        """Set plain numbers, which notebooks show in the picture of an estimator."""
        if self.history_.epochs:
            last = self.history_.epochs[-1]
            self.n_epochs_, self.fit_seconds_ = len(self.history_.epochs), last.seconds
            self.validation_loss_ = self.history_.best.validation_loss

    @enough_memory()
    @plain_torch()
    def estimate_cost(
        self,
        X: Any,
        y: Any = None,
        *,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> Cost:
        """Return what `fit` would do and how long it would take here, by timing a few batches.

        Takes what `fit` takes and raises what it raises; the estimator itself stays as it was.
        """
        trial = clone(self)
        X = trial._validate(X, reset=True, layout=layout, encoder=encoder)
        labels = trial._labels(y, len(X))
        trial._initialize(X)
        samples = trial.scaled_samples(X, labels)
        plan = trial._trainer().plan(len(samples), trial.network_)
        limits = [] if plan.time_limit is None else [plan.time_limit]
        if (epochs := plan.max_epochs) is not None:
            plan = decide_precision(trial.network_, trial.objective_, samples, plan)
            epoch = seconds_per_epoch(trial.network_, trial.objective_, samples, plan)
            limits.append(epochs * epoch)
        return Cost(plan, min(limits))

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes of the samples, shape (n_samples, latent_dim): never random draws."""
        samples = self.scaled_samples(self._validate(X))
        return encode_rows(self.network_, samples, self.tensor_shape_)

    def inverse_transform(self, Z: Any) -> np.ndarray:
        """Return the samples that codes stand for, in the units and shape of the fitted data.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)

        Raises
        ------
        DataError
            If the codes have another width than the fitted ones.
        """
        return self._decoded(self._validate_codes(Z))

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return the samples as reconstructed from their codes, in the units and the layout of `X`."""
        X = X if hasattr(X, "columns") or self.gives_rows_ else as_array(X)
        samples = self.scaled_samples(self._validate(X))
        self.network_.eval()

        def reconstructed(x: Tensor) -> Tensor:
            return self.network_.reconstruct(x).x_hat

        rows = map_rows(reconstructed, samples, self.tensor_shape_)
        return self.unscaled(rows, shape=np.shape(X)[1:])

    def score_samples(self, X: Any) -> np.ndarray:
        """Return how well each sample is reconstructed, shape (n_samples,): larger is better.

        It is the negative reconstruction error that the kind minimizes, in scaled units; 0 is the best
        of squared and absolute errors, likelihoods have no best.
        """
        samples = self.scaled_samples(self._validate(X))
        self.network_.eval()

        def score(x: Tensor) -> Tensor:
            return -self.objective_.sample_errors(self.network_, x)

        return map_rows(score, samples, self.tensor_shape_)

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean of `score_samples`: larger is better."""
        return float(self.score_samples(X).mean())

    def sample(
        self, n_samples: int = 1, *, random_state: Any = None, complete: bool = False
    ) -> np.ndarray:
        """Return new samples, in the units and shape of the fitted data.

        Codes are drawn from the kind's prior where it has one, and else from a Gaussian mixture fitted
        on codes of the training samples (Ghosh et al. 2020, From variational to deterministic
        autoencoders, arXiv:1903.12436), and then decoded. Of rows of a table each cell is then drawn by its
        probabilities, so that each column is distributed as in the training rows.

        Parameters
        ----------
        n_samples : int in [1, inf), default=1
        random_state : int, RandomState or None, default=None
        complete : bool, default=False
            Whether rows of a table have no gaps; else these come as often as in the training rows.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        seed = seed_from(random_state)
        return self._drawn(self._given_to_decoder(n_samples, seed), seed, complete=complete)

    def drawn_features(
        self, Z: Any, seed: int, *, cells: CellDraws | None = None, complete: bool = False
    ) -> np.ndarray:
        """Return features of a table for codes, in the user's units, each cell a draw.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
        seed : int
        cells : CellDraws or None, default=None
            As `cell_draws` gives them. None: those for codes that the model draws itself.
        complete : bool, default=False
            Whether no cell is a gap.
        """
        return self._drawn_features(self._validate_codes(Z), seed, cells=cells, complete=complete)

    def cell_draws(self, Z: Any) -> CellDraws:
        """Return how cells of a table are to be drawn for codes that are distributed as many given ones.

        Levels, truths and gaps are drawn by their probabilities; numbers spread around what is decoded as
        far as those of the training rows do. Then each column is distributed as in the training rows.
        """
        return self._cell_draws_of(self._validate_codes(Z))

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the fitted model to a folder of JSON and safetensors; `latens.load_model` reads it.

        Parameters
        ----------
        path : str or path
            The folder; it must not exist, unless `overwrite` is set and it holds a model.
        overwrite : bool, default=False

        Raises
        ------
        ModelError
            If the folder exists, or a parameter cannot be written.
        """
        check_is_fitted(self)
        return SAVED.write(self, path, overwrite=overwrite)

    def facts(self) -> dict[str, Any]:
        """Return the description that is saved, as JSON can hold it."""
        parameters = {
            name: _plain(name, value) for name, value in self.get_params(deep=False).items()
        }
        # The seed that was drawn stands for a generator, which has no place in JSON.
        if not isinstance(self.random_state, int | None):
            parameters["random_state"] = self.seed_
        about = {
            "kind": type(self).__name__,
            "parameters": parameters,
            "seed": self.seed_,
            "input_shape": list(self.input_shape_),
            "n_features_in": self.n_features_in_,
            "layout": self.layout_,
            "given_shape": list(self.given_shape_),
            "bounded": self.scaling_.bounded,
            "mostly_zeros": self._mostly_zeros,
            "history": self.history_.to_json(),
        }
        if hasattr(self, "classes_"):
            about["classes"] = self.classes_.tolist()
        if hasattr(self, "feature_names_in_"):
            about["feature_names_in"] = list(self.feature_names_in_)
        if self.table_encoder_ is not None:
            about["table"] = self.table_encoder_.facts()
            about["gives_rows"] = self.gives_rows_
        return about

    def tensors(self) -> Tensors:
        """Return the arrays that are saved, by name."""
        beside = {
            "codes": self.codes_,
            "scaling.offset": self.scaling_.offset,
            "scaling.scale": self.scaling_.scale,
        }
        if self.table_encoder_ is not None:
            numbers = self.number_draws_
            beside["numbers.knots"] = numbers.knots
            beside["numbers.explained"] = numbers.explained
            beside["numbers.related"] = numbers.related
        return weights_of(joined(self.network_, self.objective_)) | beside

    @property
    def has_prior(self) -> bool:
        """Whether the kind has a distribution of codes of its own, which `sample` then draws from."""
        return type(self)._draw_codes is not BaseAutoencoder._draw_codes

    def _factory(self) -> NetworkFactory:
        """The network as it was given, or chosen for what the samples are."""
        return self.network or default_network(self.tensor_shape_, mostly_zeros=self._mostly_zeros)

    def _parts(self) -> Parts:
        """The two halves of a new network."""
        return self._factory().build(self.tensor_shape_, self.latent_dim)

    def _network(self, parts: Parts) -> Network:
        """The two halves of a new network, joined."""
        return Network(parts, self._bottleneck(parts), bounded=self.scaling_.bounded)

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        """Codes to decode into new samples, shape (n_samples, latent_dim)."""
        return draw_from_mixture(self.codes_, n_samples, seed)

    def _labels(self, y: Any, n_samples: int) -> np.ndarray | None:
        """Integer labels for kinds that learn from them; all others ignore what they are given."""
        return None

    def _initialize_weights(self) -> None:
        """Set initial weights that are not those of the layers."""

    def _prepare_objective(self, samples: DeviceSamples) -> None:
        """Give the objective what it has to know of the training samples."""

    def _pretrain(self, samples: DeviceSamples) -> None:
        """Train parts of the network before it is trained as a whole."""

    def _after_fit(self, samples: DeviceSamples) -> None:
        """Set what depends on the trained network, by some of the training samples."""

    @property
    def _n_features_out(self) -> int:
        return self.latent_dim

    @property
    def tensor_shape_(self) -> tuple[int, ...]:
        """The shape of one sample as the network sees it: channels first."""
        return _channels_first(self.input_shape_)

    def _trainer(self) -> Trainer:
        return Trainer() if self.trainer is None else self.trainer

    def _initialize(self, X: np.ndarray) -> None:
        """Set the scaling, and network and objective with their initial weights."""
        self.seed_ = seed_from(self.random_state)
        self.scaling_ = (
            fit_scaling(X, per_channel=is_series(self.layout_, X.ndim))
            if self.table_encoder_ is None
            else self.table_encoder_.scaling_
        )
        enough = max(2, min(_MEAN_SAMPLES, _MEAN_VALUES // prod(self.input_shape_)))
        some_rows = X[self._some_rows(len(X), enough)]
        self._mostly_zeros = bool(np.count_nonzero(some_rows) <= _MOST_NONZERO * some_rows.size)
        check_room(lambda: nn.ModuleList(self._make()), type(self).__name__)
        with seeded_alone(derive(self.seed_, _INITIAL_WEIGHTS)):
            self._build()
        some = self.scaled_samples(some_rows)
        start_from_mean(self.network_, some.rows(0, len(some)), bounded=self.scaling_.bounded)
        self._initialize_weights()

    def _make(self) -> tuple[Network, Objective]:
        """Make network and objective for the scaling and the shape of input that are set."""
        network, objective = self._network(self._parts()), self._objective()
        if self.table_encoder_ is not None:
            self._fit_to_columns(network, objective, self.table_encoder_)
        if objective.needs_bounded and not self.scaling_.bounded:
            raise ParameterError(
                f"{type(self).__name__} cannot use 'bce' for a table with values outside [0, 1]. "
                "Use another error or likelihood, or scale the data to [0, 1]."
            )
        if objective.needs_images and len(self.tensor_shape_) != 3:
            raise ParameterError(
                f"{type(self).__name__} cannot use 'ssim' for a table. Use another error, or give images of "
                "shape (n, height, width) or (n, height, width, channels)."
            )
        return network, objective

    def _fit_to_columns(
        self, network: Network, objective: Objective, encoder: TableEncoder
    ) -> None:
        """Let levels come out as probabilities, and each column count the same in the error."""
        groups = LevelGroups(encoder.blocks_, encoder.n_features, *self._units())
        network.output = ColumnOutput(groups)
        objective.reconstruction = ColumnError(objective.reconstruction, encoder.blocks_, groups)

    def _units(self) -> tuple[Tensor, Tensor]:
        """Offset and scale of the features of a table, as layers take them."""
        offset = torch.as_tensor(self.scaling_.offset, dtype=torch.float32)
        return offset, torch.as_tensor(self.scaling_.scale, dtype=torch.float32)

    def _build(self) -> None:
        """Make network and objective, where they are to be and in their type."""
        try:
            self.network_, self.objective_ = self._make()
        except (RuntimeError, OverflowError, MemoryError, TypeError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ParameterError(
                f"The network of {type(self).__name__} cannot be made: {reason}."
            ) from error
        # Moved here and not in the loop alone, so that a model that was loaded is ready to use.
        trainer = self._trainer()
        check_parameters(trainer)
        place = {"device": resolve_device(trainer.device), "dtype": getattr(torch, trainer.dtype)}
        self.network_.to(**place)
        self.objective_.to(**place)
        # The layout that convolutions are fastest in.
        self.network_.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _validate(
        self,
        X: Any,
        *,
        reset: bool = False,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> np.ndarray:
        """Check the samples, and their shape against the fitted one; channels come last in the answer."""
        if reset:
            check_parameters(self)
            self.table_encoder_, self.gives_rows_ = settled_encoder(X, encoder)
            if self.gives_rows_:
                return learned_table(self, X)
            return checked_samples(self, X, reset=True, layout=layout)
        check_is_fitted(self)
        if self.table_encoder_ is not None and (self.gives_rows_ or is_table(X)):
            return features_of_table(self, X)
        X = checked_samples(self, X)
        warn_of_other_range(X, self.scaling_, type(self).__name__)
        return X

    def _validate_codes(self, Z: Any) -> np.ndarray:
        """Check codes, and their width."""
        check_is_fitted(self)
        try:
            Z = check_array(as_array(Z), dtype=self._trainer().dtype)
        except ValueError as error:
            what = f"The codes for this {type(self).__name__} cannot be used"
            raise DataError(f"{what}: {one_line(error)}") from error
        if Z.shape[1] != self.latent_dim:
            raise DataError(
                f"Codes for this {type(self).__name__} must have shape (n_samples, "
                f"{self.latent_dim}). Got an array of shape {Z.shape} instead."
            )
        return Z

    def _decoded(self, Z: np.ndarray) -> np.ndarray:
        """What the decoder makes of rows of numbers, in the units and shape of the fitted data."""
        self.network_.eval()
        return self.unscaled(map_rows(self.network_.decode, self._codes(Z), self.tensor_shape_))

    def decoded_features(self, Z: np.ndarray) -> np.ndarray:
        """What the decoder makes of codes, in the user's units, and no rows of a table."""
        self.network_.eval()
        return self.scaling_.undo(
            map_rows(self.network_.decode, self._codes(Z), self.tensor_shape_)
        )

    def _drawn(self, Z: np.ndarray, seed: int, *, complete: bool = False) -> Any:
        """New samples for what the decoder is given, in the units and shape of the fitted data."""
        if self.table_encoder_ is None:
            return self._decoded(Z)
        return self._rows(self._drawn_features(Z, derive(seed, _CELLS), complete=complete))

    def _drawn_features(
        self, Z: np.ndarray, seed: int, *, cells: CellDraws | None = None, complete: bool = False
    ) -> np.ndarray:
        if cells is None:
            if self._cell_draws is None:
                seed_of_rows = derive(self.seed_, _TYPICAL_CODES) % 2**32
                typical = self._given_to_decoder(_TYPICAL_ROWS, seed_of_rows)
                self._cell_draws = self._cell_draws_of(typical)
            cells = self._cell_draws
        return cells.drawn(self.decoded_features(Z), seed, complete=complete)

    def _given_to_decoder(self, n_samples: int, seed: int) -> np.ndarray:
        """What new samples are decoded from: codes, and what a kind has beside them."""
        return self._validate_codes(self._draw_codes(n_samples, seed))

    def _cell_draws_of(self, Z: np.ndarray) -> CellDraws:
        encoder = self.table_encoder_
        assert encoder is not None
        features = self.decoded_features(Z)
        return CellDraws.of(encoder.blocks_, self.number_draws_, self.scaling_.offset, features)

    def _rows(self, features: np.ndarray) -> Any:
        """Features as what the fitted data were: rows of a table, or features."""
        encoder = self.table_encoder_
        return encoder.rows(features) if encoder is not None and self.gives_rows_ else features

    def scaled_samples(self, X: np.ndarray, labels: np.ndarray | None = None) -> DeviceSamples:
        """Return checked samples, channels last, as the network takes them: scaled and on its device."""
        return self._on_device(X, self.scaling_, labels)

    def _codes(self, Z: np.ndarray) -> DeviceSamples:
        return self._on_device(Z, UNSCALED)

    def _on_device(
        self, rows: np.ndarray, scaling: Scaling, labels: np.ndarray | None = None
    ) -> DeviceSamples:
        weight = next(self.network_.parameters())
        return DeviceSamples(rows, scaling, weight.device, weight.dtype, labels)

    def _some_rows(self, n: int, enough: int) -> np.ndarray | slice:
        """Random row numbers, or all where there are not more than enough."""
        if n <= enough:
            return slice(None)
        rng = np.random.default_rng(derive(self.seed_, _CODES))
        return np.sort(rng.choice(n, enough, replace=False))

    def unscaled(self, rows: np.ndarray, shape: tuple[int, ...] | None = None) -> np.ndarray:
        """Return rows in the network's units and layout in those of the user; see `inverse_transform`.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, *tensor_shape_)
        shape : tuple of int or None, default=None
            The shape of a sample where it is not that of the fitted data.
        """
        if rows.ndim == 4:
            rows = np.moveaxis(rows, 1, -1)
        values = self.scaling_.undo(rows.reshape(len(rows), *self.input_shape_))
        if self.gives_rows_:
            return self._rows(values)
        if shape not in (None, self.given_shape_):
            return values  # they were given with channels last
        return given_back(values, self.layout_, self.given_shape_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        # Codes are float32 unless the trainer says otherwise, whatever the data are.
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _channels_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) == 1:
        return shape
    if len(shape) in (2, 3):
        return (shape[2] if len(shape) == 3 else 1, shape[0], shape[1])
    raise DataError(
        "X must have shape (n_samples, n_features), (n_samples, height, width) or (n_samples, height, "
        f"width, channels). Got samples of shape {shape}."
    )


def joined(network: nn.Module, objective: nn.Module) -> nn.Module:
    """Return both as one module, whose state has the names that a file has."""
    return nn.ModuleDict({"network": network, "objective": objective})


def _plain(name: str, value: Any) -> Any:
    """A parameter as JSON: numbers, words and sequences as they are, parameter objects by class."""
    if isinstance(value, BaseEstimator):
        parameters = {key: _plain(key, item) for key, item in value.get_params(deep=False).items()}
        return {"class": type(value).__name__, "parameters": parameters}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return [_plain(name, item) for item in value]
    if name in ACTING:
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {"class": type(value).__name__, "parameters": None}
