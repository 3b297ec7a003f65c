"""How large data may be made by reading a small file, and sizes in words."""

from latens.exceptions import DataError

__all__ = ["MAX_BYTES", "MAX_PIXELS", "check_bytes", "check_expansion", "format_bytes"]

# More than a file of honest data needs on the machines latens is meant for; larger data belongs in
# a .npy file, which is mapped and never read whole.
MAX_BYTES = 32 * 2**30

# 64 megapixels: above any phone's camera, a quarter of a gigabyte when decoded.
MAX_PIXELS = 64 * 10**6

# Deflate reaches 1,032 to 1 on zeros alone. Sparse data compresses far, so the ratio counts only
# where the result is large enough to hurt.
_MAX_RATIO = 500
_RATIO_MATTERS_FROM = 256 * 2**20


def format_bytes(size: int) -> str:
    """Say a number of bytes in the largest unit that keeps it at 1 or more.

    Examples
    --------
    >>> format_bytes(512), format_bytes(30_878_645), format_bytes(3 * 2**30)
    ('512 bytes', '29.4 MiB', '3.0 GiB')
    """
    if size < 1024:
        return f"{size} bytes"
    units = ("KiB", "MiB", "GiB", "TiB", "PiB")
    power = min((size.bit_length() - 1) // 10, len(units))
    return f"{size / 1024**power:,.1f} {units[power - 1]}"


def check_bytes(size: int, where: str) -> None:
    """Refuse data that would not fit in memory.

    Raises
    ------
    DataError
        If `size` bytes are more than `MAX_BYTES`.
    """
    if size > MAX_BYTES:
        raise DataError(
            f"{where} would take {format_bytes(size)} in memory, more than the limit of "
            f"{format_bytes(MAX_BYTES)}. Store it as an uncompressed .npy file, which is mapped."
        )


def check_expansion(compressed: int, expanded: int, where: str) -> None:
    """Refuse a compressed file that grows without measure when it is read.

    Raises
    ------
    DataError
        If the result is too large, or so much larger than the file that it must be a trap.
    """
    check_bytes(expanded, where)
    if expanded > _RATIO_MATTERS_FROM and expanded > _MAX_RATIO * max(compressed, 1):
        raise DataError(
            f"{where} would grow from {format_bytes(compressed)} to {format_bytes(expanded)}, "
            f"more than {_MAX_RATIO} to 1, and is not read for safety. "
            "Store it as an uncompressed .npy file if it is what you want."
        )
