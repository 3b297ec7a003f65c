"""Where a result came from: versions, machine and time."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

__all__ = ["now", "software"]

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
