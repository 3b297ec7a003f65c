"""Samples as items to search: their codes, names and pictures, and queries of all kinds."""

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from latens._identity import Identity
from latens._text import listed, shortened
from latens.applications.own_data import fingerprint_of_own, load_own_data
from latens.applications.search.iterative_quantization import IterativeQuantization
from latens.applications.search.similarity_index import SimilarityIndex
from latens.data import Dataset
from latens.data.converted import CONVERSIONS, load_beside_labels
from latens.data.image_depth import check_depth
from latens.data.image_files import ENDINGS, read_image
from latens.data.table_options import TABLE_SETTINGS
from latens.exceptions import DataError, ParameterError
from latens.runs import Run, array_names

__all__ = ["SearchItems", "Searchable"]


@dataclass(frozen=True, eq=False)
class SearchItems:
    """Samples to search among, with their codes.

    Attributes
    ----------
    dataset : Dataset
    model : BaseAutoencoder
    codes : ndarray of shape (n_samples, latent_dim)
    model_name : str
        What sentences call the model.
    settings : dict of str to object
        What was done to the data, and is done to queries: keyword arguments of `load_converted`.

    Examples
    --------
    >>> from latens.applications import SearchItems
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> SearchItems.of_model(model, Dataset(X)).codes.shape
    (64, 3)
    """

    dataset: Dataset
    model: Any
    codes: npt.NDArray[Any]
    model_name: str = "the model"
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_model(cls, model: Any, dataset: Dataset, name: str = "the model") -> Self:
        """Code the samples of a data set by a fitted model."""
        return cls(dataset, model, model.transform(dataset.X), name)

    @classmethod
    def of_run(cls, run: Run, model: str | None = None, *, device: str = "auto") -> Self:
        """Load the data and a model of a run, its first one if none is named.

        The codes are kept in the run folder, under the fingerprint of the data, and computed again only
        for data that have changed.

        Raises
        ------
        RunError
            If the run has no such model, or has not trained it yet.
        DataError
            If the data are not there any more.
        """
        from latens.models import load_model

        name, folder = run.trained_model(model)
        fitted = load_model(folder, device=device)
        data = run.study["data"]
        # A run of before may lack the last ones.
        settings = {name: data[name] for name in CONVERSIONS if name in data}
        dataset = load_own_data(run)
        return cls(dataset, fitted, _codes(run, name, fitted, dataset), name, settings)

    @property
    def is_binary(self) -> bool:
        """Whether the model gives bits."""
        return bool(np.isin(self.codes[:1000], (0, 1)).all())

    def searchable(self, bits: int | None = None) -> "Searchable":
        """Return an index of all samples by their codes, or by this many bits.

        Bits of a model that gives bits are its own; those of real codes come from
        `IterativeQuantization`.

        Raises
        ------
        ParameterError
            If the codes cannot have this many bits.
        """
        width = self.codes.shape[1]
        if bits is None and not self.is_binary:
            return Searchable.of(self.codes, None)
        if self.is_binary:
            if bits not in (None, width):
                raise ParameterError(
                    f"The codes of '{self.model_name}' are {width} bits. Leave `bits` out."
                )
            return Searchable.of(self.codes, "bits")
        if bits is None or not 1 <= bits <= width:
            raise ParameterError(
                f"The codes of '{self.model_name}' have {width} dimensions, which give 1 to {width} bits. "
                f"Got {bits} instead."
            )
        return Searchable.of(
            self.codes, IterativeQuantization(bits, random_state=0).fit(self.codes)
        )

    def query(self, query: str | Path) -> Dataset:
        """Return the samples of an image file or of a data file, with names.

        Raises
        ------
        DataError
            If the file cannot be read, or its samples have another shape than the run's.
        """
        path = Path(query)
        if path.suffix.lower() in ENDINGS and path.is_file():
            return Dataset(self._image(path)[None], item_names=(path.name,), items_are_files=True)
        shape = self.dataset.X.shape[1:]
        asked = self._load_query(path)
        check_depth(asked, self.model.scaling_)
        if asked.X.shape[1:] != shape:
            raise DataError(
                f"The samples of '{query}' have the shape {asked.X.shape[1:]}, those of the run {shape}."
            )
        rows = tuple(f"{asked.name}, row {row}" for row in asked.rows.tolist())
        return replace(asked, item_names=asked.item_names or rows)

    @property
    def identity(self) -> Identity:
        """What each sample is known by."""
        return self.dataset.identity

    def row_called(self, name: str) -> int:
        """Return the row number of the sample of a name, or of the end of the path that is its name.

        Raises
        ------
        DataError
            If no sample is called so, or several are.
        """
        known = self.identity
        place = known.place_called(name)
        if place is not None:
            return known.row(place)
        ends = [one for one, full in enumerate(known.ids or ()) if full.endswith(f"/{name}")]
        if len(ends) == 1:
            return known.row(ends[0])
        if ends:
            several = listed([known.ids[one] for one in ends] if known.ids else [])
            raise DataError(f"{len(ends):,} samples are called '{shortened(name)}': {several}.")
        close = get_close_matches(name, list(known.ids or ()), n=1)
        hint = f" Did you mean '{shortened(close[0])}'?" if close else ""
        why = (
            ""
            if known.ids
            else " They have no names: give a row, or name a column with --id-column."
        )
        raise DataError(
            f"The data of the run have no sample called '{shortened(name)}'.{hint}{why}"
        )

    def label(self, place: int) -> str | None:
        """Return the class of a sample, where the data have any."""
        y, names = self.dataset.y, self.dataset.names
        return None if y is None or names is None or y[place] < 0 else names[y[place]]

    def pictures(self, X: npt.NDArray[Any]) -> npt.NDArray[np.uint8] | None:
        """Return samples as pictures of bytes; None for a table."""
        if X.ndim < 3:
            return None
        scaled = self.model.scaling_.apply(X)
        if not self.model.scaling_.bounded:
            scaled = (scaled - scaled.min()) / (float(np.ptp(scaled)) or 1.0)
        pictures: npt.NDArray[np.uint8] = (scaled.clip(0, 1) * 255).round().astype(np.uint8)
        if pictures.ndim == 4 and pictures.shape[-1] != 3:
            return pictures[..., 0] if pictures.shape[-1] < 3 else pictures[..., :3]
        return pictures

    @property
    def _border(self) -> int:
        return int(self.settings.get("pad", 0))

    @property
    def _size(self) -> tuple[int, int]:
        """Height and width of an image without the border that the run gives it."""
        height, width = self.dataset.X.shape[1:3]
        return height - 2 * self._border, width - 2 * self._border

    def _load_query(self, path: Path) -> Dataset:
        """Samples of a data file, converted as those of the run are."""
        size = self._size if self.dataset.X.ndim > 2 and path.is_dir() else None
        # How the file or the folder of the run is written says nothing of another.
        others = {"strict", *TABLE_SETTINGS} | ({"layout"} if path.is_dir() else set())
        own = {name: one for name, one in self.settings.items() if name not in others}
        settings = own | {
            "image_size": size,
            "feature_names": self.dataset.feature_names,
        }
        if self.model.table_encoder_ is not None:
            settings |= {"feature_names": None, "encoder": self.model.table_encoder_}
        return load_beside_labels(path, "all", **{"label_column": None, **settings})

    def _image(self, path: Path) -> npt.NDArray[Any]:
        """An image in the size and the colors of the run's."""
        shape = self.dataset.X.shape[1:]
        if len(shape) < 2:
            raise DataError(f"'{path}' is an image, but the run was trained on a table.")
        try:
            pixels = read_image(path, self._size, rgb=len(shape) == 3)
        except DataError as error:
            raise DataError(f"'{path}' cannot be read: {error}.") from error
        scaling, wanted = self.model.scaling_, self.dataset.X.dtype
        if self.dataset.item_names is not None and pixels.dtype == wanted:
            return self._bordered(pixels)
        if pixels.dtype == np.int32:  # values with a sign, which have no white
            return self._bordered(pixels.astype(np.result_type(wanted, np.int32)))
        if not scaling.bounded:
            raise DataError(
                f"'{path}' cannot be compared: the images of the run are not in a range from dark to bright. "
                "Give the query as .npy, in the units of the data."
            )
        # Black and white are the ends of the run's range, whatever its numbers are.
        meant = scaling.undo(pixels / np.iinfo(pixels.dtype).max)
        image: npt.NDArray[Any] = meant.round() if wanted.kind in "iu" else meant
        return self._bordered(image.astype(wanted))

    def _bordered(self, image: npt.NDArray[Any]) -> npt.NDArray[Any]:
        border = [(self._border,) * 2, (self._border,) * 2, (0, 0)][: image.ndim]
        return np.pad(image, border)


@dataclass(frozen=True, eq=False)
class Searchable:
    """An index, and what makes its items of the codes of a model.

    Attributes
    ----------
    index : SimilarityIndex
        The id of an item is the place of its sample.
    hashing : IterativeQuantization or None
    distance : str
        What distances are, in words.
    """

    index: SimilarityIndex
    hashing: IterativeQuantization | None
    distance: str

    @classmethod
    def of(cls, codes: npt.NDArray[Any], hashing: Any) -> Self:
        """Index codes as they are (None), as the bits that they are ("bits"), or hashed to bits."""
        if hashing is None:
            made = cls(SimilarityIndex(), None, "Euclidean distance")
        elif hashing == "bits":
            made = cls(SimilarityIndex("hamming"), None, f"different bits of {codes.shape[1]}")
        else:
            words = f"different bits of {hashing.n_bits}"
            made = cls(SimilarityIndex("hamming"), hashing, words)
        made.index.add(made.items(codes))
        return made

    def items(self, codes: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return codes as the index takes them."""
        return codes if self.hashing is None else self.hashing.transform(codes)


def _codes(run: Run, name: str, model: Any, dataset: Dataset) -> npt.NDArray[Any]:
    """The codes of all samples: those in the run, if they are of these very data."""
    array = array_names.all_codes(name, fingerprint_of_own(run, dataset))
    if array in run.arrays():
        kept = np.asarray(run.array(array))
        if kept.shape == (len(dataset), model.latent_dim) and np.isfinite(kept).all():
            return kept
    codes: npt.NDArray[Any] = model.transform(dataset.X)
    with run.writing():
        run.write_array(array, codes)
    return codes
