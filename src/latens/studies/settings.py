"""What a study asks for: one TOML file, checked as a whole before anything runs."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from latens.exceptions import ParameterError

__all__ = ["DataSettings", "ModelSettings", "Study", "check_study", "read_study"]


class _Settings(BaseModel):
    # A misspelt key is an error and not a default.
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataSettings(_Settings):
    """Where the samples come from.

    Attributes
    ----------
    source : str
        What `latens.data.load` takes: a named set, a folder of images or a file.
    label_column : str or None
        The column of a table that holds labels; they score results and choose nothing.
    image_size : int or None
        The longer side that images are resized to, in pixels.
    test_fraction : float in (0, 1)
        The share held out where the data have no test split of their own.
    """

    source: str
    label_column: str | None = None
    image_size: int | None = Field(default=None, ge=2)
    test_fraction: float = Field(default=0.2, gt=0, lt=1)


class ModelSettings(_Settings):
    """One autoencoder of a study.

    Attributes
    ----------
    name : str
        How tables and files call it.
    kind : str
        A kind of `latens.models`, or a dotted path "package.module:Class" to one of your own.
    latent_dim : int
        Numbers per code.
    network : str or None
        "mlp", "convnet", or a dotted path to a factory; None: chosen for the data.
    parameters, network_parameters, trainer : dict
        Further parameters of the kind, the network and the trainer.
    """

    name: str = Field(default="autoencoder", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)
    kind: str = "Autoencoder"
    latent_dim: int = Field(default=10, ge=1)
    network: str | None = None
    parameters: dict[str, Any] = {}
    network_parameters: dict[str, Any] = {}
    trainer: dict[str, Any] = {}


class Study(_Settings):
    """Data, models and their evaluation.

    Attributes
    ----------
    title : str
    data : DataSettings
    models : tuple of ModelSettings
    clusters : int or None
        How many clusters K-means makes; None: the convention of a named set, else chosen by the
        silhouette of the codes. Labels never choose it.
    seed : int
        The first seed.
    seeds : int
        How many seeds; results are means over them.
    max_scored : int
        How many rows of each part are scored at most, the same random ones for all.
    """

    title: str = ""
    data: DataSettings
    models: tuple[ModelSettings, ...] = (ModelSettings(),)
    clusters: int | None = Field(default=None, ge=2)
    seed: int = Field(default=0, ge=0, lt=2**31 - 10_000)
    seeds: int = Field(default=1, ge=1, le=10_000)
    max_scored: int = Field(default=10_000, ge=100)

    @field_validator("models")
    @classmethod
    def _some_models(cls, models: tuple[ModelSettings, ...]) -> tuple[ModelSettings, ...]:
        names = [model.name for model in models]
        if not names or len(set(names)) < len(names):
            raise ValueError("there must be at least one model, and every model needs its own name")
        for name in names:
            if name == "raw" or name.startswith(("pca-", "umap-")):
                raise ValueError(f"the name {name!r} is taken by a baseline")
        return models


def read_study(path: str | Path, **changes: Any) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : str or path
        A TOML file.
    **changes
        Settings of the study that replace those of the file.

    Raises
    ------
    ParameterError
        If the file is not TOML, or asks for something that does not exist.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ParameterError(f"The study '{path}' cannot be read: {error}") from error
    return check_study(content | changes, str(path))


def check_study(content: dict[str, Any], name: str) -> Study:
    """Return the settings of a study as a whole, or the first thing that is wrong with them."""
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "study"
        reason = first["msg"].removeprefix("Value error, ")
        got = "" if isinstance(first["input"], dict | list) else f" Got {first['input']!r} instead."
        raise ParameterError(f"{name}: '{place}': {reason}.{got}") from error
