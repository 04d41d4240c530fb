"""Dictionaries that find without looking at everything, so that fakes carry many thousands of calls."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call

Value = TypeVar("Value")


class CallsById(dict[str, "Call"]):
    """Calls by id; those that somebody is to look at are found by time, those of a contact by contact."""

    def __init__(self) -> None:
        super().__init__()
        self._looks: list[tuple[datetime, str]] = []
        self._of_contact: dict[str, dict[str, None]] = {}

    def __setitem__(self, call_id: str, call: Call) -> None:
        old = self.get(call_id)
        super().__setitem__(call_id, call)
        self._of_contact.setdefault(call.contact_id, {})[call_id] = None
        if old and old.look_at and old.look_at != call.look_at:
            del self._looks[bisect_left(self._looks, (old.look_at, call_id))]
        if call.look_at and (old is None or old.look_at != call.look_at):
            insort(self._looks, (call.look_at, call_id))

    def __delitem__(self, call_id: str) -> None:
        call = self[call_id]
        super().__delitem__(call_id)
        del self._of_contact[call.contact_id][call_id]
        if call.look_at:
            self._looks.remove((call.look_at, call_id))

    def pop(self, call_id: str, *default: Any) -> Any:
        """Take a call out."""
        if call_id not in self:
            return super().pop(call_id, *default)
        call = self[call_id]
        del self[call_id]
        return call

    def clear(self) -> None:
        """Forget every call."""
        for call_id in list(self):
            del self[call_id]

    def to_look_at(self, now: datetime) -> Iterator[Call]:
        """Give the calls that somebody must look at by now, the longest due first."""
        for look_at, call_id in self._looks:
            if look_at > now:
                break
            yield self[call_id]

    def of_contact(self, contact_id: str) -> list[Call]:
        """Give the calls of a contact."""
        return [self[call_id] for call_id in self._of_contact.get(contact_id, ())]


class ByCall(dict[tuple[str, Any], Value]):
    """Things of calls by the call's id and a key of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, dict[Any, None]] = {}

    def __setitem__(self, key: tuple[str, Any], value: Value) -> None:
        super().__setitem__(key, value)
        self._keys.setdefault(key[0], {})[key[1]] = None

    def __delitem__(self, key: tuple[str, Any]) -> None:
        super().__delitem__(key)
        del self._keys[key[0]][key[1]]

    def pop(self, key: tuple[str, Any], *default: Any) -> Any:
        """Take a thing out."""
        if key not in self:
            return super().pop(key, *default)
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._keys.clear()

    def setdefault(self, key: tuple[str, Any], value: Value) -> Value:  # type: ignore[override]
        """Keep a new thing; give the one that is there."""
        if key not in self:
            self[key] = value
        return self[key]

    def of(self, call_id: str) -> tuple[Value, ...]:
        """Give the things of a call, in the order in which they came."""
        return tuple(self[call_id, own] for own in self._keys.get(call_id, ()))
