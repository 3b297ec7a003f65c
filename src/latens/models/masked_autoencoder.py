"""The masked autoencoder."""

import warnings
from collections.abc import Sequence
from time import monotonic
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils import Tags, check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._draws import seeded
from latens._durations import parse_duration
from latens._seeds import derive, seed_from
from latens._torch_state import plain_torch
from latens._validation import Constraints, Integer, Nothing, Real, check_value
from latens.data import TableEncoder, as_array
from latens.data.layouts import Layout, arranged
from latens.data.table_encoding.filling import filled_cells
from latens.data.table_encoding.frames import as_frame, is_mixed, is_table, like, with_gaps
from latens.exceptions import DataError, ParameterError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.models.imputation.imputer import Imputer
from latens.models.imputation.learning import learn
from latens.networks import (
    Bottleneck,
    Deterministic,
    Network,
    NetworkFactory,
    Parts,
    ViT,
    patch_side,
)
from latens.objectives import HiddenColumns, MaskedObjective, Objective, reconstruction_error
from latens.training import Trainer, map_rows

__all__ = ["MaskedAutoencoder"]

# Streams of random numbers that are drawn from one seed; those of the base are 100 to 102.
_IMPUTER, _IMPUTER_ROWS, _DRAWS = 110, 111, 112
_MOST_IMPUTER_ROWS = 50_000


class MaskedAutoencoder(BaseAutoencoder):
    """An autoencoder that reconstructs whole samples from which patches or columns are hidden.

    Hidden are patches of images and whole columns of tables, other ones at every step. As the code is
    narrow, visible values are no easier to copy than hidden ones, so the error is that of the whole
    sample. Whole samples get their codes in `transform`; `impute` fills what is missing.

    A table may have gaps (a data frame of mixed columns, or NaN in an array of numbers). They are seen as
    gaps, and never are targets. For such a table an imputer is learned beside the code, as a narrow code
    cannot tell one cell as well as all other cells can: Gaussians fitted by expectation and maximization, and
    networks that learn to correct what these say of cells that are there and were hidden.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    mask_ratio : float in (0, 1), default=0.75
        The largest share that is hidden; each sample at each step has a share between 0 and this.
    patch : int in [1, inf) or None, default=None
        The side of a hidden patch in pixels. None: an eighth of the longer side, rounded up. Columns of
        tables are hidden one by one.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize; see `Autoencoder`.
    network : ViT, MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: a `ViT` for images, and what
        `latens.networks.default_network` chooses for tables.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``. Of a `time_limit`, the imputer of a table may take a half.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`. ``objective_.fill`` stands in hidden places.

    References
    ----------
    He, Chen, Xie, Li, Dollar and Girshick (2022), Masked autoencoders are scalable vision learners.
    arXiv:2111.06377. Dempster, Laird and Rubin (1977), Maximum likelihood from incomplete data via the EM
    algorithm. Journal of the Royal Statistical Society B 39.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = MaskedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    >>> X[0, 2] = np.nan
    >>> model = MaskedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> bool(np.isfinite(model.impute(X)).all())
    True
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "mask_ratio": (Real(0, 1, closed="neither"),),
        "patch": (Integer(1), Nothing()),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        mask_ratio: float = 0.75,
        patch: int | None = None,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.mask_ratio = mask_ratio
        self.patch = patch
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def impute(
        self, X: Any, n_draws: int = 1, random_state: Any = None, *, hidden: Any = None
    ) -> Any:
        """Return the samples with what is missing filled in from the rest of each sample.

        Parameters
        ----------
        X : table or array-like
            What `fit` takes. Missing are NaN, and empty cells of a table; nothing else is changed. Columns
            that nothing was learned from stay as they are.
        n_draws : int in [1, inf), default=1
            1: the best guess, the mean of a number and the most probable level. More: so many tables, each a
            draw of what the cells may have been, which differ the more the less the other cells tell.
        random_state : int, RandomState or None, default=None
            Decides the draws.
        hidden : array-like of bool, broadcastable to the shape of `X`, or None, default=None
            Cells that are taken as missing, whatever stands there. None: those that are missing.

        Returns
        -------
        Of the kind of `X`, or with several draws a list of frames, or an array of shape (n_draws, ...).

        Raises
        ------
        DataError
            If `X` or `hidden` has another shape or other columns, or a value that is not missing is not
            finite.
        ParameterError
            If draws are asked for, and the model was fitted on images or on complete numbers: it knows no
            more than its reconstruction.
        """
        check_is_fitted(self)
        check_value("impute", "n_draws", n_draws, (Integer(1),))
        if self._imputer is None:
            if n_draws > 1:
                raise ParameterError(
                    "The 'n_draws' parameter of impute must be 1 for a model that was fitted on images or on "
                    f"complete numbers. Got {n_draws} instead. Fit it on the table with its gaps."
                )
            return self._filled_by_reconstruction(X, hidden)
        if hidden is not None:
            X = _with_hidden(X, hidden)
        features = self._imputable(X)
        encoder, seed = self.table_encoder_, seed_from(random_state)
        assert encoder is not None
        draws = [None] if n_draws == 1 else [derive(seed, _DRAWS, i) for i in range(n_draws)]
        drawn = [filled_cells(encoder, X, self._filled_features(features, draw)) for draw in draws]
        if n_draws == 1:
            return drawn[0]
        return np.stack(drawn) if isinstance(drawn[0], np.ndarray) else drawn

    def fill_in(self, X: Any, hidden: Any = None) -> Any:
        """Return what `impute` returns. It is called so from now on.

        Parameters
        ----------
        X, hidden
            See `impute`.
        """
        warnings.warn(
            "fill_in is called impute now, and will be removed.", FutureWarning, stacklevel=2
        )
        return self.impute(X, hidden=hidden)

    def _filled_by_reconstruction(self, X: Any, hidden: Any) -> np.ndarray:
        """Samples whose missing values are those of their reconstruction from the others."""
        if hasattr(X, "columns"):
            validate_data(self, X, reset=False, skip_check_array=True)  # names and order of columns
        X = check_array(as_array(X), allow_nd=True, ensure_all_finite=False, estimator=self)
        if X.shape[1:] != self.given_shape_:
            raise DataError(
                f"X has samples of shape {X.shape[1:]}, but this {type(self).__name__} was fitted on "
                f"samples of shape {self.given_shape_}."
            )
        missing = _missing(X, hidden)
        if not np.isfinite(X[~missing]).all():
            raise DataError(
                "X has values that are not finite and not among those to fill in. Name them in `hidden`, too."
            )
        samples = self.scaled_samples(arranged(np.where(missing, self._fill(), X), self.layout_))
        self.network_.eval()
        reconstructed = self.unscaled(
            map_rows(lambda x: self.network_.reconstruct(x).x_hat, samples, self.tensor_shape_)
        )
        return np.where(missing, reconstructed, X)

    def _imputable(self, X: Any) -> np.ndarray:
        """The features of samples with gaps, in the user's units."""
        if not self.gives_rows_ and not is_table(X):
            raise DataError(
                "Features have no gaps to fill. Give the table itself, or an array of its columns."
            )
        return self._validate(X)

    @plain_torch()
    def _filled_features(self, features: np.ndarray, seed: int | None) -> np.ndarray:
        """Features whose gaps are filled, by the best guess or by a draw from a seed."""
        imputer = self._imputer
        assert imputer is not None
        samples = self.scaled_samples(features)
        with torch.inference_mode():
            values, seen = imputer.values(samples.rows(0, len(samples)))
            if seed is None:
                found = imputer.probable(values, seen)
            else:
                with seeded(seed):
                    found = imputer.drawn(values, seen)
        places = imputer.places.cpu().numpy()
        filled = features.astype(np.float64)
        scale, offset = self.scaling_.scale[places], self.scaling_.offset[places]
        filled[:, places] = found.cpu().numpy().astype(np.float64) * scale + offset
        return filled

    @property
    def imputes(self) -> bool:
        """Whether it was fitted on a table of mixed columns or with gaps, of which it has an imputer."""
        check_is_fitted(self)
        return self._imputer is not None

    @property
    def _imputer(self) -> Imputer | None:
        return getattr(self.objective_, "imputer", None)

    def _validate(
        self,
        X: Any,
        *,
        reset: bool = False,
        layout: Layout | None = None,
        encoder: TableEncoder | None = None,
    ) -> np.ndarray:
        """Take NaN in an array of numbers as gaps, and mark gaps of all columns."""
        if not reset:
            return super()._validate(X)
        array = with_gaps(X) if encoder is None else None
        if array is not None:
            X = _named_columns(array)
        if encoder is None and (array is not None or is_mixed(X)):
            encoder = TableEncoder()
        if encoder is not None and is_table(X):
            encoder = clone(encoder).set_params(mark_gaps="always")
        features = super()._validate(X, reset=True, layout=layout, encoder=encoder)
        if array is not None:
            assert self.table_encoder_ is not None
            self.table_encoder_.source_ = "array"
            del self.feature_names_in_
        return features

    def _trainer(self) -> Trainer:
        trainer = super()._trainer()
        if self.table_encoder_ is None or trainer.time_limit is None:
            return trainer
        settings = trainer.get_params(deep=False)
        return Trainer(**settings | {"time_limit": parse_duration(trainer.time_limit) / 2})

    def _fit_to_columns(
        self, network: Network, objective: Objective, encoder: TableEncoder
    ) -> None:
        super()._fit_to_columns(network, objective, encoder)
        assert isinstance(objective, MaskedObjective)
        offset, scale = self._units()
        objective.columns = HiddenColumns(encoder.blocks_, offset, scale)
        objective.fill.requires_grad_(False)
        objective.imputer = Imputer(encoder.blocks_, offset, scale)

    def _finalize(self, X: np.ndarray, labels: np.ndarray | None) -> None:
        super()._finalize(X, labels)
        if self._imputer is None:
            return
        rng = np.random.default_rng(derive(self.seed_, _IMPUTER_ROWS))
        rows = np.sort(rng.permutation(len(X))[:_MOST_IMPUTER_ROWS])
        samples = self.scaled_samples(X[rows])
        trainer = super()._trainer()
        limit = None if trainer.time_limit is None else parse_duration(trainer.time_limit) / 2
        learn(
            self._imputer,
            *self._imputer.values(samples.rows(0, len(samples))),
            seed=derive(self.seed_, _IMPUTER),
            max_epochs=trainer.max_epochs,
            deadline=None if limit is None else monotonic() + limit,
        )

    def _factory(self) -> NetworkFactory:
        if self.network is None and len(self.tensor_shape_) == 3:
            return ViT(patch=self.patch)
        return super()._factory()

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        shape = self.tensor_shape_
        is_image = len(shape) == 3
        side = (self.patch or patch_side(shape)) if is_image else 1
        # The middle of what is bounded, the mean of what is standardized.
        fill = torch.full(shape, 0.5 if self.scaling_.bounded else 0.0)
        error = reconstruction_error(self.reconstruction)
        return MaskedObjective(error, fill, self.mask_ratio, side)

    def _fill(self) -> np.ndarray:
        """What stands in hidden places, in the user's units and shape."""
        assert isinstance(self.objective_, MaskedObjective)
        fill = self.objective_.fill.detach().cpu().numpy()
        return np.asarray(self.unscaled(fill[None])[0])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _named_columns(X: np.ndarray) -> Any:
    import pandas as pd

    return pd.DataFrame(X, columns=[str(place) for place in range(X.shape[1])])


def _with_hidden(X: Any, hidden: Any) -> Any:
    """A table without the cells that are to be taken as missing."""
    if is_table(X):
        frame, source = as_frame(X)
        return like(frame.mask(_broadcast(hidden, frame.shape)), source)
    X = np.asarray(X, dtype=float)
    return np.where(_broadcast(hidden, X.shape), np.nan, X)


def _missing(X: np.ndarray, hidden: Any) -> np.ndarray:
    if hidden is None:
        return np.isnan(X)
    return _broadcast(hidden, X.shape)


def _broadcast(hidden: Any, shape: Sequence[int]) -> np.ndarray:
    hidden = np.asarray(hidden, dtype=bool)
    try:
        return np.broadcast_to(hidden, shape)
    except ValueError:
        raise DataError(
            f"hidden must have the shape of X, {tuple(shape)}, or one that can be stretched to it. Got "
            f"{hidden.shape} instead."
        ) from None
