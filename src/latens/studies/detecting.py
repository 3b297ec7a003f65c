"""A detector of anomalies from whatever there is: a saved one, a trained model, or data to train one on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from latens._devices import resolve_device
from latens._saved import SavedKind
from latens.applications import AnomalyDetector, load_detector
from latens.applications.anomalies.default_model import default_model, default_trainer
from latens.applications.anomalies.finding import named_samples
from latens.data import Dataset, load
from latens.exceptions import DataError
from latens.models import BaseAutoencoder
from latens.studies.building import build_model
from latens.studies.settings import ModelSettings
from latens.studies.source import Source
from latens.training import Callback

__all__ = ["Detection", "DetectorSettings", "open_detector"]


@dataclass(frozen=True, kw_only=True)
class DetectorSettings:
    """How a detector is made where none is saved.

    Attributes
    ----------
    contamination : "auto" or float
        That of `AnomalyDetector`.
    model : mapping of str to object
        Settings of `ModelSettings` for a model that is trained; the others are those that suit a detector.
    trainer : mapping of str to object
        Those of its trainer.
    name : str or None
        The name of the model of a run. None: its first one.
    table : mapping of str to object
        How a table is read, as parameters of `load`.
    callbacks : sequence of Callback
        Of the training.
    seed : int
    device : str
    """

    contamination: Any = "auto"
    model: Mapping[str, Any] = field(default_factory=dict)
    trainer: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    table: Mapping[str, Any] = field(default_factory=dict)
    callbacks: Sequence[Callback] = ()
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class Detection:
    """A fitted detector, and what to score with it.

    Attributes
    ----------
    is_training_data : bool
        Whether these are the samples that the detector was fitted on.
    is_trained_now : bool
        Whether its model was trained for it.
    """

    detector: AnomalyDetector
    data: Dataset
    is_training_data: bool
    is_trained_now: bool = False


def open_detector(source: Source, data: str | None, settings: DetectorSettings) -> Detection:
    """Load a detector, or fit one, and load what to score.

    Parameters
    ----------
    source : Source
        A saved detector; a run or a saved model, to whose model one is fitted; or data to learn from.
    data : str or None
        What to score. None: what was learned from. A saved model has no data of its own: these are learned
        from, too.
    settings : DetectorSettings

    Raises
    ------
    DataError
        If data cannot be used.
    """
    is_trained_now = False
    if SavedKind("detector").is_at(source.path):
        detector = load_detector(source.path, device=settings.device)
    else:
        is_trained_now = source.run is None and not source.is_model
        known_model = _new_model if is_trained_now else _trained_model
        model, known = known_model(source, data, settings)
        detector = AnomalyDetector(
            model, contamination=settings.contamination, random_state=settings.seed
        )
        # What three axes of new data mean is known here, and not to be told twice.
        layout: Any = known.layout if is_trained_now and known.X.ndim == 3 else None
        if known.mixed_encoder is None:
            detector.fit(named_samples(known), layout=layout)
        else:
            detector.fit(known.X, encoder=known.mixed_encoder)
        if source.is_model or source.is_own(data):
            return Detection(detector, known, True, is_trained_now)
    scored = source.load(detector.model_, data, **_columns_of(detector), **settings.table)
    return Detection(detector, scored, False, is_trained_now)


def _columns_of(detector: AnomalyDetector) -> dict[str, Any]:
    """The columns that other tables need to have, as parameters of `load`."""
    if detector.table_encoder_ is not None:
        return {"encoder": detector.table_encoder_}
    return {"feature_names": getattr(detector, "feature_names_in_", None)}


def _trained_model(
    source: Source, data: str | None, settings: DetectorSettings
) -> tuple[BaseAutoencoder, Dataset]:
    """The model of a run, or a saved one, with the samples to fit a detector on."""
    model = source.model(settings.name, device=settings.device)[1]
    if source.run is not None:
        return model, _enough(source.load_alike(model))
    return model, _enough(source.load_alike(model, data, **settings.table))


def _new_model(
    source: Source, data: str | None, settings: DetectorSettings
) -> tuple[BaseAutoencoder, Dataset]:
    """A model to be fitted on data, with these."""
    resolve_device(settings.device)
    known = _enough(load(source.source, "all", **settings.table))
    if known.read_as:
        source.say(f"read as: {known.read_as}")
    for note in known.notes:
        source.say(f"note: {note}")
    model = _described_model(known, settings)
    assert model.trainer is not None
    model.trainer.set_params(callbacks=tuple(settings.callbacks))
    source.say(f"learning from {len(known):,} samples ...")
    return model, known


def _described_model(known: Dataset, settings: DetectorSettings) -> BaseAutoencoder:
    """The model that the settings describe, and for what they leave open that of the detector itself."""
    trainer = default_trainer(len(known), device=settings.device)
    model = default_model(known.X.shape, trainer)
    if not settings.model and not settings.trainer:
        return model
    asked = {"latent_dim": model.latent_dim, **settings.model}
    left_open = {} if settings.trainer else trainer.get_params(deep=False)
    host = {"callbacks": (), "device": trainer.device}
    described = ModelSettings(trainer=dict(settings.trainer), **asked)
    return build_model(described, seed=settings.seed, **left_open | host)


def _enough(known: Dataset) -> Dataset:
    if len(known) < 2:
        raise DataError(
            f"'{known.name}' has 1 sample, and a detector learns from at least 2 samples."
        )
    return known
