"""What no file may cause: connections, programs, imports, and writing outside the scratch folder."""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["Guard"]

_NEVER = (
    *("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto", "urllib.Request"),
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"),
    *("pickle.find_class", "webbrowser.open", "code.interact", "builtins.input"),
)
# The one program that latens starts itself, whatever it reads; it is given arrays alone.
_MAPS = [sys.executable, "-P", "-m", "latens.studies.map_process"]
# Optional packages that pandas, pyarrow and Pillow look for when they first need one.
_PROBED = {"zstandard", "substrait", "olefile", "defusedxml"}
_CHANGES = (
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink"),
    *("os.chmod", "os.chown", "shutil.rmtree", "shutil.move"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Notes what happens while it is on; it stops nothing. One for a process, as hooks cannot be removed.

    Parameters
    ----------
    folder : Path
        Where files may be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder.resolve())
        self.is_on = False
        self.found: list[str] = []
        self.known = {name.partition(".")[0] for name in sys.modules} | _PROBED
        self.known |= {*sys.stdlib_module_names} - {"antigravity", "this"}
        sys.addaudithook(self._hook)
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Asked for every module that is not loaded yet, whether it exists or not; finds none."""
        if self.is_on and name.partition(".")[0] not in self.known:
            self.found.append(f"import of {name}")
        return None

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open":
            self._check_open(*arguments)
        elif event in _CHANGES:
            self._check_paths(event, arguments)
        elif event in _NEVER and not (event == "subprocess.Popen" and arguments[1] == _MAPS):
            self.found.append(f"{event} {str(arguments)[:200]}")

    def _check_open(self, path: Any, mode: Any, flags: int) -> None:
        is_writing = any(letter in mode for letter in "wax+") if mode else flags & _WRITING
        if is_writing and not isinstance(path, int) and not self._is_inside(path):
            self.found.append(f"writing {path!r}")

    def _check_paths(self, event: str, arguments: tuple[Any, ...]) -> None:
        paths = [one for one in arguments[:2] if isinstance(one, str | bytes | os.PathLike)]
        # Where a link points to is not touched.
        for path in paths[1:] if event == "os.symlink" else paths:
            # Names relative to an open folder are those that rmtree has checked before.
            is_relative = arguments[-1] not in (-1, None) and isinstance(arguments[-1], int)
            if not is_relative and not self._is_inside(path):
                self.found.append(f"{event} {path!r}")

    def _is_inside(self, path: Any) -> bool:
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - as the system sees it, links and all
        return full.startswith((self.folder, "/dev/null"))
