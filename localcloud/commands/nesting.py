"""Values with parts, written for people as indented lines; what programs read is JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.commands.cells import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INDENT = "  "
_LONGEST_LINE = 100


def field_lines(item: Mapping[str, Any], remarks: Mapping[str, str] | None = None) -> Iterator[str]:
    """Write a line for each field, what `remarks` says of it at its end; its parts stand below, indented."""
    width = max(map(len, item), default=0)
    for name, value in item.items():
        beside, below = _written(value)
        yield f"{name.ljust(width)}  {beside}  {(remarks or {}).get(name, '')}".rstrip()
        yield from (_INDENT + line for line in below)


def _written(value: Any) -> tuple[str, list[str]]:
    """Give what stands beside a name, and the lines below it."""
    if isinstance(value, dict) and value:
        return "", list(field_lines(value))
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        lines = [line for part in value for line in _entry(part)]
        return (lines[0].removeprefix("- "), []) if len(lines) == 1 else ("", lines)
    text = "" if value == {} else readable(value)
    return ("", text.splitlines()) if "\n" in text else (text, [])


def _entry(part: Any) -> list[str]:
    """Write an entry of a list: one line when it is short, else a line for each of its fields."""
    if not isinstance(part, dict):
        return [f"- {readable(part)}"]
    line = ", ".join(f"{name}: {readable(value)}" for name, value in part.items() if value not in (None, ""))
    if len(line) <= _LONGEST_LINE and "\n" not in line and not any(map(_has_parts, part.values())):
        return [f"- {line}"]
    return [("- " if number == 0 else _INDENT) + line for number, line in enumerate(field_lines(part))]


def _has_parts(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)
