"""What there is to explore: points, what is known of them, their codes and the decoders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from latens._columns import ColumnKind
from latens.explorer.layers import Layer
from latens.explorer.weights import Precision
from latens.runs import StoredImages

__all__ = ["Codes", "Column", "Decoder", "Exploration", "Images", "Map", "Opening", "Role"]

Images = np.ndarray | StoredImages
Role = Literal["row", "id", "part", "label", "cluster", "error", "item", "own"]


@dataclass(frozen=True, eq=False)
class Map:
    """A place for every point.

    Attributes
    ----------
    name : str
        Of the representation that is drawn, for people.
    places : ndarray of shape (n_points, 2)
    """

    name: str
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Column:
    """One fact about every point.

    Attributes
    ----------
    name : str
    values : ndarray of shape (n_points,)
        Numbers, or places in `names`, where -1 stands for none.
    names : tuple of str or None
        The categories; None for numbers.
    role : {"row", "id", "part", "label", "cluster", "error", "item", "own"}
        What it is to the explorer: the row number, the name and the part of each sample, and what is known of
        it; "own" are the user's own columns, "item" is everything else.
    kind : {"number", "truth", "date", "text"} or None
        What the cells of one of the user's own columns mean; None of other columns.
    meanings : ndarray of shape (len(names),) or None
        What each of the names means, of numbers and dates that stand as text; dates in days since 1970.
    """

    name: str
    values: np.ndarray
    names: tuple[str, ...] | None = None
    role: Role = "item"
    kind: ColumnKind | None = None
    meanings: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Decoder:
    """The way from a code to a sample, as layers that a browser can execute.

    Attributes
    ----------
    layers : tuple of Layer
    precision : {"int8", "float16"}
        How the weights travel.
    error : float
        Mean difference that this makes to what is decoded, in scaled units.
    offset, scale : ndarray of shape () or (n_features,)
        From scaled units to the user's: ``x * scale + offset``.
    tail : ndarray or None
        How far values go, in scaled units, before only their logarithm counts.
    bounded : bool
        Whether scaled values lie in [0, 1]; else they are deviations from the mean.
    """

    layers: tuple[Layer, ...]
    precision: Precision
    error: float
    offset: np.ndarray
    scale: np.ndarray
    bounded: bool
    tail: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Codes:
    """The codes of one model.

    Attributes
    ----------
    name : str
        Of the model, for people.
    values : ndarray of shape (n_points, numbers)
    decoder : Decoder or None
    why_not : str
        Why there is no decoder, as a sentence.
    """

    name: str
    values: np.ndarray
    decoder: Decoder | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Opening:
    """What an explorer shows at first, where that is not the first map by labels, clusters or errors.

    Attributes
    ----------
    maps : tuple of int
        One or two places among the maps.
    column : int
        The place of the column that colors the points.
    selected : tuple of int
        Points.
    """

    maps: tuple[int, ...]
    column: int
    selected: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Exploration:
    """Everything that one explorer shows.

    Attributes
    ----------
    name : str
        Of the data.
    rows : ndarray of shape (n_points,)
        The row number of each point in the data; of a run of version 0.1 that does not know it, in the
        held-out part.
    maps : tuple of Map
        At least one.
    columns : tuple of Column
    codes : tuple of Codes
    images : ndarray of shape (n_points, h, w[, c]), uint8, or StoredImages, or None
    sample_shape : tuple of int
        Of a sample: ``(features,)``, ``(h, w)`` or ``(h, w, c)``.
    table_columns : list of dict or None
        What the columns of a table of mixed kinds are, as `described_columns` has it.
    feature_names : tuple of str or None
        The columns of a table.
    n_samples : int or None
        How many samples the data have; None: as many as there are points.
    fingerprint : str
        Tells the data from others, so that a browser knows whose labels it remembers.
    kept : mapping
        Labels, views and learned classes, as `Keeping.read` has them.
    opening : Opening or None

    Examples
    --------
    >>> places = np.array([[0.0, 0.0], [1.0, 2.0]])
    >>> Exploration("two points", np.arange(2), (Map("plane", places),)).images is None
    True
    """

    name: str
    rows: np.ndarray
    maps: tuple[Map, ...]
    columns: tuple[Column, ...] = ()
    codes: tuple[Codes, ...] = ()
    images: Images | None = None
    sample_shape: tuple[int, ...] = ()
    feature_names: tuple[str, ...] | None = None
    table_columns: list[dict[str, Any]] | None = None
    n_samples: int | None = None
    fingerprint: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)
    opening: Opening | None = None
