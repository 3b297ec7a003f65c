"""Files of kinds that are not read, by their names or by their content, each with the way out."""

import json
import re
import zlib
from pathlib import Path

from latens.data.text_content import open_text
from latens.exceptions import DataError

__all__ = ["OTHER_KINDS", "refuse_disguised", "refuse_kind"]

_LOOKED_AT = 4096
_FRAME = "and then frame.to_parquet('x.parquet') or frame.to_csv"
_ARRAY = "and then np.save('x.npy', X)"
_UNPACK = "unpack it, and give the file or folder that is in it"
# What a file is by its ending, and what makes one of it that is read.
OTHER_KINDS = {
    **dict.fromkeys(
        (".xls", ".xlsb"),
        ("an old Excel sheet", f"save it as .xlsx, or pandas.read_excel {_FRAME}"),
    ),
    ".ods": ("a spreadsheet", f"pandas.read_excel {_FRAME}"),
    ".jsonl": ("JSON lines", f"pandas.read_json(..., lines=True) {_FRAME}"),
    ".ndjson": ("JSON lines", f"pandas.read_json(..., lines=True) {_FRAME}"),
    ".json": ("JSON", f"pandas.read_json {_FRAME}"),
    ".html": ("a page of the web", f"pandas.read_html {_FRAME}"),
    ".orc": ("ORC", f"pandas.read_orc {_FRAME}"),
    ".sav": ("SPSS", f"pandas.read_spss {_FRAME}"),
    ".dta": ("Stata", f"pandas.read_stata {_FRAME}"),
    ".sas7bdat": ("SAS", f"pandas.read_sas {_FRAME}"),
    ".arff": ("ARFF", f"pandas.DataFrame(scipy.io.arff.loadarff(...)[0]) {_FRAME}"),
    **dict.fromkeys((".sqlite", ".db"), ("a database", f"pandas.read_sql {_FRAME}")),
    ".h5ad": ("AnnData", "anndata.read_h5ad(...).to_df().to_parquet('x.parquet')"),
    **dict.fromkeys((".h5", ".hdf5"), ("HDF5", f"pandas.read_hdf {_FRAME}, or h5py {_ARRAY}")),
    ".mat": ("MATLAB", f"scipy.io.loadmat {_ARRAY}; MATLAB often has samples in the last axis"),
    ".mtx": ("Matrix Market", "scipy.io.mmread and then scipy.sparse.save_npz('x.npz', X)"),
    **dict.fromkeys((".pt", ".pth"), ("of PyTorch", f"torch.load {_ARRAY}")),
    ".nii": ("NIfTI", f"nibabel.load(...).get_fdata() {_ARRAY}"),
    **dict.fromkeys(
        (".rds", ".rda", ".rdata"),
        ("R's own", "write.csv(x, 'x.csv', row.names = FALSE) in R"),
    ),
    **dict.fromkeys(
        (".pkl", ".pickle"),
        ("a pickle, which runs code,", f"pandas.read_pickle, if you trust it, {_FRAME}"),
    ),
    **dict.fromkeys(
        (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".rar", ".7z"), ("packed", _UNPACK)
    ),
}
# What files of other kinds begin with, and which they are.
_BEGINNINGS = {
    b"PK\x03\x04": ("an Excel sheet or a zip archive", f"rename it to .xlsx, or {_UNPACK}"),
    b"\xd0\xcf\x11\xe0": ("an old Excel sheet", "save it as .xlsx"),
    b"\x89HDF": OTHER_KINDS[".h5"],
    b"PAR1": ("Parquet", "rename it to .parquet"),
    b"\x93NUMPY": ("an array of NumPy", "rename it to .npy"),
    b"\x1f\x8b": ("packed by gzip", "rename it to .csv.gz"),
    b"SQLite format 3": OTHER_KINDS[".sqlite"],
    b"%PDF": ("PDF", "export the table from where it was made"),
    b"version https://git-lfs": ("a pointer of Git LFS, not the data", "git lfs pull"),
}
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)
# A label and numbered values, as LIBSVM and SVMlight write them.
_NUMBERED = re.compile(rb"[-+]?[\d.]+(?:[ \t]+\d+:[-+\d.eE]+)+[ \t]*(?:#.*)?\r?")


def refuse_kind(path: Path, kinds: str) -> DataError:
    """Return the error for a file of a kind that is not read, with the way out.

    Parameters
    ----------
    path : Path
    kinds : str
        What is read.
    """
    ending = path.suffix.lower()
    inner = Path(path.stem).suffix.lower()
    if ending == ".gz" and inner in OTHER_KINDS and inner != ".tar":
        ending = inner
    if ending not in OTHER_KINDS:
        return DataError(f"The file '{path}' is of no kind that is read. Expected {kinds}.")
    what, way_out = OTHER_KINDS[ending]
    return DataError(
        f"The file '{path}' is {what} by its name, which is not read. Make it one that is: {way_out}."
    )


def refuse_disguised(path: Path, where: str) -> None:
    """Refuse a table of text that is something else by its beginning.

    Raises
    ------
    DataError
        If it is.
    """
    try:
        with open_text(path) as file:
            head = file.read(_LOOKED_AT)
    except (OSError, EOFError, zlib.error):
        return  # whoever reads all of it says what is wrong
    found = next((kind for begin, kind in _BEGINNINGS.items() if head.startswith(begin)), None)
    found = found or _kind_of_text(head.removeprefix(b"\xef\xbb\xbf"))
    if found is not None:
        what, way_out = found
        raise DataError(
            f"{where} is {what} by its content, whatever it is called. Make it one that is read: {way_out}."
        )


def _kind_of_text(head: bytes) -> tuple[str, str] | None:
    if _PAGE.match(head):
        return (
            "a page of the web (HTML or XML)",
            f"download the file itself, or use pandas.read_html {_FRAME}",
        )
    lines = [line for line in head.split(b"\n") if line.strip()]
    whole = lines[:-1] if len(head) == _LOOKED_AT else lines
    if whole and all(map(_NUMBERED.fullmatch, whole)) and _are_counted(whole):
        return (
            "in the format of LIBSVM",
            "sklearn.datasets.load_svmlight_file and then scipy.sparse.save_npz('x.npz', X)",
        )
    if lines and lines[0].lstrip()[:1] in (b"{", b"["):
        return _kind_of_json(lines, head)
    return None


def _are_counted(lines: list[bytes]) -> bool:
    """Whether numbers before colons rise in each line, and there are some: times of the day do not."""
    places = [[int(place) for place in re.findall(rb"(\d+):", line)] for line in lines]
    return any(len(row) > 1 for row in places) and all(row == sorted(set(row)) for row in places)


def _kind_of_json(lines: list[bytes], head: bytes) -> tuple[str, str] | None:
    """JSON, if the first line is some, or the first lines begin as an object or a list of them does."""
    first = lines[0].strip()
    try:
        is_object = isinstance(json.loads(first), dict)
    except ValueError:
        is_object = False
    if is_object and len(lines) > 1:
        return OTHER_KINDS[".jsonl"]
    is_open = re.match(rb'\s*(?:\[\s*)?\{\s*"[^"\n]*"\s*:|\s*\[\s*\[', head) is not None
    return OTHER_KINDS[".json"] if is_object or is_open else None
