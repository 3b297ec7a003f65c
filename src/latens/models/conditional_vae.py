"""The conditional variational autoencoder."""

from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from latens._labels import UNKNOWN, are_missing, read_partial_labels
from latens._seeds import derive, seed_from
from latens._validation import Constraints, Integer, Options, check_value
from latens.exceptions import DataError
from latens.models.base import COMMON_CONSTRAINTS, BaseAutoencoder
from latens.models.sampling import draw_from_mixture, draw_from_prior
from latens.networks import Bottleneck, Conditioned, Gaussian, NetworkFactory, Parts
from latens.objectives import (
    ConditionalObjective,
    Objective,
    Term,
    gaussian_kl,
    reconstruction_error,
)
from latens.training import DeviceSamples, Trainer

__all__ = ["ConditionalVAE"]


class ConditionalVAE(BaseAutoencoder):
    r"""A variational autoencoder whose decoder is given the class: for new samples of a class.

    A `VAE` whose decoder gets the class beside the code. The encoder does not, so `transform` needs no
    labels:

    .. math:: -E_{q(z|x)}[\log p(x|z, y)] + KL(q(z|x) \,\|\, N(0, I))

    The class need not be in the code, so the code tells less of it than that of a `VAE`, but seldom
    nothing. New samples of a class are therefore drawn from a Gaussian mixture on the codes of its
    training samples, not from the prior. Some samples may have no label (-1). This kind learns from
    labels, so a comparison with kinds that do not has to say so.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code, the class not counted.
    likelihood : {"gaussian", "bce"}, default="gaussian"
        See `VAE`.
    network : MLP, ConvNet or another factory, or None, default=None
        The shape of encoder and decoder. None: chosen by `latens.networks.default_network`.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``.
    random_state : int, RandomState or None, default=None
        Decides initial weights, order of samples and every draw.

    Attributes
    ----------
    network_, objective_, history_, scaling_, input_shape_, n_features_in_, codes_
        As of every kind; see `Autoencoder`.
    classes_ : ndarray
        The labels, sorted, without the -1 that marks samples that have none.

    References
    ----------
    Kingma, Rezende, Mohamed and Welling (2014), Semi-supervised learning with deep generative models.
    arXiv:1406.5298. Sohn, Lee and Yan (2015), Learning structured output representation using deep
    conditional generative models. NeurIPS 28.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> y = np.where(X[:, 0] > 0, "high", "low")
    >>> model = ConditionalVAE(3, trainer=Trainer(max_epochs=1)).fit(X, y)
    >>> model.transform(X).shape, model.sample(5, y="high").shape
    ((64, 3), (5, 8))
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "likelihood": (Options(("gaussian", "bce")),),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        likelihood: str = "gaussian",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.likelihood = likelihood
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def inverse_transform(self, Z: Any, y: Any = None) -> np.ndarray:
        """Return the samples that codes stand for, in the units and shape of the fitted data.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
        y : label, array-like of shape (n_samples,) or None, default=None
            One class for all, or one for each; -1 or None: no class is named.

        Raises
        ------
        DataError
            If the codes have another width than the fitted ones, or a class is not in `classes_`.
        """
        Z = self._validate_codes(Z)
        if y is None:
            return self._decoded(Z)
        return self._decoded(self._beside(Z, self._class_numbers(y, len(Z))))

    def reconstruct(self, X: Any, y: Any = None) -> np.ndarray:
        """Return the samples as reconstructed from their codes and, where they are given, their classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
        y : label, array-like of shape (n_samples,) or None, default=None

        Raises
        ------
        DataError
            If a class is not in `classes_`.
        """
        if y is None:
            return super().reconstruct(X)
        return self.inverse_transform(self.transform(X), y)

    def sample(
        self,
        n_samples: int = 1,
        *,
        y: Any = None,
        random_state: Any = None,
        complete: bool = False,
    ) -> np.ndarray:
        """Return new samples, in the units and shape of the fitted data.

        Parameters
        ----------
        n_samples : int in [1, inf), default=1
        y : label, array-like of shape (n_samples,) or None, default=None
            Their classes. None: drawn as often as they are among the labels of the training samples.
        random_state : int, RandomState or None, default=None
        complete : bool, default=False
            Whether rows of a table have no gaps; else these come as often as in the training rows.

        Raises
        ------
        DataError
            If a class is not in `classes_`.
        """
        check_is_fitted(self)
        check_value("sample", "n_samples", n_samples, (Integer(1),))
        seed = seed_from(random_state)
        given = self._given_to_decoder(n_samples, seed, y)
        return self._drawn(given, seed, complete=complete)

    def _given_to_decoder(self, n_samples: int, seed: int, y: Any = None) -> np.ndarray:
        """New codes with their classes beside them."""
        if y is None:
            assert isinstance(self.objective_, ConditionalObjective)
            shares = self.objective_.shares.double().cpu().numpy()
            rng = np.random.default_rng([seed, 1])  # codes are drawn from the seed itself
            y = rng.choice(self.classes_, n_samples, p=shares / shares.sum())
        numbers = self._class_numbers(y, n_samples)
        return self._beside(self._draw_codes_of(numbers, seed), numbers)

    def _class_numbers(self, y: Any, n: int) -> np.ndarray:
        """The numbers of the classes, -1 where none is named, shape (n,)."""
        labels = np.asarray(y)
        if labels.shape not in ((), (n,)):
            raise DataError(
                f"y must be one label or have shape ({n},). Got an array of shape {labels.shape} "
                "instead."
            )
        labels = np.broadcast_to(labels, n)
        is_class = labels[:, None] == self.classes_
        strange = ~is_class.any(1) & ~are_missing(labels)
        if strange.any():
            raise DataError(
                f"There is no class {labels[strange].tolist()[0]!r} in this {type(self).__name__}. It has: "
                f"{', '.join(str(one) for one in self.classes_[:20])}."
            )
        return np.where(is_class.any(1), is_class.argmax(1), UNKNOWN)

    def _beside(self, Z: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """Codes, and beside each a one at the place of its class."""
        places = numbers[:, None] == np.arange(len(self.classes_))
        return np.hstack([Z, places.astype(Z.dtype)])

    def _draw_codes_of(self, numbers: np.ndarray, seed: int) -> np.ndarray:
        """New codes of classes: from a mixture on the codes that are kept of each, else from the prior."""
        assert isinstance(self.objective_, ConditionalObjective)
        known = self.objective_.known.cpu().numpy()
        codes = self._draw_codes(len(numbers), seed).astype(self.codes_.dtype)
        for number in np.unique(numbers[numbers != UNKNOWN]):
            of_class, rows = self.codes_[known == number], numbers == number
            if len(of_class) > 1:
                codes[rows] = draw_from_mixture(
                    of_class, int(rows.sum()), derive(seed, int(number)) % 2**32
                )
        return codes

    def _after_fit(self, samples: DeviceSamples) -> None:
        """Keep the classes of the codes that are kept."""
        assert isinstance(self.objective_, ConditionalObjective)
        assert samples.labels is not None
        self.objective_.known = samples.labels

    def _parts(self) -> Parts:
        n_classes = len(self.classes_)
        parts = self._factory().build(self.tensor_shape_, self.latent_dim + n_classes)
        decoder = Conditioned(parts.decoder, self.latent_dim, n_classes)
        return Parts(parts.encoder, decoder, parts.width, positions=parts.positions)

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Gaussian(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error, blind = (reconstruction_error(self.likelihood) for _ in range(2))
        terms = {"kl": Term(gaussian_kl, 1.0)}
        # A model that is read from a file gets its shares with its weights.
        counts = getattr(self, "_counts", np.ones(len(self.classes_)))
        shares = torch.tensor(counts / counts.sum(), dtype=torch.float32)
        known = torch.full((len(getattr(self, "codes_", ())),), UNKNOWN)
        return ConditionalObjective(error, blind, terms, shares, known)

    def _labels(self, y: Any, n_samples: int) -> np.ndarray:
        """Numbers 0..k-1 of the classes, and -1 where there is no label."""
        labels = read_partial_labels(y, n_samples, type(self).__name__)
        self.classes_, codes = labels.classes, labels.codes
        self._counts = np.bincount(codes[codes >= 0])
        return codes

    def _draw_codes(self, n_samples: int, seed: int) -> np.ndarray:
        return draw_from_prior(self.latent_dim, n_samples, seed)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
