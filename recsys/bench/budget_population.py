"""A notification problem as its files say it: who could get what, what that is worth, and what is limited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from budget_greedy import Rules

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """Some people's candidates: `first` is the number of the first one; persons are counted from the first of these."""

    first: int
    people: int
    person: npt.NDArray[np.int32]
    option: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]

    @property
    def all(self) -> slice:
        """Where these candidates are among everybody's."""
        return slice(self.first, self.first + len(self.value))


@dataclass(frozen=True)
class Population:
    """One problem, mapped from its folder. V candidates, person after person; O options; K limits.

    `person` and `option` int32[V] are None where everybody has all options, in their order. `members` say for each dimension
    (total, channel, …) which member an option belongs to, int64[O]; `caps` what the members' limits are, int64[members].
    """

    shape: str
    people: int
    rules: Rules
    members: dict[str, Whole]
    caps: dict[str, Whole]
    value: npt.NDArray[np.float32]
    person: npt.NDArray[np.int32] | None
    option: npt.NDArray[np.int32] | None
    #  People of a part, and the candidates before each part and after the last one.
    step: int
    ends: list[int]

    @staticmethod
    def read(folder: Path) -> Population:
        """What `make_population` has written, without reading the candidates."""
        facts: dict[str, Any] = json.loads((folder / "facts.json").read_text())
        person_cap, channel_caps = facts["rules"]
        rules = Rules(person_cap, None if channel_caps is None else tuple(channel_caps))
        named = {name: dict(np.load(folder / f"{name}.npz")) for name in ("members", "caps")}
        ragged = (folder / "option.i32").exists()
        return Population(
            shape=facts["shape"],
            people=facts["people"],
            rules=rules,
            **named,
            value=np.memmap(folder / "value.f32", np.float32, "r"),
            person=np.memmap(folder / "person.i32", np.int32, "r") if ragged else None,
            option=np.memmap(folder / "option.i32", np.int32, "r") if ragged else None,
            step=facts["step"],
            ends=facts["ends"],
        )

    @property
    def options(self) -> int:
        """How many there are."""
        return len(self.members["total"])

    @property
    def cap(self) -> Whole:
        """Of every limit, dimension after dimension: int64[K]."""
        return np.concatenate(list(self.caps.values()))

    @property
    def limits_of_option(self) -> Whole:
        """The limits against which each option counts, one of each dimension: int64[O, dimensions]."""
        sizes = [len(caps) for caps in self.caps.values()]
        firsts = np.cumsum([0, *sizes[:-1]])
        columns = [self.members[name] + first for name, first in zip(self.caps, firsts, strict=True)]
        return np.stack(columns, axis=1)

    def parts(self) -> Iterator[Part]:
        """Everybody, some people at a time."""
        for place, (first, end) in enumerate(zip(self.ends[:-1], self.ends[1:], strict=True)):
            people = min(self.step, self.people - place * self.step)
            value = self.value[first:end]
            if self.person is None or self.option is None:
                person = np.repeat(np.arange(people, dtype=np.int32), self.options)
                option = np.tile(np.arange(self.options, dtype=np.int32), people)
            else:
                person, option = self.person[first:end] - np.int32(place * self.step), self.option[first:end]
            yield Part(first, people, person, option, value)
