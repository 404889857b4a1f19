"""The libraries that are installed here: tests are made for each of them, so that none is skipped."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

NAMES = [name for name in ("pandas", "polars", "pyarrow", "torch") if importlib.util.find_spec(name) is not None]


def have(*names: str) -> list[str]:
    """Those of the names that are installed."""
    return [name for name in names if name in NAMES]


def library(name: str) -> Any:
    """Imports one."""
    return importlib.import_module(name)
