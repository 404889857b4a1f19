"""The notification problems of the budget bench, made from a seed into files, for as many people as asked, some at a time.

`choice`: everybody has the same ten options, and gets at most one. `laminar`: everybody has 4 to 16 candidates among 3,000 options, and
gets at most three, of which one is a push, one an email, and two are in the app.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from bench_loop import serve
from budget_greedy import Rules, chosen
from budget_population import Part, Population, Whole

# People that are made at a time.
_STEP = 2**17
_RULES = {"choice": Rules(1, None), "laminar": Rules(3, (1, 1, 2))}
_CAMPAIGNS = {"choice": 6, "laminar": 1000}
_SLOTS = 4
# Of push, email, in the app: how often a candidate is one, and what it costs in patience where a click is worth about 1.
_SHARE = (0.4, 0.25, 0.35)
_COST = (0.03, 0.015, 0.008)
# Log odds of a click: how low they are, and how much people, people's channels, options and the two together differ.
_CLICK, _OF_PERSON, _OF_CHANNEL, _OF_OPTION, _OF_PAIR = -3.2, 0.9, 0.6, 0.5, 0.5
# The range of a limit's cap, as a share of what would be sent without any limit: most bind, some do not.
_TIGHTNESS = {
    "total": (0.6, 0.6),
    "channel": (0.5, 0.8),
    "slot": (0.5, 0.9),
    "campaign": (0.3, 1.2),
    "content": (0.4, 1.2),
}
# From one day to the next.
_NOISE, _NEW_PEOPLE = 0.05, 0.01


def make(today: str, tomorrow: str, shape: str, candidates: int, seed: int) -> dict[str, int]:
    """Makes a problem and the same one a day later, in new folders."""
    facts = make_population(Path(today), shape, candidates, seed)
    make_next_day(Path(today), Path(tomorrow), seed)
    return facts


def make_population(folder: Path, shape: str, candidates: int, seed: int) -> dict[str, int]:
    """Writes a problem of about so many candidates into a new folder, for `Population.read`."""
    folder.mkdir(parents=True)
    people = max(1, candidates // 10)
    maker = _Maker(shape, seed)
    ends = [0]
    with (
        open(folder / "value.f32", "wb") as value,
        open(folder / "person.i32", "wb") as person,
        open(folder / "option.i32", "wb") as option,
    ):
        for start in range(0, people, _STEP):
            part = maker.part(ends[-1], start // _STEP, min(_STEP, people - start))
            part.value.tofile(value)
            (part.person + np.int32(start)).tofile(person)
            part.option.tofile(option)
            ends.append(part.all.stop)
            if start == 0:
                np.savez(folder / "caps.npz", **maker.caps(part, people))
    if shape == "choice":  # everybody has the same: the columns say nothing
        (folder / "person.i32").unlink()
        (folder / "option.i32").unlink()
    np.savez(folder / "members.npz", **maker.members)
    rules = _RULES[shape]
    facts = {"shape": shape, "people": people, "rules": [rules.person, rules.channels], "step": _STEP, "ends": ends}
    (folder / "facts.json").write_text(json.dumps(facts))
    return {"people": people, "candidates": ends[-1], "limits": len(Population.read(folder).cap)}


def make_next_day(today: Path, folder: Path, seed: int) -> None:
    """Writes the same problem a day later: every value is off by some per cent, and some people are others. The caps stay."""
    folder.mkdir(parents=True)
    for each in today.iterdir():
        if each.name != "value.f32":
            (folder / each.name).hardlink_to(each)
    before = Population.read(today)
    maker = _Maker(before.shape, seed)
    with open(folder / "value.f32", "wb") as value:
        for place, part in enumerate(before.parts()):
            random = np.random.default_rng([seed, 2, place])
            noise = random.standard_normal(len(part.value), np.float32)
            is_new = random.random(part.people) < _NEW_PEOPLE
            others = maker.values(np.random.default_rng([seed, 3, place]), part.people, part.person, part.option)
            known = part.value * (1 + np.float32(_NOISE) * noise)
            np.where(is_new[part.person], others, known).tofile(value)


class _Maker:
    """What all people of a problem share: the options, and how people answer to them."""

    def __init__(self, shape: str, seed: int) -> None:
        self._shape = shape
        self._seed = seed
        random = np.random.default_rng([seed, 0])
        self.members = _members(shape)
        options, campaigns = len(self.members["total"]), _CAMPAIGNS[shape]
        self._pull = (_CLICK + _OF_OPTION * random.standard_normal(options)).astype(np.float32)
        worth = np.exp(0.4 * random.standard_normal(campaigns))
        self._worth = worth[self.members["campaign"]].astype(np.float32)
        self._cost = np.asarray(_COST, np.float32)[self.members["channel"]]

    def part(self, first: int, place: int, people: int) -> Part:
        """The people of one place, who are the same however many others there are."""
        random = np.random.default_rng([self._seed, 1, place])
        person, option = self._candidates(random, people)
        return Part(first, people, person, option, self.values(random, people, person, option))

    def _candidates(
        self, random: np.random.Generator, people: int
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        everybody = np.arange(people, dtype=np.int32)
        if self._shape == "choice":
            options = len(self._pull)
            return np.repeat(everybody, options), np.tile(np.arange(options, dtype=np.int32), people)
        person = np.repeat(everybody, random.integers(4, 17, people))
        # Some campaigns are after more people than others.
        campaign = (_CAMPAIGNS["laminar"] * random.random(len(person), np.float32) ** 1.5).astype(np.int32)
        channel = np.searchsorted(np.cumsum(_SHARE)[:-1], random.random(len(person), np.float32)).astype(np.int32)
        return person, campaign * np.int32(len(_SHARE)) + channel

    def values(
        self,
        random: np.random.Generator,
        people: int,
        person: npt.NDArray[np.int32],
        option: npt.NDArray[np.int32],
    ) -> npt.NDArray[np.float32]:
        """Probability of a click × what it is worth, less what the message costs: float32[n]."""
        channels = len(_SHARE)
        taste = np.float32(_OF_CHANNEL) * random.standard_normal((people, channels), np.float32)
        taste += np.float32(_OF_PERSON) * random.standard_normal((people, 1), np.float32)
        odds = np.float32(_OF_PAIR) * random.standard_normal(len(person), np.float32)
        odds += taste.reshape(-1)[person * np.int32(channels) + self.members["channel"].astype(np.int32)[option]]
        odds += self._pull[option]
        return self._worth[option] / (1 + np.exp(-odds)) - self._cost[option]

    def caps(self, part: Part, people: int) -> dict[str, Whole]:
        """The limits of everybody, from what these people would get without any."""
        sent = part.option[chosen(_RULES[self._shape], part.person, self.members["channel"][part.option], part.value)]
        random = np.random.default_rng([self._seed, 4])
        found = {}
        for name, member in self.members.items():
            demand = np.bincount(member[sent], minlength=member.max() + 1) * (people / part.people)
            found[name] = np.ceil(demand * random.uniform(*_TIGHTNESS[name], len(demand))).astype(np.int64)
        return found


def _members(shape: str) -> dict[str, Whole]:
    """For each dimension, which member each option belongs to: int64[O]."""
    if shape == "choice":  # four slots for pushes, two for emails, four in the app
        option = np.arange(10)
        channel = np.repeat(np.arange(3), (4, 2, 4))
        slot = np.asarray((0, 1, 2, 3, 0, 2, 0, 1, 2, 3))
        return {
            "total": option * 0,
            "channel": channel,
            "slot": slot,
            "campaign": option % _CAMPAIGNS[shape],
            "content": option,
        }
    option = np.arange(_CAMPAIGNS[shape] * len(_SHARE))
    campaign, channel = np.divmod(option, len(_SHARE))
    return {"total": option * 0, "channel": channel, "slot": (campaign + channel) % _SLOTS, "campaign": campaign}


if __name__ == "__main__":
    serve({"make": make})
