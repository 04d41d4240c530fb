"""Reading what was written by hand: numbers in text, and JSON whose every error names a remedy."""

from __future__ import annotations

from typing import Any, TypeVar

_N = TypeVar("_N", int, int | None)


_MOST_DIGITS = 9


def is_whole(text: str) -> bool:
    """Tell whether the text is a whole number of a sensible size."""
    return text.isdecimal() and len(text) <= _MOST_DIGITS


class ControlError(Exception):
    """Control input that cannot be used; ``field`` is its path, ``remedy`` says what would be right."""

    def __init__(self, field: str, remedy: str, status: int = 400) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field
        self.remedy = remedy
        self.status = status


class Fields:
    """A JSON object read field by field; ``finish`` refuses what nobody asked for."""

    def __init__(self, body: Any, path: str) -> None:
        if not isinstance(body, dict):
            raise ControlError(path, "must be a JSON object")
        self._body: dict[str, Any] = dict(body)
        self._path = path
        self._known: list[str] = []

    def _take(self, name: str, default: Any) -> Any:
        self._known.append(name)
        return self._body.pop(name, default)

    def _refuse(self, name: str, remedy: str) -> ControlError:
        return ControlError(f"{self._path}.{name}", remedy)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; required when there is no default."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self._refuse(name, "must be a string")
        return value

    def choice(self, name: str, allowed: list[str], default: str | None = None) -> str:
        """Return one of the allowed strings."""
        value = self._take(name, default)
        if value not in allowed:
            raise self._refuse(name, f"must be one of {', '.join(allowed)}")
        return str(value)

    def number(self, name: str, default: float, maximum: float = 86_400.0) -> float:
        """Return a number between 0 and ``maximum``."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= maximum:
            raise self._refuse(name, f"must be a number from 0 to {maximum:g}")
        return float(value)

    def integer(self, name: str, default: _N) -> _N:
        """Return a whole number of at least 0."""
        value: Any = self._take(name, default)
        if value == default:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._refuse(name, "must be a whole number of at least 0")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, "must be true or false")
        return value

    def items(self, name: str) -> list[Any]:
        """Return a list, empty when absent."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self._refuse(name, "must be a list")
        return value

    def any(self, name: str, default: Any = None) -> Any:
        """Return the raw value, for a field with a shape of its own."""
        return self._take(name, default)

    def finish(self) -> None:
        """Refuse fields that nothing read."""
        if self._body:
            raise self._refuse(next(iter(self._body)), f"is unknown; known are {', '.join(self._known)}")
