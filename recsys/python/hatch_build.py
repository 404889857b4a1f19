"""Names the platform of the wheel: it brings ONNX Runtime's library for this one."""

import platform
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GLIBC = "2_28"  # what ONNX Runtime's own builds for Linux ask for
MACOS = "14_0"


class PlatformTag(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"macosx_{MACOS}_{machine}"
    return f"manylinux_{GLIBC}_{machine}"
