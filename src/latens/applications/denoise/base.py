"""What denoisers with a network share: arrays in and out, fitting, and saving."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from latens._devices import resolve_device
from latens._draws import seeded_alone
from latens._fitting import fitting
from latens._saved import SavedKind, Tensors
from latens._seeds import derive, seed_from
from latens._torch_state import plain_torch
from latens._validation import Constraints, Having, Nothing, Seed, check_parameters
from latens.applications.denoise.items import ImageItems, items_to_fit, items_to_transform
from latens.applications.denoise.noise_level import noise_in_image, noise_in_table
from latens.exceptions import DataError, ModelError
from latens.networks import Network
from latens.networks.denoising import DenoisingMLP, DenoisingUNet
from latens.networks.planning import weights_of
from latens.objectives import Objective
from latens.training import DeviceSamples, History, Trainer

__all__ = [
    "COMMON_CONSTRAINTS",
    "FACTS",
    "NETWORKS",
    "SAVED",
    "BaseDenoiser",
    "DenoisingNetwork",
    "are_whole",
    "training_rows",
]

# Images up to this size are shown whole; larger ones and those of many sizes as crops.
_WHOLE_SIDE = 64
_CROP_SIDE = 48
_MOST_CROPS, _FEWEST_CROPS, _MOST_BYTES = 30_000, 2_000, 2**28
# Random crops that show every pixel about so often.
_SHOWN = 5

SAVED = SavedKind("denoiser")
NETWORKS = {"DenoisingMLP": DenoisingMLP, "DenoisingUNet": DenoisingUNet}
# What is saved under the names that it has here; the last two are of one class each.
FACTS = ("seed_", "is_table_", "channels_", "image_ndim_", "n_features_in_", "dtype_")
_OWN_FACTS = ("levels_", "level_")

COMMON_CONSTRAINTS: Constraints = {
    "network": (Having("build", "a network factory such as DenoisingUNet()"), Nothing()),
    "trainer": (Having("train", "a Trainer"), Nothing()),
    "random_state": (Seed(),),
}

# The streams of random numbers that are drawn from one seed; training has its own.
_INITIAL_WEIGHTS, _CROPS = 100, 110

# The most pixels of a step, and values that go through the network at a time.
_STEP_PIXELS = 2**16
_BLOCK_VALUES = 2**20
_SMALLEST_BATCH = 16
# At 3e-3, which is better by 0.1 dB where there is much to learn from, trainings of a few hundred steps
# on a single image diverged.
_LEARNING_RATE = 1e-3


class DenoisingNetwork(Protocol):
    """A parameter object such as `DenoisingUNet` or `DenoisingMLP`."""

    def build(self, n_in: int, n_out: int) -> Network:
        """Build a fresh network, of the channels or columns that it sees and gives."""


class BaseDenoiser(TransformerMixin, BaseEstimator, ABC):
    """What both inherit. A denoiser says what its network sees, learns and is used for."""

    _constraints: ClassVar[Constraints]
    noise_level: Any
    network: DenoisingNetwork | None
    trainer: Trainer | None
    random_state: Any

    @abstractmethod
    def _objective(self, *, turns: bool) -> Objective:
        """What is minimized; `turns` where images may be mirrored and turned."""

    @abstractmethod
    def _n_in(self, n_out: int) -> int:
        """Channels or columns that the network sees, for this many that it gives."""

    @abstractmethod
    def _levels(self, stack: np.ndarray, noise_level: Any) -> np.ndarray:
        """The scaled level of noise of each sample of a stack, shape (n,)."""

    @abstractmethod
    def _clean(self, noisy: Tensor, level: Tensor) -> Tensor:
        """Scaled clean samples of scaled noisy ones and their levels, (batch, 1, ...)."""

    @plain_torch()
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn to remove noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), (n_samples, height, width) or (n_samples, \
                height, width, channels), or list of images
            Finite numbers; bytes stay bytes. A list holds images of many sizes; a single image is a list
            of one, as an array of two axes is a table.
        y : ignored
            Present for scikit-learn's conventions.

        Returns
        -------
        self

        Raises
        ------
        ParameterError
            If a parameter is outside its range.
        DataError
            If the data cannot be used.
        TrainingError
            If the loss is not finite.
        """
        with fitting(self):
            check_parameters(self)
            items = items_to_fit(self, X)
            self.seed_ = seed_from(self.random_state)
            self.is_table_, self.channels_ = items.is_table, items.channels
            self.image_ndim_ = items.stacks[0].ndim - 1
            self.scaling_ = items.scaling()
            rng = np.random.default_rng(derive(self.seed_, _CROPS))
            rows = training_rows(items, rng)
            with seeded_alone(derive(self.seed_, _INITIAL_WEIGHTS)):
                self._build()
            objective = self._objective(turns=not are_whole(items))
            self.history_ = History()
            self._trainer(rows.shape).train(
                self.network_,
                objective,
                self._samples(rows),
                seed=self.seed_,
                history=self.history_,
                parameters=self.get_params(deep=False),
            )
            self._after_fit(rows)
        return self

    @plain_torch()
    def transform(self, X: Any, noise_level: Any = None) -> Any:
        """Return the clean samples that noisy ones stand for, in the units of `X`.

        Parameters
        ----------
        X : array-like or list of images
            Of the columns, or of the channels, of the fitted samples; images may have any size. One image
            alone is allowed.
        noise_level : float, array-like of shape (n_samples,) or None, default=None
            The standard deviation of the noise, in the units of `X` (in standard deviations of its columns
            for a table that was standardized). None: as fitted, or estimated for each image.

        Returns
        -------
        ndarray or list of ndarray
            Shapes as they came, float32. Bounded data are clipped to their range.

        Raises
        ------
        DataError
            If the samples have other columns or channels than the fitted ones, or are images of other
            integers, or an image is too small to estimate its noise.
        """
        check_is_fitted(self)
        items = self._validate(X)
        levels = self._levels_by_stack(items, noise_level)
        self.network_.eval()
        pairs = zip(items.stacks, levels, strict=True)
        return items.restored([self._clean_stack(stack, level) for stack, level in pairs])

    def levels(self, X: Any, noise_level: Any = None) -> np.ndarray:
        """Return the level of noise that `transform` goes by for each sample, shape (n_samples,).

        The parameters and the units are those of `transform`; of noise that spoils single values it is
        their share.
        """
        check_is_fitted(self)
        levels = self._levels_by_stack(self._validate(X), noise_level)
        return np.concatenate(levels) * self._unit()

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the fitted denoiser to a folder of JSON and safetensors; `load_denoiser` reads it.

        Raises
        ------
        ModelError
            If the folder exists, unless `overwrite` is set and it holds a denoiser.
        """
        check_is_fitted(self)
        return SAVED.write(self, path, overwrite=overwrite)

    def facts(self) -> dict[str, Any]:
        """Return the description that is saved, as JSON can hold it."""
        network = self._factory()
        name = type(network).__name__
        if name not in NETWORKS:
            raise ModelError(
                f"A denoiser with a network of the class {name} cannot be saved; keep its state_dict."
            )
        parameters = self.get_params(deep=False)
        about = {
            "kind": type(self).__name__,
            "parameters": {
                name: parameters[name] for name in ("noise", "noise_level") if name in parameters
            },
            "network": {
                "class": name,
                "parameters": network.get_params(),  # type: ignore[attr-defined]
            },
            "bounded": self.scaling_.bounded,
            "history": self.history_.to_json(),
        }
        about |= {name: getattr(self, name) for name in FACTS}
        about |= {name: getattr(self, name) for name in _OWN_FACTS if hasattr(self, name)}
        if getattr(self, "feature_names_in_", None) is not None:
            about["feature_names_in"] = list(self.feature_names_in_)
        return about

    def tensors(self) -> Tensors:
        """Return the arrays that are saved, by name."""
        tensors = weights_of(self.network_)
        tensors["scaling.offset"] = np.asarray(self.scaling_.offset)
        tensors["scaling.scale"] = np.asarray(self.scaling_.scale)
        if getattr(self, "disagreement_", None) is not None:
            tensors["disagreement"] = self.disagreement_
        return tensors

    def _after_fit(self, rows: np.ndarray) -> None:
        """Measure what is needed in use on the samples that were learned from."""

    def _validate(self, X: Any) -> ImageItems:
        """Check the samples, and their shape against the fitted one."""
        items = items_to_transform(self, X, None if self.is_table_ else self.image_ndim_)
        if (items.is_table, items.stacks[0].shape[3:]) != (self.is_table_, self._colors()):
            raise DataError(
                f"This {type(self).__name__} was fitted on {self._fitted_words()}. Got an array of shape "
                f"{items.stacks[0].shape} instead."
            )
        if items.is_table and items.channels != self.channels_:
            raise DataError(
                f"X has {items.channels} columns, but this {type(self).__name__} was fitted on "
                f"{self.channels_}."
            )
        return items

    def _colors(self) -> tuple[int, ...]:
        return () if self.is_table_ or self.image_ndim_ == 2 else (self.channels_,)

    def _fitted_words(self) -> str:
        if self.is_table_:
            return f"rows of {self.channels_} columns"
        return f"images of {self.channels_} channels" if self._colors() else "grey images"

    def _levels_by_stack(self, items: ImageItems, noise_level: Any) -> list[np.ndarray]:
        """The scaled levels of the samples."""
        given = self._given_levels(noise_level, len(items))
        levels, start = [], 0
        for stack in items.stacks:
            own = None if given is None else given[start : start + len(stack)]
            levels.append(self._levels(stack, own))
            start += len(stack)
        return levels

    def _given_levels(self, noise_level: Any, n_samples: int) -> np.ndarray | None:
        """Levels that a user gave, one for each sample, scaled."""
        if noise_level is None:
            return None
        levels = np.broadcast_to(np.asarray(noise_level, dtype=float), n_samples)
        if not (np.isfinite(levels).all() and (levels > 0).all()):
            raise DataError(
                f"The noise level must be positive and finite. Got {noise_level!r} instead."
            )
        return np.asarray(levels / self._unit())

    def _unit(self) -> float:
        """What a scaled level of 1 is in the units that people give levels in."""
        return float(self.scaling_.scale) if self.scaling_.bounded else 1.0

    def _estimated(self, stack: np.ndarray) -> np.ndarray:
        """The scaled level of noise of each sample, from the samples themselves."""
        if self.is_table_:
            return np.full(len(stack), noise_in_table(self.scaling_.apply(stack)))
        return np.array([noise_in_image(image) for image in stack]) / self._unit()

    def _clean_stack(self, stack: np.ndarray, levels: np.ndarray) -> np.ndarray:
        samples = self._samples(stack)
        cleaned = np.empty(stack.shape, dtype=np.float32)
        for start, stop in self._blocks(stack):
            with torch.inference_mode():
                noisy = samples.rows(start, stop)
                level = torch.as_tensor(levels[start:stop]).to(noisy)
                x = self._clean(noisy, level.reshape(-1, *[1] * (noisy.ndim - 1)))
                x = x.clamp(0, 1) if self.scaling_.bounded else x
                x = x.movedim(1, -1) if x.ndim == 4 else x
            rows = x.reshape(-1, *stack.shape[1:]).cpu().numpy()
            cleaned[start:stop] = self.scaling_.undo(rows)
        return cleaned

    def _blocks(self, stack: np.ndarray) -> Iterator[tuple[int, int]]:
        """First and last row of what goes through the network at a time."""
        rows = max(1, _BLOCK_VALUES // prod(stack.shape[1:]))
        return ((start, min(start + rows, len(stack))) for start in range(0, len(stack), rows))

    def _factory(self) -> DenoisingNetwork:
        return self.network or (DenoisingMLP() if self.is_table_ else DenoisingUNet())

    def _make_network(self) -> Network:
        """Make the network for the samples that are set."""
        return self._factory().build(self._n_in(self.channels_), self.channels_)

    def _build(self) -> None:
        """Make the network, where it is to be."""
        self.network_ = self._make_network()
        self.reach_ = int(getattr(self._factory(), "reach", 0))
        device = resolve_device((self.trainer or Trainer()).device)
        self.network_.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network_.eval()

    def _trainer(self, shape: tuple[int, ...]) -> Trainer:
        """The trainer, for images with batches of no more pixels whatever their size."""
        trainer = self.trainer or Trainer()
        if self.is_table_:
            return trainer
        settings = trainer.get_params(deep=False)
        if settings["batch_size"] is None:
            most = max(_SMALLEST_BATCH, _STEP_PIXELS // (shape[1] * shape[2]))
            settings["batch_size"] = min(most, trainer.plan(shape[0], self.network_).batch_size)
        settings["learning_rate"] = settings["learning_rate"] or _LEARNING_RATE
        return Trainer(**settings)

    def _samples(self, rows: np.ndarray) -> DeviceSamples:
        weight = next(self.network_.parameters())
        return DeviceSamples(rows, self.scaling_, weight.device, weight.dtype)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def are_whole(items: ImageItems) -> bool:
    """Whether samples are shown as they are: tables, and stacks of small images."""
    return items.is_table or (
        len(items.stacks) == 1 and len(items) > 1 and max(items.stacks[0].shape[1:3]) <= _WHOLE_SIDE
    )


def training_rows(items: ImageItems, rng: np.random.Generator) -> np.ndarray:
    """Return the samples, or square crops of larger images at random places.

    A crop is 48 pixels wide, or as wide as the largest square in any of the images; images without room
    for one are left out. Each image gets crops in proportion to its pixels.

    Returns
    -------
    ndarray of shape (n, n_features), (n, height, width) or (n, height, width, channels)
    """
    if are_whole(items):
        return items.stacks[0]
    images = [image for stack in items.stacks for image in stack]
    side = min(_CROP_SIDE, max(min(image.shape[:2]) for image in images))
    images = [image for image in images if min(image.shape[:2]) >= side]
    pixels = np.array([image.shape[0] * image.shape[1] for image in images], dtype=float)
    bytes_each = side * side * images[0][0, 0].nbytes
    wanted = max(_FEWEST_CROPS, int(_SHOWN * pixels.sum() / side**2))
    n_crops = max(1, min(wanted, _MOST_CROPS, _MOST_BYTES // bytes_each))
    crops = np.empty((n_crops, side, side, *images[0].shape[2:]), dtype=images[0].dtype)
    for number, chosen in enumerate(rng.choice(len(images), n_crops, p=pixels / pixels.sum())):
        image = images[chosen]
        top, left = (int(rng.integers(length - side + 1)) for length in image.shape[:2])
        crops[number] = image[top : top + side, left : left + side]
    return crops
