"""The masked autoencoder."""

from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._validation import Constraints, Integer, Nothing, Real
from latens.data import as_array
from latens.data.layouts import arranged
from latens.exceptions import DataError
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts, ViT, patch_side
from latens.objectives import MaskedObjective, Objective, reconstruction_error
from latens.training import Trainer, map_rows

__all__ = ["MaskedAutoencoder"]


class MaskedAutoencoder(BaseAutoencoder):
    """An autoencoder that reconstructs whole samples from which patches or columns are hidden.

    Hidden are patches of images and single columns of tables, other ones at every step. As the code is
    narrow, visible values are no easier to copy than hidden ones, so the error is that of the whole
    sample. Whole samples get their codes in `transform`; `fill_in` predicts missing values.

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
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`. ``objective_.fill`` stands in hidden places.

    References
    ----------
    He, Chen, Xie, Li, Dollar and Girshick (2022), Masked autoencoders are scalable vision learners.
    arXiv:2111.06377.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = MaskedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X)
    >>> model.transform(X).shape
    (64, 3)
    >>> X[0, 2] = np.nan
    >>> bool(np.isfinite(model.fill_in(X)).all())
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

    def fill_in(self, X: Any, hidden: Any = None) -> np.ndarray:
        """Return the samples with missing values predicted from the others, as floats.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            In the units and shape of the fitted data.
        hidden : array-like of bool, broadcastable to the shape of `X`, or None, default=None
            True where a value is missing, whatever stands there. None: where it is NaN.

        Returns
        -------
        ndarray of the shape of `X`

        Raises
        ------
        DataError
            If `X` or `hidden` has another shape, or a value that is not missing is not finite.
        """
        check_is_fitted(self)
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


def _missing(X: np.ndarray, hidden: Any) -> np.ndarray:
    if hidden is None:
        return np.isnan(X)
    hidden = np.asarray(hidden, dtype=bool)
    try:
        return np.broadcast_to(hidden, X.shape)
    except ValueError:
        raise DataError(
            f"hidden must have the shape of X, {X.shape}, or one that can be stretched to it. Got "
            f"{hidden.shape} instead."
        ) from None
