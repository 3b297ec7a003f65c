"""What a page is made of: sections of figures, tables and text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from markupsafe import Markup

__all__ = [
    "Block",
    "Cell",
    "Embedded",
    "Figure",
    "Figures",
    "Fold",
    "Group",
    "Heading",
    "Image",
    "Paragraph",
    "ReportTable",
    "Section",
]


@dataclass(frozen=True)
class Image:
    """A small picture in a table or the head of the page.

    Attributes
    ----------
    source : str
        A data URI.
    alt : str
        What it shows, in words.
    width, height : int
        In pixels of the file.
    """

    source: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption.

    Attributes
    ----------
    svg : Markup
        Made by `inline_svg`, and nothing else, as it goes into the page as it is.
    caption : str
    least_width : int
        Pixels below which it is scrolled and not shrunk, so that its text stays legible.
    width : int
        Pixels it is drawn for.
    """

    kind: ClassVar[str] = "figure"
    svg: Markup
    caption: str
    width: int = 1000
    least_width: int = 640


@dataclass(frozen=True)
class Figures:
    """Small figures side by side where there is room, under one caption."""

    kind: ClassVar[str] = "figures"
    figures: tuple[Figure, ...]
    caption: str


@dataclass(frozen=True)
class Paragraph:
    """A heading inside a section with a paragraph, either of which may be empty; or a listing."""

    kind: ClassVar[str] = "text"
    heading: str = ""
    text: str = ""
    listing: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Embedded:
    """The explorer, with a few words on how to use it.

    Attributes
    ----------
    text : str
    html : Markup
        Made by `latens.explorer`, and nothing else, as it goes into the page as it is.
    """

    kind: ClassVar[str] = "embedded"
    text: str
    html: Markup


@dataclass(frozen=True)
class Group:
    """A heading over several columns."""

    text: str
    span: int


@dataclass(frozen=True)
class Heading:
    """The heading of a column.

    Attributes
    ----------
    text : str
    title : str
        Explained on hover, and read out by screen readers.
    better : str
        "higher", "lower" or "".
    number : bool
        Whether the column holds numbers, which are set to the right.
    """

    text: str
    title: str = ""
    better: str = ""
    number: bool = False


@dataclass(frozen=True)
class Cell:
    """One value.

    Attributes
    ----------
    text : str
    detail : str
        In smaller type behind it, such as the spread.
    title : str
        Explained on hover.
    best : bool
    number : bool
    long : bool
        Whether it is worth showing up to 400 characters, as a fingerprint is.
    copied : bool
        Whether it is a command or a value that is set as code, with a button that copies it.
    row : int or None
        The row number of the sample that it names, whose place on the map it then links to.
    span : int
    image : Image or None
    """

    text: str
    detail: str = ""
    title: str = ""
    best: bool = False
    number: bool = False
    long: bool = False
    copied: bool = False
    row: int | None = None
    span: int = 1
    image: Image | None = None


@dataclass(frozen=True)
class ReportTable:
    """A table; the first cell of each row is its heading. Facts need no headings of columns."""

    kind: ClassVar[str] = "table"
    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[Group, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Fold:
    """Blocks that the reader opens, under a line that says what they are."""

    kind: ClassVar[str] = "fold"
    summary: str
    blocks: tuple["Figure | Figures | ReportTable | Paragraph", ...]
    is_open: bool = False


Block = Embedded | Figure | Figures | Fold | ReportTable | Paragraph


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading of its own.

    Attributes
    ----------
    id : str
        For links.
    title, lead : str
    blocks : tuple of Block
    missing : tuple of str
        What cannot be shown, and why.
    data : mapping
        The same facts for report.json.
    """

    id: str
    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()
    missing: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
