"""Where a result came from: versions, machine and time."""

import os
import platform
import shutil
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from latens._devices import resolve_device

__all__ = ["machine", "now", "software"]

_PACKAGES = ("latens", "torch", "numpy", "scipy", "scikit-learn", "openTSNE")


def now() -> str:
    """Return the present time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def software() -> dict[str, str]:
    """Return the versions that decide a result, and the kind of machine (not its name)."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    versions["platform"] = f"{platform.system()} {platform.machine()}"
    versions["threads"] = str(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    )
    return versions


def machine() -> dict[str, str]:
    """Return what this machine offers: devices, memory and room on the disk of the present folder."""
    import torch

    facts = {"device": str(resolve_device("auto"))}
    if torch.cuda.is_available():
        facts["GPU"] = torch.cuda.get_device_name()
    else:
        facts["GPU"] = "none that this torch can use; everything works on the CPU"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        facts["memory"] = f"{memory:.1f} GiB"
    facts["free disk here"] = f"{shutil.disk_usage('.').free / 2**30:.1f} GiB"
    return facts
