"""Matplotlib, where it is installed: pictures are a convenience, not a dependency."""

from __future__ import annotations

import importlib
from typing import Any


def require_pyplot() -> Any:
    """`matplotlib.pyplot`. Raises ImportError, with what to do, where there is none."""
    try:
        return importlib.import_module("matplotlib.pyplot")
    except ImportError:
        raise ImportError("plot() needs matplotlib: pip install matplotlib") from None
