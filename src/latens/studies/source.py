"""What a use starts from: a run with its models and its data, or a model that was saved alone."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from latens.applications.classify.finding import held_out_fifth
from latens.applications.new_data import check_shape, load_new_data
from latens.applications.own_data import DATA_CHANGED, load_own_data
from latens.data import Dataset, Split, TableEncoder
from latens.data.converted import load_beside_labels
from latens.exceptions import RunError
from latens.models import BaseAutoencoder, load_model
from latens.runs import Finding, Run, array_names
from latens.studies.preparation import Prepared, prepared_again, recorded_study
from latens.studies.settings import Study

__all__ = ["Source"]

Kind = TypeVar("Kind", bound=BaseAutoencoder)


class Source:
    """A run, or a model that was saved alone, of whose data nobody knows.

    Parameters
    ----------
    path : str or path
        Of a run or a saved model.
    say : callable
        Is told what was changed in other data than those of the run, while they were read.

    Attributes
    ----------
    source : str
        The path as it was given, which may also be the name of a data set.
    run : Run or None
        None where the path is no run.
    """

    def __init__(self, path: str | Path, say: Callable[[str], None] = lambda words: None) -> None:
        self.say = say
        self.source = str(path)
        self.path = Path(path)
        is_run = (self.path / "run.json").is_file()
        self.run = Run.open(self.path) if is_run else None

    @property
    def is_model(self) -> bool:
        """Whether it is a saved model."""
        return (self.path / "model.json").is_file()

    def opened(self) -> Run:
        """Return the run."""
        return self.run or Run.open(self.path)

    @cached_property
    def study(self) -> Study | None:
        """What a run was asked for."""
        return None if self.run is None else recorded_study(self.run)

    @cached_property
    def prepared(self) -> Prepared:
        """What the run learned from and what it held out."""
        return prepared_again(self.opened())

    def feature_names(self, X: np.ndarray) -> list[str] | None:
        """Return the names of the columns of samples that a model of the run has made."""
        names = None if self.run is None else self.run.feature_names
        if names is not None and X.ndim == 2 and len(names) != X.shape[1]:
            raise RunError(
                f"The run '{self.path}' is damaged: it names {len(names)} columns, and its model makes "
                f"{X.shape[1]}."
            )
        return names

    def model(
        self, name: str | None = None, *, device: str = "auto"
    ) -> tuple[str, BaseAutoencoder]:
        """Load the model with a name, by default the first one of a run; return its name, too.

        Raises
        ------
        RunError
            If it is neither a run nor a model, or a run without such a model.
        """
        if self.is_model:
            return "model", load_model(self.path, device=device)
        chosen, folder = self.opened().trained_model(name)
        return chosen, load_model(folder, device=device)

    def other_models(self, first: str, *, device: str = "auto") -> dict[str, BaseAutoencoder]:
        """Load all models but the one with a name, by their names."""
        names = () if self.run is None else self.run.model_names
        return dict(self.model(name, device=device) for name in names if name != first)

    def model_of_kind(self, kind: type[Kind], *, device: str = "auto") -> Kind:
        """Load the first trained model of a kind."""
        run = self.opened()
        for folder in map(run.model_path, run.model_names):
            model = load_model(folder, device=device) if folder.is_dir() else None
            if isinstance(model, kind):
                return model
        name = kind.__name__
        raise RunError(
            f"The run '{run.path}' has no trained {name}. Train one: latens run DATA --model {name}."
        )

    def centers(self, name: str) -> np.ndarray | None:
        """Return the centers of the clusters of a model's codes; None where they are not known."""
        array = array_names.centers(name)
        return self.run.array(array) if self.run and self.run.has_array(array) else None

    def is_own(self, data: str | None) -> bool:
        """Whether data are those that the run learned from, as None is."""
        if data is None or self.study is None:
            return data is None
        here, source = Path(data), Path(self.study.data.source)
        return data == self.study.data.source or (
            here.exists() and source.exists() and here.samefile(source)
        )

    def load(
        self,
        model: BaseAutoencoder,
        data: str | None = None,
        split: Split = "all",
        *,
        feature_names: Sequence[str] | None = None,
        encoder: TableEncoder | None = None,
        **table: Any,
    ) -> Dataset:
        """Load the data to use a model on: those of the run, or others read in the same way.

        Parameters
        ----------
        model : autoencoder
            Fitted.
        data : str or None, default=None
            What to load. None: what the run learned from.
        split : {"all", "train", "test"}, default="all"
        feature_names : sequence of str or None, default=None
            The columns of another table. None: those that the run learned from.
        encoder : TableEncoder or None, default=None
            What was learned of the columns of a table. None: what the model knows.
        **table
            How another table is read, as parameters of `load`, instead of as that of the run.

        Raises
        ------
        DataError
            If they lack columns that were learned from.
        """
        if not table and self.study is not None and self.is_own(data):
            own = load_own_data(self.opened(), split)
            if DATA_CHANGED in own.notes:
                self.say(f"note: {DATA_CHANGED}")
            return own
        if data is None:
            raise RunError(f"'{self.path}' has no data of its own.")
        encoder = encoder or model.table_encoder_
        if table or (encoder is not None and encoder is not model.table_encoder_):
            known: dict[str, Any] = {"feature_names": feature_names}
            dataset = load_beside_labels(
                data, split, **(known if encoder is None else {"encoder": encoder}), **table
            )
        else:
            settings = {} if self.study is None else self.study.data.model_dump()
            if feature_names is None and self.run is not None:
                feature_names = self.run.feature_names
            how: Any = {"feature_names": feature_names, "settings": settings}
            dataset = load_new_data(model, data, split, **how)
        for note in dataset.notes:
            self.say(f"note: {note}")
        return dataset

    def load_alike(
        self, model: BaseAutoencoder, data: str | None = None, split: Split = "all", **table: Any
    ) -> Dataset:
        """Load what `load` does.

        Raises
        ------
        DataError
            As `load`, or if they have another shape than what the model has learned from.
        """
        dataset = self.load(model, data, split, **table)
        check_shape(dataset, model)
        return dataset

    def load_parts(
        self, model: BaseAutoencoder, data: str | None = None
    ) -> tuple[Dataset, Dataset]:
        """Load samples to learn from and to score on: of the run, the data's own parts, or a random fifth.

        Raises
        ------
        DataError
            As `load_alike`.
        """
        if self.is_own(data):
            # Other samples to score on would be among those that the encoder has learned from.
            return self.prepared.train, self.prepared.test
        train = self.load_alike(model, data, "train")
        if train.has_split:
            return train, self.load_alike(model, data, "test")
        return held_out_fifth(train)

    def check_writable(self) -> None:
        """Refuse a run that its result cannot be written into; a saved model has no place for any."""
        if self.run is not None:
            self.run.check_writable()

    def keep(self, name: str, found: Finding) -> None:
        """Write what a use found into a run, for its report."""
        if self.run is not None:
            self.run.write_finding(name, found)
