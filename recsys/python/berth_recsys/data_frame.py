"""Columns as a data frame of whatever library the person works with."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any


def data_frame(columns: Mapping[str, Any], otherwise: str) -> Any:
    """A frame of pandas if that is imported or installed, else of polars.

    Raises ImportError if there is neither; `otherwise` says where the numbers are.
    """
    names = ("pandas", "polars") if "pandas" in sys.modules or "polars" not in sys.modules else ("polars", "pandas")
    for name in names:
        try:
            return importlib.import_module(name).DataFrame(dict(columns))
        except ImportError:
            continue
    raise ImportError(f"to_frame() needs pandas or polars: pip install pandas. {otherwise}")
