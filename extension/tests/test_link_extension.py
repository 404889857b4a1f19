"""What the bootstrap does to the private environment so that the package of this folder counts as installed there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .jupyter_servers import EXTENSION

LINK = EXTENSION.parent / "scripts" / "link_extension.py"
FIND = "from importlib.metadata import entry_points, version; print(version('jupyterlab-berth'), *sorted(e.value for e "
FIND += "in entry_points(group='jupyter_client.kernel_provisioners')))"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def run(environment: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([environment / "bin" / "python", *arguments], capture_output=True, text=True)


def dist_infos(environment: Path) -> list[Path]:
    return sorted(environment.glob("lib/python*/site-packages/jupyterlab_berth-*.dist-info"))


def test_jupyter_finds_the_provisioner_and_linking_again_changes_nothing(environment: Path) -> None:
    assert run(environment, LINK).returncode == 0
    wanted = "0.1.0 jupyterlab_berth.kernel_provisioner:BerthProvisioner\n"
    assert run(environment, "-c", FIND).stdout == wanted
    [info] = dist_infos(environment)
    before = {path: path.stat().st_mtime_ns for path in info.iterdir()}
    assert run(environment, LINK).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in info.iterdir()} == before
    assert run(environment, "-c", FIND).stdout == wanted


def test_what_an_earlier_version_left_is_removed(environment: Path) -> None:
    assert run(environment, LINK).returncode == 0
    [info] = dist_infos(environment)
    info.rename(info.with_name("jupyterlab_berth-0.0.1.dist-info"))
    assert run(environment, LINK).returncode == 0
    assert dist_infos(environment) == [info]


def test_an_installed_wheel_is_named_and_left_alone(environment: Path) -> None:
    assert run(environment, LINK).returncode == 0
    [info] = dist_infos(environment)
    (info / "INSTALLER").write_text("pip\n")
    refused = run(environment, LINK)
    assert refused.returncode == 1
    assert f"{info} is in the way" in refused.stderr and "pip uninstall jupyterlab-berth" in refused.stderr
    assert (info / "INSTALLER").read_text() == "pip\n"


def test_the_wheel_has_the_same_entry_point() -> None:
    project = (EXTENSION / "pyproject.toml").read_text()
    section = project.partition('[project.entry-points."jupyter_client.kernel_provisioners"]\n')[2]
    name, value = section.partition("\n")[0].split(" = ")
    assert f"[jupyter_client.kernel_provisioners]\n{name} = {value.strip(chr(34))}\n" in LINK.read_text()
