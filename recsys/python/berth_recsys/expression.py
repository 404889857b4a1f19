"""Conditions on attributes: `col("genre").isin(["rock"]) & (col("time") >= t) & ~col("nsfw")`.

Written as Python operators, evaluated by the runtime. `and`, `or`, `not` and chained comparisons cannot be given a
meaning in Python, and would drop half of the condition in silence; they raise. A missing value fulfils no condition but
`.missing()`, and `~` turns whatever it is given round: use `~(col("price") > 5) & ~col("price").missing()` to leave out
items without a price.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

from .columns import EXACT_INTEGER_MAX, is_missing
from .errors import InvalidInput
from .instants import instant_of

Value = float | str | bool

_SHOWN = 10


class Expression:
    """A condition.

    Immutable. Combine with `&`, `|`, `~`; comparisons need parentheses: `(col("a") > 1) & (col("b") == 2)`.
    """

    __slots__ = ()
    _binds = 4  # how tightly `repr` binds it

    def to_json(self) -> dict[str, Any]:
        """The condition as the runtime reads it."""
        raise NotImplementedError

    def __and__(self, other: Any) -> Expression:
        return _joined(And, self, other)

    def __or__(self, other: Any) -> Expression:
        return _joined(Or, self, other)

    def __rand__(self, other: Any) -> NoReturn:
        raise _no_condition(other, "&")

    def __ror__(self, other: Any) -> NoReturn:
        raise _no_condition(other, "|")

    def __invert__(self) -> Expression:
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a condition on a column is neither true nor false here: use & for and, | for or, ~ for not, "
            ".isin([…]) for in, "
            "and .between(a, b) for a <= column <= b. Comparisons need parentheses: (col('a') > 1) & (col('b') == 2)"
        )


class Joined(Expression):
    """Several conditions at once."""

    __slots__ = ("of",)
    op = ""
    sign = ""

    def __init__(self, of: tuple[Expression, ...]) -> None:
        self.of = of

    def to_json(self) -> dict[str, Any]:
        return {"op": self.op, "of": [each.to_json() for each in self.of]}

    def __repr__(self) -> str:
        return f" {self.sign} ".join(_bracketed(each, self._binds + 1) for each in self.of)


class And(Joined):
    """All of the conditions."""

    __slots__ = ()
    _binds = 2
    op = "and"
    sign = "&"


class Or(Joined):
    """At least one of them."""

    __slots__ = ()
    _binds = 1
    op = "or"
    sign = "|"


class Not(Expression):
    """The opposite."""

    __slots__ = ("of",)
    _binds = 3

    def __init__(self, of: Expression) -> None:
        self.of = of

    def to_json(self) -> dict[str, Any]:
        return {"op": "not", "of": [self.of.to_json()]}

    def __repr__(self) -> str:
        return f"~{_bracketed(self.of, self._binds)}"


class Comparison(Expression):
    """A column against a value."""

    __slots__ = ("column", "sign", "value")
    _binds = 0

    def __init__(self, column: str, sign: str, value: Value) -> None:
        self.column = column
        self.sign = sign
        self.value = value

    def to_json(self) -> dict[str, Any]:
        return {"op": "compare", "column": self.column, "is": self.sign, "value": self.value}

    def __repr__(self) -> str:
        return f"col({self.column!r}) {self.sign} {self.value!r}"


class Test(Expression):
    """`between`, `in` or `missing` of a column."""

    __slots__ = ("column", "op", "values")
    __test__ = False  # no test of pytest's

    def __init__(self, op: str, column: str, values: tuple[Value, ...] = ()) -> None:
        self.op = op
        self.column = column
        self.values = values

    def to_json(self) -> dict[str, Any]:
        common: dict[str, Any] = {"op": self.op, "column": self.column}
        if self.op == "between":
            return {**common, "from": self.values[0], "to": self.values[1]}
        return {**common, "values": list(self.values)} if self.op == "in" else common

    def __repr__(self) -> str:
        if self.op == "between":
            shown = f"between({self.values[0]!r}, {self.values[1]!r})"
        elif self.op == "in":
            more = f", … {len(self.values)} in all" if len(self.values) > _SHOWN else ""
            shown = f"isin([{', '.join(map(repr, self.values[:_SHOWN]))}{more}])"
        else:
            shown = "missing()"
        return f"col({self.column!r}).{shown}"


class Column(Expression):
    """A column. By itself it is the condition that a flag is set: `~col("nsfw")`."""

    __slots__ = ("name",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or name == "":
            raise InvalidInput(f"a column's name is {name!r}: want a text", "where")
        self.name = name

    def to_json(self) -> dict[str, Any]:
        return Comparison(self.name, "==", True).to_json()

    def __repr__(self) -> str:
        return f"col({self.name!r})"

    def __eq__(self, value: object) -> Comparison:  # type: ignore[override]
        return self._compare("==", value)

    def __ne__(self, value: object) -> Comparison:  # type: ignore[override]
        return self._compare("!=", value)

    def __lt__(self, value: Any) -> Comparison:
        return self._compare("<", value)

    def __le__(self, value: Any) -> Comparison:
        return self._compare("<=", value)

    def __gt__(self, value: Any) -> Comparison:
        return self._compare(">", value)

    def __ge__(self, value: Any) -> Comparison:
        return self._compare(">=", value)

    def between(self, start: Any, end: Any) -> Expression:
        """Whether the value lies between both, which count."""
        return Test("between", self.name, (_value(self.name, start), _value(self.name, end)))

    def isin(self, values: Iterable[Any]) -> Expression:
        """Whether the value is one of these."""
        if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
            raise InvalidInput(f"col({self.name!r}).isin({values!r}): want a list of values", "where")
        return Test("in", self.name, tuple(_value(self.name, each) for each in values))

    def missing(self) -> Expression:
        """Whether the item has no value."""
        return Test("missing", self.name)

    def _compare(self, sign: str, value: object) -> Comparison:
        return Comparison(self.name, sign, _value(self.name, value))


def col(name: str) -> Column:
    """The column of that name, for conditions in `where`.

    Compare numbers with numbers, times with `datetime`, `np.datetime64` or `pd.Timestamp` (seconds since 1970 UTC
    otherwise; a time without a zone is UTC), categories with texts (only `==`, `!=`, `.isin`), flags with bools. The
    runtime refuses a column that does not exist and a value of another kind.
    """
    return Column(name)


def _value(column: str, value: Any) -> Value:
    where = f"the value that col({column!r}) is compared with"
    if isinstance(value, Expression):
        raise TypeError(
            f"{where} is a condition itself ({value!r}): columns are compared with values, and comparisons need "
            "parentheses around them"
        )
    if is_missing(value):
        raise InvalidInput(f"{where} is missing ({value!r}): use col({column!r}).missing()", "where")
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, str):
        return str.__str__(value)  # of an enum that is a text: its value
    instant = instant_of(value)
    if instant is not None:
        return instant
    if isinstance(value, (int, np.integer)):
        if not -EXACT_INTEGER_MAX <= value <= EXACT_INTEGER_MAX:
            raise InvalidInput(f"{where} is {value}: integers beyond ±2^53 are not exact as float64", "where")
        return int(value)
    if isinstance(value, (float, np.floating)):
        if not math.isfinite(value):
            raise InvalidInput(f"{where} is {value}: want a finite number", "where")
        return float(value)
    raise InvalidInput(f"{where} is a {type(value).__name__}: want a number, a time, a text or a bool", "where")


def _joined(kind: type[Joined], left: Expression, right: Any) -> Expression:
    """Chains of one operator become one level, so that a thousand conditions are not a thousand levels deep."""
    if not isinstance(right, Expression):
        raise _no_condition(right, kind.sign)
    parts: list[Expression] = []
    for each in (left, right):
        parts.extend(each.of if isinstance(each, kind) else (each,))
    return kind(tuple(parts))


def _no_condition(other: Any, sign: str) -> TypeError:
    return TypeError(
        f"{sign} joins two conditions, and {other!r} is none. Comparisons need parentheses: (col('a') > 1) "
        f"{sign} (col('b') == 2)"
    )


def _bracketed(expression: Expression, binds: int) -> str:
    text = repr(expression)
    return text if expression._binds >= binds else f"({text})"
