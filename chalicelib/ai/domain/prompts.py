"""Prompt templates: instructions with declared variables, in versions of which one is put to use."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Value = str | int | float | bool

MAX_PROMPTS = 200
# What every prompt may refer to without declaring it; filled in for each call.
KNOWN = frozenset({"appointment", "contact", "first_name", "call", "now"})
# Words of the templates' language, which cannot be names of variables.
RESERVED = KNOWN | {"range", "dict", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else"}
# What was put to use of a template that had one version only.
FIRST = (1,)
_KEPT_PUBLICATIONS = 20
# The names in places of lists: tokens of pages must stay short.
_NAMED = 40
# A function answers 6 MB at most; headers and the rest of each item need some.
_MAX_BYTES = 5_000_000


class VariableType(StrEnum):
    """What kind of value a variable has."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # YYYY-MM-DD


# What stands for a value that nobody gave.
_NOTHING: dict[VariableType, Value] = {
    VariableType.TEXT: "",
    VariableType.NUMBER: 0,
    VariableType.BOOLEAN: False,
    VariableType.DATE: "",
}


@dataclass(frozen=True)
class PromptVariable:
    """A value that a prompt needs beside what is known of each call.

    It is the contact's custom field of this name, or what the call template says. A `required` one must be
    given by each call template that uses the prompt; another may be left out, and is then empty, 0 or false.
    """

    name: str
    type: VariableType
    sample: Value
    description: str = ""
    required: bool = True


@dataclass(frozen=True)
class PromptTemplate:
    """One version of instructions with `{{ variables }}`.

    `version` grows with each change. `publications` are the versions that were put to use, the last one is;
    without any the prompt cannot be used yet. `updated_at` is when this version was made.
    """

    id: str
    name: str
    text: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    description: str = ""
    variables: tuple[PromptVariable, ...] = ()
    publications: tuple[int, ...] = FIRST

    @property
    def published_version(self) -> int | None:
        """The version that calls use; None when none was published yet."""
        return self.publications[-1] if self.publications else None

    @property
    def is_draft(self) -> bool:
        """Tell whether this version is not the one that calls use."""
        return self.version != self.published_version


def fits(kind: VariableType, value: object) -> bool:
    """Tell whether a value is of this type; a number is finite, a date is written YYYY-MM-DD."""
    match kind:
        case VariableType.BOOLEAN:
            return isinstance(value, bool)
        case VariableType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case VariableType.DATE:
            return isinstance(value, str) and _is_date(value)
        case _:
            return isinstance(value, str)


def written(kind: VariableType) -> str:
    """Say in words what a value of this type is."""
    return "a date (YYYY-MM-DD)" if kind is VariableType.DATE else f"a {kind}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def publish(prompt: PromptTemplate, number: int) -> PromptTemplate:
    """Put a version to use; nothing changes when it is."""
    if number == prompt.published_version:
        return prompt
    return replace(prompt, publications=(*prompt.publications, number)[-_KEPT_PUBLICATIONS:])


def roll_back(prompt: PromptTemplate) -> PromptTemplate | None:
    """Put the version to use that was before the present one; None when none is known."""
    if len(prompt.publications) < len(FIRST) + 1:
        return None
    return replace(prompt, publications=prompt.publications[:-1])


def samples_of(prompt: PromptTemplate) -> dict[str, Value]:
    """Give each variable's sample."""
    return {variable.name: variable.sample for variable in prompt.variables}


def values_for(prompt: PromptTemplate, *sources: Mapping[str, Value]) -> dict[str, Value]:
    """Give every declared variable its value: the first of the sources that has one of its type, or nothing.

    It never refuses: who is on the line must be answered.
    """
    return {variable.name: _value(variable, sources) for variable in prompt.variables}


def _value(variable: PromptVariable, sources: tuple[Mapping[str, Value], ...]) -> Value:
    given = (source[variable.name] for source in sources if variable.name in source)
    return next((value for value in given if fits(variable.type, value)), _NOTHING[variable.type])


def setting(values: Mapping[str, Value]) -> str:
    """Write the beginning of a prompt that gives variables these values, so that it need not declare them."""
    return "".join(
        f"{{% set {name} = {json.dumps(value, ensure_ascii=False)} -%}}\n" for name, value in values.items()
    )


def objection_to(
    variables: tuple[PromptVariable, ...], given: Mapping[str, Value], *, may_lack: bool = False
) -> tuple[str, str] | None:
    """Say in a code and words what is wrong with values for these variables; None when they will do.

    Values that the prompt does not declare are wrong too: somebody misspelt one, or means another prompt.
    Required ones must be there, unless it `may_lack` them.
    """
    declared = {variable.name: variable for variable in variables}
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        return "undeclared_variable", f"The prompt declares no variable {', '.join(unknown)}."
    missing = [name for name, each in declared.items() if each.required and name not in given]
    if missing and not may_lack:
        return "missing_variable", f"The prompt needs a value for {', '.join(missing)}."
    unfit = [name for name, value in given.items() if not fits(declared[name].type, value)]
    if unfit:
        kinds = ", ".join(f"{name} is {written(declared[name].type)}" for name in sorted(unfit))
        return "bad_variable", f"Give values of their types: {kinds}."
    return None


def place_of(prompt: PromptTemplate) -> str:
    """Give a prompt's place in lists by name, which is its own."""
    return f"{prompt.name[:_NAMED]}\n{prompt.id}"


def how_many_fit(found: Sequence[PromptTemplate]) -> int:
    """Say how many of these, from the first on, fit into one answer; at least one.

    An answer is JSON in JSON, in which a character that is not ASCII has seven bytes.
    """
    sizes = accumulate(
        len(json.dumps(json.dumps([each.name, each.text, each.description, *map(asdict, each.variables)])))
        for each in found
    )
    return max(1, sum(size <= _MAX_BYTES for size in sizes))
