"""Regular expressions that come from outside: only those that cannot take long, whatever they search."""

from __future__ import annotations

import re
from importlib import import_module
from math import prod
from typing import Any

from chalicelib.kernel.errors import Invalid

MAX_CHARS = 300
# In how many ways an expression may try a text from one place on: `.*` has as many as the text has places.
MAX_WAYS = 10_000
_LONG = 2_000
# The reader of `re` itself, so that what is judged is what is searched for.
_parser: Any = import_module("re._parser")
_REPEATS = frozenset(("MAX_REPEAT", "MIN_REPEAT"))
_ONE_WAY = frozenset(("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY"))


def compiled(expression: str) -> re.Pattern[str]:
    """Compile an expression for any case, or raise `Invalid` with code `bad_pattern`.

    Refused are mistakes, groups that may repeat more than once, references, looks around, and more wildcards
    than can be tried in a moment.
    """
    try:
        if len(expression) > MAX_CHARS:
            raise _refused(expression, f"it is longer than {MAX_CHARS} characters")
        ways = _ways(expression, _parser.parse(expression, re.IGNORECASE))
        if ways > MAX_WAYS:
            raise _refused(expression, "it could take too long: use fewer wildcards and alternatives")
        return re.compile(expression, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise _refused(expression, str(error)) from error


def _refused(expression: str, why: str) -> Invalid:
    return Invalid(f"/{expression[:MAX_CHARS]}/ cannot be used: {why}.", code="bad_pattern")


def _ways(expression: str, parts: Any) -> int:
    """Count the ways to try a text, one part after the other: an upper bound of what backtracking costs."""
    return prod(_ways_of(expression, str(name), value) for name, value in parts)


def _ways_of(expression: str, name: str, value: Any) -> int:
    if name in _ONE_WAY:
        return 1
    if name == "SUBPATTERN":
        return _ways(expression, value[-1])
    if name == "BRANCH":
        return sum(_ways(expression, branch) for branch in value[1])
    if name in _REPEATS:
        return _ways_to_repeat(expression, *value)
    raise _refused(expression, "it has references, looks around, or groups of another kind")


def _ways_to_repeat(expression: str, least: int, most: int, part: Any) -> int:
    inside = _ways(expression, part)
    if int(most) <= 1:
        return inside + 1 - int(least)
    if [str(name) for name, _ in part] not in [[each] for each in _ONE_WAY]:
        raise _refused(expression, "a group repeats in it")
    return min(int(most), _LONG) - min(int(least), _LONG) + 1
