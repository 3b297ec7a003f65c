"""How much memory a file may ask for: one rule for all readers of data, models and runs."""

import os
from pathlib import Path

from latens.exceptions import DataError, LatensError

__all__ = ["available_memory", "check_memory", "format_bytes"]

# Of the memory that is available, what one thing may take: copies, and what is computed, need the rest.
_SHARE = 0.5
# A file may become this much larger than it is, once that is more than everybody has room for. Deflate
# reaches 1,032 to 1, on zeros alone; a sparse matrix or a declared size reaches anything.
_MOST_RATIO = 500
_FREE = 256 * 2**20
# To ask the system takes a millisecond, longer than many an image: for this much nobody is asked.
_SMALL = 16 * 2**20
# Where the system does not say: what a small machine has.
_UNKNOWN = 4 * 2**30
# A container without a limit says so by a number near 2**63.
_NO_LIMIT = 2**60


def check_memory(
    needed: int, where: str, *, stored: int | None = None, failure: type[LatensError] = DataError
) -> None:
    """Refuse what would not fit in memory, or grows without measure when it is read.

    Ask before the memory is taken, with sizes that a file declares.

    Parameters
    ----------
    needed : int
        The bytes that are about to be taken.
    where : str
        What needs them, as the beginning of an error.
    stored : int or None, default=None
        The bytes of the file that it comes from, where it is not mapped or stored as it is.
    failure : class, default=DataError
        What to raise.

    Raises
    ------
    DataError, or what `failure` is
        If it needs more than half of the memory that is available, or more than 256 MiB as well as 500
        times what is stored.
    """
    if needed < _SMALL:
        return
    free = available_memory()
    if needed > _SHARE * free:
        raise failure(
            f"{where} would take {format_bytes(needed)} in memory, more than half of the "
            f"{format_bytes(free)} that are available. Store it as an uncompressed .npy file, which is "
            "mapped, or use a machine with more memory."
        )
    if stored is not None and needed > max(_FREE, _MOST_RATIO * stored):
        raise failure(
            f"{where} would grow from {format_bytes(stored)} to {format_bytes(needed)}, more than "
            f"{_MOST_RATIO} to 1, and is not read for safety. Store it as an uncompressed .npy file if it is "
            "what you want."
        )


def available_memory() -> int:
    """Return how many bytes this process can take now, limits of a container included."""
    return min(_of_the_machine(), *_of_containers())


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


def _of_the_machine(facts: Path = Path("/proc/meminfo")) -> int:
    try:
        for line in facts.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        # What is installed: macOS does not say what is available.
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


def _of_containers(
    root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")
) -> list[int]:
    """What is left below the limits of the control groups that this process is in, of version 1 and 2."""
    try:
        lines = own.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [_NO_LIMIT]
    left = [_NO_LIMIT]
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers not in ("", "memory"):
            continue
        names = ("memory.max", "memory.current", "inactive_file")
        top = root
        if controllers == "memory":
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            top = root / "memory"
        inner = top / path.strip("/")
        # In a container the path is that of the host, and the group itself lies at the top.
        for folder in (inner, *inner.parents) if inner.is_relative_to(top) else (top,):
            if folder.is_relative_to(top):
                left += _left_in(folder, *names)
    return left


def _left_in(folder: Path, limit: str, used: str, reclaimable: str) -> list[int]:
    try:
        most = int((folder / limit).read_text(encoding="ascii"))
        taken = int((folder / used).read_text(encoding="ascii"))
        facts = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        # Files that are only cached count as used, and give way.
        cached = sum(int(one.split()[1]) for one in facts if one.split()[:1] == [reclaimable])
    except (OSError, ValueError, IndexError):
        return []
    return [max(0, most - taken + cached)] if most < _NO_LIMIT else []
