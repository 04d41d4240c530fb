"""Reads control bodies and script files field by field, naming what is wrong; not OpenAI's bodies."""

from __future__ import annotations

from typing import Any

from localcloud.model_server.errors import InvalidInput

LARGEST = 1_000_000_000


class Fields:
    """One mapping of untrusted input: each read checks a field, `finish` refuses the fields nobody read."""

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, dict):
            raise InvalidInput(where, "is not an object", "give an object with named fields")
        self._raw: dict[Any, Any] = raw
        self._where = where
        self._known: list[str] = []

    def path(self, name: str) -> str:
        """Return the full name of a field, as errors give it."""
        return f"{self._where}.{name}" if self._where else name

    def get(self, name: str) -> Any:
        """Return a field unchecked (None when absent)."""
        self._known.append(name)
        return self._raw.get(name)

    def has(self, name: str) -> bool:
        """Tell whether the field was given, even as null."""
        self._known.append(name)
        return name in self._raw

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string; without a default it must be there."""
        value = self.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise InvalidInput(self.path(name), "is not a string", "give a string")
        return value

    def number(self, name: str, default: float, minimum: float = 0.0) -> float:
        """Return a number of at least `minimum`."""
        value = self.get(name)
        if value is None:
            return default
        wrong = isinstance(value, bool) or not isinstance(value, int | float)
        if wrong or not minimum <= value <= LARGEST:
            raise InvalidInput(
                self.path(name), "is out of range", f"give a number from {minimum:g} to {LARGEST}"
            )
        return float(value)

    def integer(self, name: str, default: int, minimum: int = 0) -> int:
        """Return a whole number of at least `minimum`."""
        value = self.number(name, default, minimum)
        if value != int(value):
            raise InvalidInput(self.path(name), "is not a whole number", "give a whole number")
        return int(value)

    def items(self, name: str) -> list[Any]:
        """Return a list (empty when absent)."""
        value = self.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise InvalidInput(self.path(name), "is not a list", "give a list")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object with string keys (empty when absent)."""
        value = self.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise InvalidInput(self.path(name), "is not an object", "give an object with named fields")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Return one string or a list of strings as a tuple."""
        value = self.get(name)
        found = [value] if isinstance(value, str) else ([] if value is None else value)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise InvalidInput(self.path(name), "is not a name or a list of names", "give strings")
        return tuple(found)

    def finish(self) -> None:
        """Refuse fields that nothing has read: a misspelt field must not be silently ignored."""
        for name in self._raw:
            if name not in self._known:
                remedy = f"use only: {', '.join(sorted(set(self._known)))}"
                raise InvalidInput(self.path(str(name)), "is not known here", remedy)
