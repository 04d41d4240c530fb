"""Text patterns and templates: what a rule looks for and how it fills its answer; no rules here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.spoken_times import local_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NAMED = re.compile(r"%\{([a-z_]+)\}")
_VARIABLE = re.compile(r"\{([a-z_][a-z0-9_]*|[1-9])(?:\|([a-z]+))?\}")
LONGEST_SEARCHED = 100_000


def _email(text: str) -> str:
    spoken = re.sub(r"\s+(?:at)\s+", "@", text.strip(), flags=re.IGNORECASE)
    spoken = re.sub(r"\s+dot\s+", ".", spoken, flags=re.IGNORECASE)
    return spoken.replace(" ", "").lower().rstrip(".")


def _spoken(text: str) -> str:
    first, *_ = text.split() or [""]
    return text if first.lower().endswith("day") and first.lower() != "today" else text[:1].lower() + text[1:]


FILTERS: dict[str, Callable[[str], str]] = {
    "email": _email,
    "first": lambda text: text.split()[0] if text.split() else text,
    "lower": str.lower,
    "spoken": _spoken,
    "title": lambda text: " ".join(word[:1].upper() + word[1:] for word in text.split()),
    "trim": lambda text: text.strip(" .,!?"),
}


LOCAL_TIME = "localtime"  # needs to know the present, which is the variable `now`


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Any of some expressions, searched without regard to case."""

    expressions: tuple[re.Pattern[str], ...]

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first expression's match."""
        found = (expression.search(text[:LONGEST_SEARCHED]) for expression in self.expressions)
        return next((match for match in found if match), None)

    @property
    def groups(self) -> set[str]:
        """Return the names of the variables that a match may set."""
        named = {name for expression in self.expressions for name in expression.groupindex}
        numbered = {str(n + 1) for expression in self.expressions for n in range(expression.groups)}
        return named | numbered


def parse_pattern(raw: Any, where: str, named: Mapping[str, str]) -> TextPattern:
    """Return the pattern of a substring, `{regex: …}` (`%{name}` a named pattern), or a list of these."""
    items = raw if isinstance(raw, list) else [raw]
    if not items:
        raise InvalidInput(where, "is an empty list", "give at least one substring or {regex: …}")
    return TextPattern(tuple(_expression(item, where, named) for item in items))


def _expression(raw: Any, where: str, named: Mapping[str, str]) -> re.Pattern[str]:
    if isinstance(raw, str):
        return re.compile(re.escape(raw), re.IGNORECASE)
    source = raw.get("regex") if isinstance(raw, dict) and len(raw) == 1 else None
    if not isinstance(source, str):
        raise InvalidInput(where, "is no pattern", "give a substring, {regex: …}, or a list of these")
    return compile_expression(source, where, named, re.IGNORECASE | re.MULTILINE)


def compile_expression(source: str, where: str, named: Mapping[str, str], flags: int) -> re.Pattern[str]:
    """Compile an expression, `%{name}` standing for a named group of that name."""

    def insert(match: re.Match[str]) -> str:
        name = match[1]
        if name not in named:
            raise InvalidInput(
                where, f"uses the unknown pattern %{{{name}}}", f"use one of: {', '.join(sorted(named))}"
            )
        return f"(?P<{name}>{named[name]})"

    try:
        return re.compile(_NAMED.sub(insert, source), flags)
    except re.error as error:
        raise InvalidInput(where, f"is not a regular expression ({error})", "correct it") from error


def captured(match: re.Match[str] | None) -> dict[str, str]:
    """Return a match's groups as variables, by name and by number."""
    if match is None:
        return {}
    numbered = {str(index): value for index, value in enumerate(match.groups(), 1) if value is not None}
    return numbered | {name: value for name, value in match.groupdict().items() if value is not None}


def variables_in(value: Any) -> set[str]:
    """Return the names of the variables that a template, or JSON with templates in it, uses."""
    if isinstance(value, str):
        return {match[1] for match in _VARIABLE.finditer(value)}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for item in inner for name in variables_in(item)}


def check_filters(value: Any, where: str) -> None:
    """Refuse a template that uses a filter which does not exist."""
    known = (*FILTERS, LOCAL_TIME)
    if isinstance(value, str):
        for match in _VARIABLE.finditer(value):
            if match[2] and match[2] not in known:
                raise InvalidInput(
                    where, f"uses the unknown filter {match[2]}", f"use one of: {', '.join(known)}"
                )
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_filters(item, where)


def fill(value: Any, variables: Mapping[str, str]) -> Any:
    """Return a template, or JSON with templates in it, with `{name}` and `{name|filter}` replaced."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _filled(match, variables), value)
    if isinstance(value, dict):
        return {key: fill(item, variables) for key, item in value.items()}
    return [fill(item, variables) for item in value] if isinstance(value, list) else value


def _filled(match: re.Match[str], variables: Mapping[str, str]) -> str:
    text = variables.get(match[1], "")
    if match[2] == LOCAL_TIME:
        return local_time(text.strip(" .,!?"), variables.get("now", ""))
    return FILTERS[match[2]](text) if match[2] else text
