"""A problem as the linear program that a general solver is given, and what the solver's answer proves, computed anew.

Rows: first the K limits, then a row for each person, then, where channels have caps, one for each person and channel. Columns: the candidates
that are worth anything; the others are never chosen, and leaving them out is a help.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from budget_greedy import chosen
from budget_population import Population, Whole

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Program:
    """Maximise value · x, where the rows of x add up to at most `cap`, and 0 ≤ x ≤ `most`. All coefficients are 1.

    `rows` int32[n, r]: the rows of each column.
    """

    population: Population
    value: Float64
    rows: npt.NDArray[np.int32]
    cap: Float64
    #  Infinity where a person's row says it already.
    most: float


def program_of(population: Population) -> Program:
    """The linear program of a problem."""
    channels = population.rules.channels
    limits, of_option = len(population.cap), population.limits_of_option.astype(np.int32)
    channel = population.members["channel"].astype(np.int32)
    values, rows = [], []
    for place, part in enumerate(population.parts()):
        kept = part.value > 0
        option, person = part.option[kept], part.person[kept] + np.int32(place * population.step)
        columns = [*of_option[option].T, limits + person]
        if channels is not None:
            columns.append(limits + population.people + person * np.int32(len(channels)) + channel[option])
        values.append(part.value[kept].astype(np.float64))
        rows.append(np.stack(columns, axis=1))
    of_people = np.full(population.people, population.rules.person)
    of_channels = np.tile(np.asarray(channels or (), np.int64), population.people)
    return Program(
        population=population,
        value=np.concatenate(values),
        rows=np.concatenate(rows).astype(np.int32, copy=False),
        cap=np.concatenate([population.cap, of_people, of_channels]).astype(np.float64),
        most=np.inf if population.rules.person == 1 else 1.0,
    )


def proven(program: Program, x: Float64, prices: Float64) -> tuple[float, float]:
    """A bound on the optimum from these prices of the limits, and what x is worth once it keeps every row."""
    return bound_at(program.population, np.maximum(prices, 0)), _value_within(program, x)


def bound_at(population: Population, prices: Float64) -> float:
    """No plan is worth more: what everybody would choose at these prices [K], and what the limits would cost."""
    option_price = prices[population.limits_of_option].sum(axis=1)
    channel = population.members["channel"]
    surplus = 0.0
    for part in population.parts():
        margin = part.value - option_price[part.option]
        surplus += float(margin[chosen(population.rules, part.person, channel[part.option], margin)].sum())
    return surplus + float(prices @ population.cap)


def _value_within(program: Program, x: Float64) -> float:
    """Shrinks what is in an overfull row, until none is."""
    x = np.clip(x, 0, 1)
    for column in reversed(program.rows.T):  # people first, limits last: shrinking overfills nothing
        usage = np.bincount(column, x, minlength=len(program.cap))
        share = np.divide(program.cap, usage, out=np.ones(len(usage)), where=usage > program.cap)
        x = x * share[column]
    return float(program.value @ x)


def keeps_limits(population: Population, usage: Whole) -> bool:
    """Whether no limit is exceeded."""
    return bool((usage <= population.cap).all())
