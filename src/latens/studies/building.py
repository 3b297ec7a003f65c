"""From the settings of a model to an estimator."""

import importlib
from collections.abc import Mapping
from typing import Any

from latens import models, networks, training
from latens.exceptions import ParameterError
from latens.models import BaseAutoencoder
from latens.networks import NetworkFactory
from latens.studies.settings import ModelSettings
from latens.training.schedules import SCHEDULES

__all__ = ["build_model"]

_NETWORKS = {
    "mlp": networks.MLP,
    "convnet": networks.ConvNet,
    "resnet": networks.ResNet,
    "vit": networks.ViT,
    "fashion-features": networks.FashionFeaturesNet,
    "cifar-sparse": networks.CifarSparseNet,
    "mnist-reduction": networks.MnistReductionNet,
    "latent-clusters": networks.LatentClustersNet,
}


def build_model(settings: ModelSettings, *, seed: int, **trainer: Any) -> BaseAutoencoder:
    """Return the estimator that the settings describe, unfitted.

    A kind or a network that is not part of latens is imported: `check_study` asks for trust before.

    Parameters
    ----------
    settings : ModelSettings
    seed : int
    **trainer
        Settings of the trainer that the study leaves to its host, such as callbacks.

    Raises
    ------
    ParameterError
        If a kind, a network or a parameter does not exist.
    """
    if settings.latent_dim is None:
        raise ParameterError(
            f"The model '{settings.name}' needs a 'latent_dim'; Study.sized gives one."
        )
    kind = _kind(settings.kind)
    own = {
        "latent_dim": settings.latent_dim,
        "network": _network(settings),
        "trainer": _trainer(settings.trainer | trainer),
        "random_state": seed,
    }
    return _make(kind, own | settings.parameters)


def _kind(name: str) -> type[BaseAutoencoder]:
    if ":" in name:
        own: type[BaseAutoencoder] = _imported(name)
        if not _is_class(own) or not issubclass(own, BaseAutoencoder):
            raise ParameterError(
                f"{name!r} is no kind of model: it must be a subclass of BaseAutoencoder."
            )
        return own
    if name not in models.__all__:
        kinds = ", ".join(models.__all__)
        raise ParameterError(
            f"There is no kind of model called {name!r}. Use one of: {kinds}; or your own as "
            "'package.module:Class'."
        )
    found: type[BaseAutoencoder] = getattr(models, name)
    return found


def _network(settings: ModelSettings) -> NetworkFactory | None:
    name = settings.network
    if name is None:
        if settings.network_parameters:
            raise ParameterError("network_parameters need a network, such as network = 'mlp'.")
        return None
    if ":" in name:
        own = _imported(name)
        if not _is_class(own) or not callable(getattr(own, "build", None)):
            raise ParameterError(
                f"{name!r} is no network: it must be a class with a method 'build'."
            )
        return _make(own, settings.network_parameters)
    if name.lower() not in _NETWORKS:
        raise ParameterError(
            f"There is no network called {name!r}. Use one of: {', '.join(_NETWORKS)}; or your own as "
            "'package.module:Class'."
        )
    return _make(_NETWORKS[name.lower()], settings.network_parameters)


def _trainer(settings: dict[str, Any]) -> training.Trainer:
    """The trainer; its schedule may be a table such as { name = "plateau", patience = 5 }."""
    schedule = settings.get("schedule")
    if isinstance(schedule, dict):
        name = schedule.get("name")
        if name not in SCHEDULES:
            raise ParameterError(
                f"There is no schedule called {name!r}. Use one of: {', '.join(SCHEDULES)}."
            )
        parameters = {key: value for key, value in schedule.items() if key != "name"}
        settings = settings | {"schedule": _make(type(SCHEDULES[name]), parameters)}
    made: training.Trainer = _make(training.Trainer, settings)
    return made


def _imported(path: str) -> Any:
    """What package.module:Class names."""
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever a module of somebody else raises
        raise ParameterError(
            f"'{path}' cannot be imported ({type(error).__name__}: {error}). Name it as "
            "'package.module:Class'; the package must be importable from here."
        ) from error


def _is_class(found: Any) -> bool:
    return isinstance(found, type)


def _make(kind: Any, parameters: Mapping[str, Any]) -> Any:
    known = kind().get_params(deep=False) if hasattr(kind, "get_params") else None
    unknown = [] if known is None else [name for name in parameters if name not in known]
    if unknown:
        raise ParameterError(
            f"{kind.__name__} has no parameter {unknown[0]!r}. It has: {', '.join(sorted(known or ()))}."
        )
    # TOML and JSON have lists where Python's parameters are tuples.
    arguments = {
        key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()
    }
    try:
        return kind(**arguments)
    except TypeError as error:
        raise ParameterError(
            f"{kind.__name__} cannot be made with the parameters {', '.join(arguments)}: {error}."
        ) from error
