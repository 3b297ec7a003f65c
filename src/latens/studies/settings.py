"""What a study asks for: one TOML file, checked as a whole before anything runs."""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from latens._regular_files import check_regular
from latens.data.layouts import Layout
from latens.data.table_encoding.recognition import KindName
from latens.exceptions import ParameterError, UntrustedError

__all__ = [
    "DataSettings",
    "ModelSettings",
    "PartitionSettings",
    "ProtocolSettings",
    "PublishedSettings",
    "SmallSettings",
    "Study",
    "SweepSettings",
    "TsneSettings",
    "at_small_scale",
    "check_study",
    "read_study",
]


_USUAL_SIZE = 10
_LONGEST_STUDY = 64 * 1024
_MOST_PARTS = 1_000


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
    id_column, without, keep, kinds, missing, header, decimal, encoding
        Those of `load`, for tables.
    image_size : int or None
        The side of the squares that images are resized to, in pixels.
    test_fraction : float in (0, 1)
        The share held out where the data have no test split of their own.
    grey : bool
        Whether images in color are made grey.
    pad : int
        Black pixels added on every side of every image, for networks that want a size.
    layout : {"images", "channels-first", "series", "table"} or None
        What the axes of an array mean; None: told by its shape and values.
    strict : bool
        Whether a folder of images of which one cannot be read is refused.
    """

    source: str
    label_column: str | None = None
    id_column: str | None = None
    without: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    kinds: dict[str, KindName | tuple[str, ...]] = Field(default_factory=dict)
    missing: Literal["mark", "refuse", "drop", "median"] = "mark"
    header: int | None = Field(default=None, ge=0)
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    image_size: int | None = Field(default=None, ge=2)
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    grey: bool = False
    pad: int = Field(default=0, ge=0, le=1024)
    layout: Layout | None = None
    strict: bool = False


class ModelSettings(_Settings):
    """One autoencoder of a study.

    Attributes
    ----------
    name : str
        How tables and files call it.
    kind : str
        A kind of `latens.models`, or a dotted path "package.module:Class" to one of your own.
    latent_dim : int or None
        Latent dimensions. None: 10, or for samples of fewer than 20 values half as many as they have.
    network : str or None
        "mlp", "convnet", or a dotted path to a factory; None: chosen for the data.
    parameters, network_parameters, trainer : dict
        Further parameters of the kind, the network and the trainer.
    seeds : int or None
        With how many seeds of the study's at most, for a network that takes hours; None: with all of them.
    """

    name: str = Field(default="autoencoder", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)
    kind: str = "Autoencoder"
    latent_dim: int | None = Field(default=None, ge=1)
    network: str | None = None
    parameters: dict[str, Any] = {}
    network_parameters: dict[str, Any] = {}
    trainer: dict[str, Any] = {}
    seeds: int | None = Field(default=None, ge=1)

    @field_validator("trainer")
    @classmethod
    def _without_side_effects(cls, trainer: dict[str, Any]) -> dict[str, Any]:
        for name in ("callbacks", "checkpoint", "device"):
            if name in trainer:
                raise ValueError(f"a study does not set {name!r}; whoever runs it does")
        return trainer

    @field_validator("parameters")
    @classmethod
    def _set_once(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        for name in ("latent_dim", "network", "trainer", "random_state"):
            if name in parameters:
                raise ValueError(
                    f"{name!r} is not set here; it is a setting of the model or the study"
                )
        return parameters

    @property
    def foreign_names(self) -> tuple[str, ...]:
        """The names of classes that are not part of latens; to build the model is to import them."""
        return tuple(name for name in (self.kind, self.network) if name is not None and ":" in name)


class TsneSettings(_Settings):
    """A t-SNE whose divergence is reported, in openTSNE's units (a learning rate is 4 x scikit-learn's)."""

    perplexity: float = Field(gt=1)
    learning_rate: float = Field(gt=0)
    angle: float = Field(default=0.5, gt=0, lt=1)
    iterations: int = Field(default=750, ge=1)


class PartitionSettings(_Settings):
    """K-means fitted on the codes of the held-out samples themselves, as many papers do."""

    k: int = Field(ge=2)
    restarts: int = Field(default=10, ge=1)


class SweepSettings(_Settings):
    """K-means on the codes of all samples for every k from `smallest` to `largest`."""

    smallest: int = Field(default=2, ge=2)
    largest: int = Field(ge=2)
    restarts: int = Field(default=10, ge=1)


class ProtocolSettings(_Settings):
    """What an earlier study measured, beyond the comparison that every study makes.

    Attributes
    ----------
    variances : tuple of float in (0, 1)
        PCA of all samples with as many components as keep these shares of the variance.
    tsne : TsneSettings or None
    partition : PartitionSettings or None
    sweep : SweepSettings or None
    """

    variances: tuple[float, ...] = ()
    tsne: TsneSettings | None = None
    partition: PartitionSettings | None = None
    sweep: SweepSettings | None = None


class PublishedSettings(_Settings):
    """A figure to stand beside ours.

    Attributes
    ----------
    what : str
        In words.
    measure : str
        The name of what is measured here, such as "held-out.psnr" or "partition.clustering_accuracy".
    value : float or None
        What was published; None if only a picture was.
    representation : str
        Which one the published figure is about.
    goal : float or None
        What `candidate` should reach.
    candidate : str or None
        Which one the goal is for; None: "latens" where the figure is about "published", else none.
    better : {"higher", "lower"}
    """

    what: str
    measure: str
    value: float | None = None
    representation: str = "published"
    goal: float | None = None
    candidate: str | None = None
    better: Literal["higher", "lower"] = "higher"

    @model_validator(mode="before")
    @classmethod
    def _usual_candidate(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("representation", "published") == "published":
            return {"candidate": "latens", **given}
        return given


class SmallSettings(_Settings):
    """What `--scale small` changes, so that a study takes a minute or two on data that ship with latens."""

    data: DataSettings
    max_epochs: int = Field(default=2, ge=1)
    max_scored: int = Field(default=1000, ge=100)
    tsne_iterations: int = Field(default=250, ge=1)
    restarts: int = Field(default=3, ge=1)


class Study(_Settings):
    """Data, models and their evaluation.

    Attributes
    ----------
    title : str
    data : DataSettings
    models : tuple of ModelSettings
    clusters : int or None
        How many clusters K-means makes; None: the convention of a named set, else a number that is clear
        without labels, else as many as there are classes.
    seed : int
        The first seed.
    seeds : int
        How many seeds; results are means over them.
    max_scored : int
        How many rows of each part are scored at most, the same random ones for all.
    protocol : ProtocolSettings
    published : tuple of PublishedSettings
    small : SmallSettings or None
        What is different at small scale.
    scale : {"small", "full"}
    """

    title: str = ""
    data: DataSettings
    models: tuple[ModelSettings, ...] = (ModelSettings(),)
    clusters: int | None = Field(default=None, ge=2)
    seed: int = Field(default=0, ge=0, lt=2**31 - 10_000)
    seeds: int = Field(default=1, ge=1, le=10_000)
    max_scored: int = Field(default=10_000, ge=100)
    protocol: ProtocolSettings = ProtocolSettings()
    published: tuple[PublishedSettings, ...] = ()
    small: SmallSettings | None = None
    scale: Literal["small", "full"] = "full"

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

    @property
    def foreign_names(self) -> tuple[str, ...]:
        """The names of classes that are not part of latens, of all models."""
        return tuple(name for model in self.models for name in model.foreign_names)

    def sized(self, n_values: int) -> "Study":
        """Return the study with the size of every code settled, for samples of this many values."""
        usual = min(_USUAL_SIZE, max(1, n_values // 2))
        models = tuple(
            one if one.latent_dim else one.model_copy(update={"latent_dim": usual})
            for one in self.models
        )
        return self.model_copy(update={"models": models})

    def models_of(self, seed: int) -> tuple[ModelSettings, ...]:
        """Return the models that are trained with a seed."""
        before = seed - self.seed
        return tuple(one for one in self.models if one.seeds is None or before < one.seeds)

    def all_seeds(self) -> range:
        """Return the seeds, in their order."""
        return range(self.seed, self.seed + self.seeds)


def read_study(path: str | Path, *, trust: bool = False, **changes: Any) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : str or path
        A TOML file.
    trust : bool, default=False
        Accept names of classes that are not part of latens: a study that is carried out imports them, and
        so runs their code.
    **changes
        Settings of the study that replace those of the file.

    Raises
    ------
    ParameterError
        If the file is not TOML, or asks for something that does not exist.
    UntrustedError
        If it names a class that is not part of latens, without `trust`.
    """
    try:
        text = _text_of(Path(path))
        content = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ParameterError(f"The study '{path}' cannot be read: {reason}.") from error
    return check_study(content | changes, f"The study '{path}'", trust=trust)


def _text_of(path: Path) -> str:
    """The text of a study file. Studies are short, and keys of very many parts take tomllib gigabytes."""
    check_regular(path)
    if path.stat().st_size > _LONGEST_STUDY:
        raise ValueError(f"it has more than {_LONGEST_STUDY // 1024} KiB")
    text = path.read_text(encoding="utf-8")
    if any(line.count(".") > _MOST_PARTS for line in text.splitlines()):
        raise ValueError(f"it has a line with more than {_MOST_PARTS:,} dots")
    return text


def at_small_scale(study: Study, name: str) -> Study:
    """Return the study on small data and with few epochs.

    Raises
    ------
    ParameterError
        If the study does not say what is different at small scale.
    """
    if study.small is None:
        raise ParameterError(
            f"The study '{name}' has no [small] part that says which data --scale small takes. Add one, or "
            "run it in full."
        )
    small = study.small
    brief = {"max_epochs": small.max_epochs}
    models = tuple(
        model.model_copy(update={"trainer": model.trainer | brief}) for model in study.models
    )
    protocol = study.protocol
    if protocol.partition is not None:
        restarts = min(protocol.partition.restarts, small.restarts)
        partition = protocol.partition.model_copy(update={"restarts": restarts})
        protocol = protocol.model_copy(update={"partition": partition})
    if protocol.tsne is not None:
        iterations = min(protocol.tsne.iterations, small.tsne_iterations)
        tsne = protocol.tsne.model_copy(update={"iterations": iterations})
        protocol = protocol.model_copy(update={"tsne": tsne})
    changes = {
        "data": small.data,
        "models": models,
        "max_scored": min(study.max_scored, small.max_scored),
        "protocol": protocol,
        "scale": "small",
    }
    return study.model_copy(update=changes)


def check_study(content: dict[str, Any], name: str, *, trust: bool = False) -> Study:
    """Return the settings of a study as a whole, or the first thing that is wrong with them.

    Parameters
    ----------
    content : dict
        As a study file has them. Nothing that they name is imported here.
    name : str
        Where they come from, as the beginning of an error.
    trust : bool, default=False
        Accept names of classes that are not part of latens.

    Raises
    ------
    ParameterError
        If a setting is wrong.
    UntrustedError
        If a model names a class that is not part of latens, without `trust`.
    """
    study = _validated(content, name)
    if study.foreign_names and not trust:
        raise UntrustedError(
            f"{name} names {study.foreign_names[0]!r}, which is not part of latens: to import it would run "
            "its code."
        )
    return study


def _validated(content: dict[str, Any], name: str) -> Study:
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "study"
        reason = first["msg"].removeprefix("Value error, ")
        is_long = isinstance(first["input"], dict | list)
        got = "" if is_long else f" Got {first['input']!r:.80} instead."
        raise ParameterError(f"{name}: '{place}': {reason}.{got}") from error
