"""Messages on queues as versioned JSON: written by one process, read by another, perhaps of a newer build."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

_VERSION = 1
# What a body raises that is no JSON, no object, or an object of another shape.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)

MessageT = TypeVar("MessageT", bound="DataclassInstance")


class Codec(Generic[MessageT]):
    """Writes and reads the messages of one queue, which are dataclasses, by the names of their kinds."""

    def __init__(self, kinds: Mapping[str, type[MessageT]]) -> None:
        self._kinds_of = {_VERSION: dict(kinds)}
        self._names = {kind: name for name, kind in kinds.items()}

    def encode(self, message: MessageT) -> str:
        """Write a message."""
        return json.dumps({"v": _VERSION, "kind": self._names[type(message)], **asdict(message)})

    def decode(self, body: str) -> MessageT:
        """Read a message; `Invalid` for one that is not ours, or of a version that we do not know."""
        try:
            return self.read(json.loads(body))
        except UNREADABLE as error:
            raise Invalid("This message is not one that we write.", code="bad_message") from error

    def read(self, fields: dict[str, Any]) -> MessageT:
        """Read the fields of a message; what is none of ours raises one of `UNREADABLE`."""
        return self._kinds_of[fields.pop("v")][fields.pop("kind")](**fields)
