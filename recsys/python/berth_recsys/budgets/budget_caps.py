"""How many messages one person may get: in all, and of each channel. Whole numbers, or one for each person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..arrays import as_array
from ..errors import InvalidInput
from .budget_limits import plain_name
from .budget_problems import Problems, near
from .name_column import is_whole

# What travels where a person has no cap; the largest cap that one person of several can have is one less.
NO_CAP = 65_535

Cap = int | npt.NDArray[np.uint16] | None


@dataclass(frozen=True)
class PersonCaps:
    """None: no cap. Arrays have one for each person, NO_CAP where there is none."""

    person: Cap
    channel: Mapping[Any, Cap]

    @property
    def lengths(self) -> dict[str, int]:
        """How many people each array speaks of, by argument."""
        named = {"caps.person": self.person, **{f"caps.channel[{name!r}]": cap for name, cap in self.channel.items()}}
        return {name: len(cap) for name, cap in named.items() if isinstance(cap, np.ndarray)}


def person_caps(caps: Any, problems: Problems) -> PersonCaps:
    """Reads `caps`. What cannot be read is left out, and added to the problems."""
    if caps is None:
        return PersonCaps(None, {})
    if not isinstance(caps, Mapping):
        problems.add("caps", f"caps is a {type(caps).__name__}: want a dict such as {{'person': 1}}")
        return PersonCaps(None, {})
    for key in caps:
        if key not in ("person", "channel"):
            problems.add("caps", f"caps has {key!r}: want 'person' and 'channel'.{near(key, ('person', 'channel'))}")
    by_channel = caps.get("channel", {})
    if not isinstance(by_channel, Mapping):
        problems.add("caps.channel", "caps.channel: want a dict such as {'push': 1}")
        by_channel = {}
    person: Cap = None
    channel: dict[Any, Cap] = {}
    with problems.collecting():
        person = _cap("caps.person", caps.get("person"))
    for name, value in by_channel.items():
        with problems.collecting():
            channel[plain_name(name)] = _cap(f"caps.channel[{name!r}]", value)
    return PersonCaps(person, channel)


def _cap(field: str, value: Any) -> Cap:
    if value is None or (isinstance(value, (float, np.floating)) and value == math.inf):
        return None
    if is_whole(value):
        if not 0 <= value < NO_CAP:
            raise InvalidInput(f"{field} is {value}: want a whole number 0 … {NO_CAP - 1:,}, or None for no cap", field)
        return int(value)
    if isinstance(value, (float, np.floating, bool, str)):
        raise InvalidInput(f"{field} is {value!r}: want a whole number from 0, or one for each person", field)
    return _cap_column(field, as_array(field, value))


def _cap_column(field: str, array: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise InvalidInput(
            f"{field} is {array.dtype}{list(array.shape)}: want a whole number from 0, or one for each person", field
        )
    if array.dtype == np.uint16:
        return array
    gone = array == math.inf if array.dtype.kind == "f" else np.zeros(len(array), np.bool_)
    with np.errstate(invalid="ignore"):
        good = gone | ((array >= 0) & (array < NO_CAP) & (array == np.floor(array)))
    if not good.all():
        row = int(np.argmin(good))
        raise InvalidInput(
            f"{field}[{row}] is {array[row].item()!r}: want a whole number 0 … {NO_CAP - 1:,}, or math.inf for no cap",
            field,
        )
    return np.where(gone, NO_CAP, np.where(gone, 0, array)).astype(np.uint16)
