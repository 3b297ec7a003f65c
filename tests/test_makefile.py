"""What `make` installs: torch without CUDA where CUDA would be of no use. No network is needed."""

import os
import shutil
import subprocess
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

_HERE = Path(__file__).parents[1]
_INDEX = "https://download.pytorch.org/whl/cpu"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")

# A project of one requirement, which builds itself without any other package.
_PYPROJECT = """
[project]
name = "small"
version = "1"
dependencies = ["torch"]

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
_BACKEND = """
from zipfile import ZipFile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small-1-py3-none-any.whl"
    with ZipFile(f"{folder}/{name}", "w") as wheel:
        about = "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\nRequires-Dist: torch\\n"
        wheel.writestr("small-1.dist-info/METADATA", about)
        wheel.writestr("small-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr("small-1.dist-info/RECORD", "")
    return name
"""


def _make(folder: Path, *arguments: str, **environment: str) -> str:
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE"))
    }
    done = subprocess.run(
        ["make", "-C", folder, *arguments],
        env={**own, "PIP_CONFIG_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _index(folder: Path, *versions: str) -> str:
    """The address of a package index of torches that hold nothing but their version."""
    (folder / "torch").mkdir(parents=True)
    links = []
    for version in versions:
        name = f"torch-{version}-py3-none-any.whl"
        links.append(f'<a href="{name}">{name}</a>')
        with ZipFile(folder / "torch" / name, "w") as wheel:
            inside = f"torch-{version}.dist-info"
            about = f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
            wheel.writestr(f"{inside}/METADATA", about)
            wheel.writestr(f"{inside}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{inside}/RECORD", "")
    (folder / "torch" / "index.html").write_text("\n".join(links))
    return folder.as_uri()


@pytest.mark.parametrize(
    ("system", "nvidia", "is_asked"),
    [("Linux", "", True), ("Linux", "/usr/bin/nvidia-smi", False), ("Darwin", "", False)],
)
@pytest.mark.parametrize("goal", ["demo", "check"])
def test_the_index_of_cpu_builds_is_asked_on_linux_without_an_nvidia_driver(
    goal, system, nvidia, is_asked, tmp_path
):
    said = _make(
        _HERE, "-n", goal, f"VENV={tmp_path / 'venv'}", f"SYSTEM={system}", f"NVIDIA={nvidia}"
    )
    assert (f"--index-url {_INDEX} torch" in said) == is_asked
    assert "install -c constraints.txt -e " in said


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Our Makefile over a small project, on an ordinary index whose torch stands for the one with CUDA."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(_HERE / "Makefile", folder)
    (folder / "pyproject.toml").write_text(_PYPROJECT)
    (folder / "backend.py").write_text(_BACKEND)
    (folder / "constraints.txt").write_text("torch==2.0\n")
    _index(tmp_path / "ordinary", "2.0", "3.0")
    # With the pip of these tests: to install one anew takes longer than all the rest.
    venv.create(folder / ".venv")
    [packages] = (folder / ".venv").glob("lib/python*/site-packages")
    pip = Path(pytest.importorskip("pip").__file__).parent
    (packages / "pip").symlink_to(pip, target_is_directory=True)
    return folder


def _installed(project: Path, cpu_index: str) -> tuple[str, str]:
    """The version of torch that a fresh environment gets, and what was said meanwhile."""
    ordinary = (project.parent / "ordinary").as_uri()
    settings = ["SYSTEM=Linux", "NVIDIA=", f"CPU_INDEX={cpu_index}"]
    said = _make(project, "-s", ".venv/.installed", *settings, PIP_INDEX_URL=ordinary)
    [about] = (project / ".venv").glob("lib/python*/site-packages/torch-*.dist-info")
    return about.name.removeprefix("torch-").removesuffix(".dist-info"), said


def test_torch_of_the_pinned_version_comes_from_the_index_of_cpu_builds(project):
    index = _index(project.parent / "cpu", "1.0+cpu", "2.0+cpu", "3.0+cpu")
    assert _installed(project, index) == ("2.0+cpu", "")


def test_an_index_of_cpu_builds_out_of_reach_costs_one_line(project):
    version, said = _installed(project, (project.parent / "nowhere").as_uri())
    assert version == "2.0"
    [line] = said.splitlines()
    assert "pip's usual index" in line


def test_an_index_of_cpu_builds_without_the_pinned_version_costs_one_line(project):
    version, said = _installed(project, _index(project.parent / "cpu", "3.0+cpu"))
    assert version == "2.0"
    assert len(said.splitlines()) == 1
