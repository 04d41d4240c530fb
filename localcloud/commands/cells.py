"""How values of the API's answers are written: whole for pipes, readable for people."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_NOTHING = "(none)"


def whole(value: Any) -> str:
    """Write a value so that nothing of it is lost: text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def piped(value: Any) -> str:
    """Write a value for a line in a pipe: lists as `a; b`, anything else whole; lists of parts are JSON."""
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return "; ".join(map(whole, value))
    return whole(value)


def readable(value: Any) -> str:
    """Write a value for people: instants as `2026-11-22 22:06:01` (UTC), lists as `a, b`, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(readable, value))
    instant = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    return f"{instant[1]} {instant[2]}" if instant else whole(value)


def is_instant(value: Any) -> bool:
    """Tell whether the API means an instant by this value."""
    return isinstance(value, str) and _INSTANT.fullmatch(value) is not None


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Write what differs, a line for each field: `name: Ana → Bea`; a part of one as `hours.monday.end`."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    names = [*old, *(name for name in new if name not in old)]
    return [
        f"{name}: {_told(old.get(name))} → {_told(new.get(name))}"
        for name in names
        if old.get(name) != new.get(name)
    ]


def _leaves(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        if isinstance(part, dict):
            yield from _leaves(part, f"{path}{name}.")
        else:
            yield f"{path}{name}", part


def _told(value: Any) -> str:
    return readable(value).replace("\n", " ") or _NOTHING
