"""A classifier for data of which few samples have a label."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
)
from sklearn.frozen import FrozenEstimator
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from latens._fitting import fitting
from latens._labels import UNKNOWN, read_partial_labels
from latens._seeds import seed_from
from latens._torch_state import plain_torch
from latens._validation import (
    Constraints,
    Having,
    Nothing,
    Options,
    Seed,
    check_parameters,
)
from latens.applications.classify.consistency import Consistency
from latens.applications.classify.method import Method, TrainingData
from latens.applications.classify.probe import Probe
from latens.applications.classify.propagation import Propagation
from latens.data.checked_samples import checked_samples
from latens.data.layouts import standard_layout
from latens.exceptions import DataError
from latens.models import Autoencoder, BaseAutoencoder
from latens.networks import ConvNet
from latens.training import Trainer

__all__ = ["FewLabelClassifier"]

_METHODS = {"probe": Probe, "propagation": Propagation, "fine-tune": Consistency}
_LATENT_DIM = 16
_CONVOLVED_SIDE = 8  # the shortest side of an image that convolutions gain from


class FewLabelClassifier(
    ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Learn classes from a few labels and many samples without one, on the codes of an autoencoder.

    Parameters
    ----------
    model : autoencoder or None, default=None
        A fitted one is used as it is, whatever it was fitted on; another is cloned and fitted on all
        samples of `X`, without labels. None: an `Autoencoder` of 16 dimensions with a fast training. As
        `sklearn.base.clone` undoes fits, wrap a fitted one in `sklearn.frozen.FrozenEstimator` for
        cross-validation and searches.
    method : {"auto", "probe", "propagation", "fine-tune"} or a method, default="auto"
        How classes are learned: `Probe` (frozen codes, labeled samples only), `Propagation` (frozen
        codes, all samples), `Consistency` ("fine-tune": a network trained on changed samples), or one of
        these with settings of its own. "auto": `Consistency` with a convolutional network for images
        of at least 8 x 8, and elsewhere `Propagation` where labels are missing, and `Probe` where not.
    trainer : Trainer or None, default=None
        How "fine-tune" trains, and on which device; how a model is trained it knows itself. Nothing is
        held out. None: AdamW with 2e-3 for batches of 128, and as many steps as half the samples, 100
        to 1,400, in each round.
    random_state : int, RandomState or None, default=None
        Decides every draw, and those of a model that is fitted here and has no `random_state` of its own.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    model_ : autoencoder
        The fitted one that was given, the same object, or the one that was fitted here.
    method_ : method
        What "auto" chose.
    rule_ : object
        What the method has learned.
    label_distributions_ : ndarray of shape (n_samples, n_classes)
        The probabilities of every sample of `fit`; of a given label it is 1.
    transduction_ : ndarray of shape (n_samples,)
        A label for every sample of `fit`: the given one, or the most probable.
    n_features_in_, input_shape_
        As of autoencoders.

    Notes
    -----
    The labels given to `fit` are all that is learned from; nothing is tuned on others.

    Examples
    --------
    >>> from latens.applications import FewLabelClassifier
    >>> from latens.data import load
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> digits = load("digits")
    >>> y = digits.y.copy()
    >>> y[200:] = -1
    >>> model = Autoencoder(16, trainer=Trainer(3, callbacks=()), random_state=0)
    >>> few = FewLabelClassifier(model, method="propagation", random_state=0).fit(digits.X, y)
    >>> bool((few.transduction_[200:] == digits.y[200:]).mean() > 0.8)
    True
    """

    _constraints: ClassVar[Constraints] = {
        "model": (Having("transform", "an autoencoder"), Nothing()),
        "method": (
            Options(("auto", *_METHODS)),
            Having("learn", "a Probe, Propagation or Consistency"),
        ),
        "trainer": (Having("train", "a Trainer"), Nothing()),
        "random_state": (Seed(),),
    }

    def __init__(
        self,
        model: BaseAutoencoder | None = None,
        *,
        method: str | Method = "auto",
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.model = model
        self.method = method
        self.trainer = trainer
        self.random_state = random_state

    @plain_torch()
    def fit(self, X: Any, y: Any) -> Self:
        """Learn codes, where the model has not yet, and classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
                (n_samples, height, width, channels)
        y : array-like of shape (n_samples,)
            Labels of any kind; -1, None or NaN for samples that have none.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If samples or labels cannot be used, there is no label, or one class only.
        """
        with fitting(self):
            X = self._validate(X, reset=True)
            labels = read_partial_labels(y, len(X), type(self).__name__)
            if len(labels.classes) < 2:
                raise DataError(
                    f"{type(self).__name__} needs labels of at least 2 classes to tell them apart. "
                    f"Got 1 class, {labels.classes[0]!s}, on {(labels.codes != UNKNOWN).sum()} of "
                    f"{len(X)} samples."
                )
            self.classes_ = labels.classes
            seed = seed_from(self.random_state)
            self.model_ = self._fitted_model(X, seed)
            has_gaps = bool((labels.codes == UNKNOWN).any())
            self.method_ = self.choose_method(X.shape[1:], has_gaps=has_gaps)
            data = TrainingData(
                self.model_, X, labels.codes, len(labels.classes), self.trainer, seed
            )
            self.rule_, shares = self.method_.learn(data)
            known = labels.codes != UNKNOWN
            shares[known] = np.eye(len(labels.classes))[labels.codes[known]]
            self.label_distributions_ = shares
            self.transduction_ = self.classes_[shares.argmax(axis=1)]
            self._n_features_out = self.rule_.codes(X[:1]).shape[1]
        return self

    @plain_torch()
    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, shape (n_samples, n_classes)."""
        X = self._validate(X)
        return self.rule_.probabilities(X)

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label of each sample, shape (n_samples,)."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes that the classes are read from, shape (n_samples, width)."""
        X = self._validate(X)
        return self.rule_.codes(X)

    def choose_method(self, input_shape: tuple[int, ...], *, has_gaps: bool) -> Method:
        """Return the method for samples of a shape, some without a label or all with one."""
        if not isinstance(self.method, str):
            return self.method
        if self.method != "auto":
            return _METHODS[self.method]()
        if len(input_shape) > 1 and min(input_shape[:2]) >= _CONVOLVED_SIDE:
            return Consistency(ConvNet())
        return Propagation() if has_gaps else Probe()

    def _fitted_model(self, X: np.ndarray, seed: int) -> BaseAutoencoder:
        """The model as it is if it was fitted, or else a clone of it, fitted."""
        model = self.model
        if isinstance(model, FrozenEstimator):
            model = model.estimator
        if model is None:
            device = "auto" if self.trainer is None else self.trainer.device
            callbacks = None if self.trainer is None else self.trainer.callbacks
            trainer = Trainer(preset="fast", device=device, callbacks=callbacks)
            model = Autoencoder(_LATENT_DIM, trainer=trainer, random_state=seed)
        if not hasattr(model, "network_"):
            own = clone(model)
            if own.random_state is None:
                own.set_params(random_state=seed)
            return own.fit(X, layout=standard_layout(self.layout_, X.ndim))
        if model.input_shape_ != X.shape[1:]:
            raise DataError(
                f"X has samples of shape {X.shape[1:]}, but the model of {type(self).__name__} was fitted "
                f"on samples of shape {model.input_shape_}. Give samples of that shape, or an unfitted model."
            )
        return model

    def _validate(self, X: Any, *, reset: bool = False) -> np.ndarray:
        """Check the samples, and their shape against the fitted one."""
        if not reset:
            check_is_fitted(self)
            return checked_samples(self, X)
        check_parameters(self)
        model = self.model.estimator if isinstance(self.model, FrozenEstimator) else self.model
        return checked_samples(self, X, reset=True, model=model)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
