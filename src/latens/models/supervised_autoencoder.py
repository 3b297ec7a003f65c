"""The supervised autoencoder."""

from functools import partial
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import ClassifierTags, Tags
from torch import nn

from latens._labels import read_partial_labels
from latens._validation import Constraints, Real
from latens.models.base import COMMON_CONSTRAINTS, RECONSTRUCTION, BaseAutoencoder
from latens.networks import Bottleneck, Deterministic, NetworkFactory, Parts
from latens.objectives import Objective, Term, label_error, reconstruction_error
from latens.training import Trainer, map_rows

__all__ = ["SupervisedAutoencoder"]


class SupervisedAutoencoder(BaseAutoencoder):
    """An autoencoder with a label head on the code, trained on samples with and without a label.

    This kind learns from labels, so a comparison with kinds that do not has to say so.

    Parameters
    ----------
    latent_dim : int in [1, inf), default=10
        Dimensions of the code.
    weight : float in [0, inf), default=0.05
        Of the cross-entropy of the label head, beside the reconstruction error per value.
    reconstruction : {"mse", "rmse", "mae", "bce", "ssim", "gaussian"}, default="mse"
        The error to minimize; see `Autoencoder`.
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
    Le, Patterson and White (2018), Supervised autoencoders: improving generalization performance with
    unsupervised regularizers. NeurIPS 31.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.training import Trainer, map_rows
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> y = np.where(np.arange(64) < 32, (X[:, 0] > 0).astype(int), -1)
    >>> model = SupervisedAutoencoder(3, trainer=Trainer(max_epochs=1)).fit(X, y)
    >>> model.classes_, model.predict(X).shape
    (array([0, 1]), (64,))
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "weight": (Real(0),),
        "reconstruction": (RECONSTRUCTION,),
    }

    def __init__(
        self,
        latent_dim: int = 10,
        *,
        weight: float = 0.05,
        reconstruction: str = "mse",
        network: NetworkFactory | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.latent_dim = latent_dim
        self.weight = weight
        self.reconstruction = reconstruction
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, shape (n_samples, n_classes)."""
        Z = self._codes(self.transform(X))
        head = self.objective_.get_submodule("head")
        return map_rows(lambda z: head(z).softmax(1), Z, (self.latent_dim,))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each sample, shape (n_samples,)."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def _bottleneck(self, parts: Parts) -> Bottleneck:
        return Deterministic(parts, self.latent_dim)

    def _objective(self) -> Objective:
        error = reconstruction_error(self.reconstruction)
        head = nn.Linear(self.latent_dim, len(self.classes_))
        term = Term(partial(label_error, head=head), self.weight, couples_samples=True)
        return Objective(error, {"label": term}, modules={"head": head})

    def _labels(self, y: Any, n_samples: int) -> np.ndarray:
        """Numbers 0..k-1 of the classes, and -1 where there is no label."""
        labels = read_partial_labels(y, n_samples, type(self).__name__)
        self.classes_, codes = labels.classes, labels.codes
        return codes

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        # A transformer first, but one with `predict_proba`, whose checks ask for these tags.
        tags.classifier_tags = ClassifierTags()
        return tags
