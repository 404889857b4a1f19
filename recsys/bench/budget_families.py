"""Budget problems without floors, a function for each family: what `berth_recsys.Budget` is given."""

from __future__ import annotations

import numpy as np
from budget_draw import CHANNELS, NONE, SLOTS, Arguments, Draw, by_reach, distinct_options, of, ragged


def easy(draw: Draw) -> Arguments:
    """Independent values, one message a person, the same options for all; some have a channel with a budget of 0."""
    random, width = draw.random, int(draw.random.integers(4, 13))
    people = draw.size() // width
    channel, slot = CHANNELS[np.arange(width) % 3], SLOTS[np.arange(width) // 3]
    budgets: Arguments = {"total": of(people, random.uniform(0.1, 0.7))}
    if draw.number % 3 > 0:
        budgets["channel"] = {name: of(people, random.uniform(0.03, 0.3)) for name in np.unique(channel).tolist()}
    if draw.number % 3 > 1:
        budgets["slot"] = {name: of(people, random.uniform(0.05, 0.3)) for name in np.unique(slot).tolist()}
    if draw.number % 7 == 1 and "channel" in budgets:
        budgets["channel"]["push"] = 0
    value = random.random((people, width), np.float32)
    return {"value": value, "channel": channel, "slot": slot, "caps": {"person": 1}, "budgets": budgets}


def correlated(draw: Draw) -> Arguments:
    """Nearly everybody values the same few options most, some people value all more; some candidates are excluded."""
    random, options = draw.random, 48
    person = ragged(random, draw.size(), random.integers(3, 12, draw.size() // 3))
    option = distinct_options(random, person, options)
    appeal, taste = random.lognormal(0, 1, options), random.lognormal(0, 0.7, person[-1] + 1)
    noise = random.lognormal(0, random.uniform(0.02, 0.3), len(person))
    columns = {
        "channel": CHANNELS[np.arange(options) % 3],
        "slot": SLOTS[np.arange(options) // 3 % 4],
        "campaign": np.arange(options) // 12,
        "content": np.arange(options) // 4,
    }
    kinds = ["channel", "slot", "campaign", "content"][: 1 + draw.number % 4]
    return {
        "value": (0.01 * appeal[option] * taste[person] * noise).astype(np.float32),
        "person": person,
        "option": option,
        **columns,
        "exclude": random.random(len(person)) < 0.05,
        "caps": {"person": int(random.integers(1, 3))},
        "budgets": {
            "total": of(person[-1] + 1, random.uniform(0.2, 0.8)),
            **{kind: by_reach(random, person, columns[kind][option], 0.05, 0.4) for kind in kinds},
        },
    }


def nested(draw: Draw) -> Arguments:
    """Caps within caps: channels in a person's; campaigns in channels in the total, across them slots; all tight."""
    random, options = draw.random, 36
    person = ragged(random, draw.size(), random.integers(4, 16, draw.size() // 4))
    option = distinct_options(random, person, options)
    channel = np.arange(options) % 3
    campaign = channel + 3 * (np.arange(options) // 3 % 4)
    total = of(person[-1] + 1, random.uniform(0.3, 0.9))
    of_channel = random.dirichlet(np.full(3, 5)) * total * random.uniform(1.02, 1.3)
    of_campaign = {
        each: of(of_channel[each % 3], share * random.uniform(1.02, 1.3))
        for each, share in enumerate(random.dirichlet(np.full(4, 5), 3).T.ravel())
    }
    of_slot = random.dirichlet(np.full(4, 5)) * total * random.uniform(1.02, 1.3)
    inner = {"campaign": of_campaign, "slot": {name: of(of_slot[each], 1) for each, name in enumerate(SLOTS.tolist())}}
    return {
        "value": random.gamma(2, 0.02, len(person)).astype(np.float32),
        "person": person,
        "option": option,
        "channel": CHANNELS[channel],
        "slot": SLOTS[np.arange(options) // 9],
        "campaign": campaign,
        "caps": {"person": int(random.integers(2, 4)), "channel": {"push": 1, "email": 1, "in-app": 2}},
        "budgets": {
            "total": total,
            "channel": {name: of(of_channel[each], 1) for each, name in enumerate(CHANNELS.tolist())},
            **(inner if draw.number % 4 > 0 else {}),
        },
    }


def content(draw: Draw) -> Arguments:
    """A limit for each of up to 10⁴ pieces of content, of which few are popular; each may reach some tens of people."""
    random, size = draw.random, draw.size(10_000)
    person = ragged(random, size, random.integers(5, 16, size // 5))
    pieces = min(10_000, size // 3)
    chances = 1 / np.arange(1, pieces + 1) ** random.uniform(0.1, 0.6)
    piece = random.choice(pieces, len(person), p=chances / chances.sum())
    known, piece = np.unique(piece, return_inverse=True)
    appeal = random.lognormal(0, 0.5, len(known))
    reach = np.bincount(piece)
    return {
        "value": (0.02 * appeal[piece] * random.lognormal(0, 0.5, len(person))).astype(np.float32),
        "person": person,
        "content": piece,
        "caps": {"person": int(random.integers(1, 3))},
        "budgets": {
            "total": of(person[-1] + 1, random.uniform(0.3, 1)),
            "content": np.minimum(random.integers(2, 60, len(known)), np.maximum(1, reach // 2)),
        },
    }


def ties(draw: Draw) -> Arguments:
    """One value, two, or five, in the whole problem: nearly every choice has many equals."""
    random, width = draw.random, int(draw.random.integers(3, 10))
    people = draw.size() // width
    values = np.array([0.1, 0.2, 0.3, 0.4, 0.5], np.float32)[: [1, 2, 5][draw.number % 3]]
    channel, slot = CHANNELS[np.arange(width) % 3], SLOTS[np.arange(width) % 4]
    return {
        "value": random.choice(values, (people, width)),
        "channel": channel,
        "slot": slot,
        "caps": {"person": int(random.integers(1, 3)), "channel": {"push": 1}},
        "budgets": {
            "total": of(people, random.uniform(0.2, 0.8)),
            "channel": {name: of(people, random.uniform(0.1, 0.4)) for name in np.unique(channel).tolist()},
            "slot": {name: of(people, random.uniform(0.1, 0.4)) for name in np.unique(slot).tolist()},
        },
    }


def slates(draw: Draw) -> Arguments:
    """Digests of up to four pieces of content beside single pushes; each piece in a slate counts against its limit."""
    random, width, pieces = draw.random, 4, 120
    person = ragged(random, draw.size(), random.integers(2, 9, draw.size() // 2))
    first = random.integers(0, pieces, len(person))
    slate = (first[:, None] + np.array([0, 1, 5, 17])) % pieces
    length = random.integers(1, width + 1, len(person))
    slate[np.arange(width) >= length[:, None]] = NONE
    limited = np.unique(slate[slate != NONE])[: pieces if draw.number % 4 > 0 else 2]
    worth = random.gamma(2, 0.01, (pieces, 1))[slate, 0] * (slate != NONE) * 0.7 ** np.arange(width)
    return {
        "value": (worth.sum(axis=1) * random.lognormal(0, 0.4, len(person))).astype(np.float32),
        "person": person,
        "channel": np.where(length > 1, "email", "push"),
        "content": slate,
        "caps": {"person": 2, "channel": {"email": 1}},
        "budgets": {
            "total": of(person[-1] + 1, random.uniform(0.2, 0.9)),
            "channel": {"email": of(person[-1] + 1, random.uniform(0.2, 0.6))},
            "content": {piece: of(int((slate == piece).sum()), random.uniform(0.1, 0.6)) for piece in limited.tolist()},
        },
    }


def ladder(draw: Draw) -> Arguments:
    """How many messages a week: one choice a person, of which each counts as often as it sends."""
    random, most = draw.random, int(draw.random.integers(3, 9))
    people = draw.size() // most
    steps = random.exponential(1, (people, most)) * random.lognormal(0, 0.5, (people, 1)) * 0.6 ** np.arange(most)
    utility = np.cumsum(0.05 * steps - random.uniform(0, 0.01), axis=1)
    return {
        "value": utility.astype(np.float32),
        "sends": np.arange(1, most + 1),
        "caps": {"person": 1},
        "budgets": {"total": of(people * most, random.uniform(0.05, 0.6))},
    }


def uneven(draw: Draw) -> Arguments:
    """Half of the people have nothing, one a third of all candidates; caps differ by person; values are 0 and below."""
    random, size = draw.random, draw.size()
    counts = random.geometric(0.3, size) * (random.random(size) < 0.5)
    counts[int(random.integers(size // 8))] = size // 3
    person = ragged(random, size, counts)
    people = int(person[-1]) + 1 + int(random.integers(0, 50))
    value = np.round(random.normal(0.02, 0.05, len(person)), 2).astype(np.float32)
    value[random.random(len(person)) < 0.1] = 0
    channel, campaign = CHANNELS[random.integers(0, 3, len(person))], random.integers(0, 15, len(person))
    return {
        "value": value,
        "person": person,
        "channel": channel,
        "campaign": campaign,
        "exclude": random.random(len(person)) < 0.1,
        "caps": {
            "person": random.integers(0, 5, people),
            "channel": {"push": random.integers(0, 3, people), "email": 2},
        },
        "budgets": {
            "total": of(people, random.uniform(0.1, 0.6)),
            "channel": by_reach(random, person, channel, 0.1, 1.2),
            "campaign": by_reach(random, person, campaign, 0.1, 0.8),
        },
    }


def weights(draw: Draw) -> Arguments:
    """In-app messages cost attention and no sends, a text message counts three times, others two or once."""
    random, options = draw.random, 24
    person = ragged(random, draw.size(), random.integers(4, 13, draw.size() // 4))
    option = distinct_options(random, person, options)
    channel = np.array(["push", "email", "text", "in-app"])[np.arange(options) % 4]
    attention = np.where(channel == "in-app", random.uniform(1, 5, options), random.uniform(0, 0.5, options))
    attention[::5] = 0
    people = person[-1] + 1
    return {
        "value": (random.gamma(2, 0.02, len(person)) * (1 + np.arange(options) % 4)[option]).astype(np.float32),
        "person": person,
        "option": option,
        "channel": channel,
        "campaign": np.arange(options) // 4,
        "sends": np.array([1, 2, 3, 0])[np.arange(options) % 4],
        "attention": attention,
        "caps": {"person": 2, "channel": {"in-app": 1, "text": 1}},
        "budgets": {
            "total": of(people, random.uniform(0.3, 1.5)),
            "channel": {"email": of(people, random.uniform(0.1, 0.5)), "text": of(people, random.uniform(0.1, 0.5))},
            "campaign": {each: of(people, random.uniform(0.1, 0.4)) for each in range(6 if draw.number % 3 > 0 else 1)},
            "attention": float(people * random.uniform(0.2, 1)),
        },
    }
