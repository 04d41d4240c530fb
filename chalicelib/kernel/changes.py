"""What a table's stream tells of a row: the change, and what each kind of row is watched for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

HIDDEN = "…"
MAX_SHOWN = 200
_TOLD_AT_ONCE = 16
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What storage needs and nobody means when a row is changed.
_PLUMBING = frozenset({"pk", "sk", "changed_by", "created_at", "updated_at", "version", "expires_at"})


class Shown(Enum):
    """How much of a field's value the audit log keeps; a field that is not named shows as `HIDDEN`."""

    PLAIN = "plain"  # as it is, up to 200 characters; numbers and addresses inside are masked all the same
    PHONE = "phone"  # the country's start and the last two digits
    EMAIL = "email"  # the first letter and the domain
    LENGTH = "length"  # how many characters


class Action(Enum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True)
class Change:
    """One write to one row, as the stream told it: before and after, as plain values.

    `id` is the stream record's own: the same whenever the record is told again. `at` is right to a second;
    `sequence` grows with every write to the same row. `expired` says that nobody deleted the row: its time
    was over.
    """

    id: str
    row: str
    at: datetime
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    expired: bool = False
    sequence: int = 0

    def derived_id(self, prefix: str, what: str = "", number: int = 0) -> str:
        """Make the id of what this change tells: the same again, in the order of the row's writes.

        `number` (0 to 15) orders what one change tells under the same prefix.
        """
        seed = f"{self.id}#{what}" if what else self.id
        return derived_id(prefix, seed, to_millis(self.at), self.sequence * _TOLD_AT_ONCE + number)

    @property
    def has_moved(self) -> bool:
        """Tell whether the row was deleted after its object had got another row, as `moved_to` says."""
        return self.new is None and "moved_to" in (self.old or {})

    @property
    def image(self) -> Mapping[str, Any]:
        """Give the row as it is, or as it was last."""
        return self.new or self.old or {}


@dataclass(frozen=True)
class Told:
    """An event without its id and time: its type, the version of its data's shape, and the data."""

    type: str
    data: Mapping[str, Any]
    version: int = 1


Image = dict[str, Any]


def discriminator(image: Mapping[str, Any]) -> str:
    """Name the attribute that says what kind of row this is: `row`, or `kind` in tables without it."""
    return "row" if "row" in image else "kind"


def no_events(_old: Image | None, _new: Image | None) -> Iterable[Told]:
    """Tell nothing."""
    return ()


def pk_id(image: Mapping[str, Any]) -> str:
    """Give the id in the row's hash key: what follows the first `#`."""
    return str(image["pk"]).partition("#")[2]


def sk_id(image: Mapping[str, Any]) -> str:
    """Give the id in the row's range key: what follows the first `#`."""
    return str(image["sk"]).partition("#")[2]


def never(_image: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Tell that no row of this kind moves."""
    return None


def as_it_is(image: Mapping[str, Any]) -> Image:
    """Read a row whose attributes are its fields."""
    return dict(image)


@dataclass(frozen=True)
class Watch:
    """What is known of one kind of row; pure.

    `row` is the kind's discriminator and `object` what people call it. `subject` gives the object's id
    for its events, `object_id` the id for the audit log where the first is personal. `shown` names the
    fields that the log may show, `silent` those whose change is no act; `audited` are the acts that are
    logged at all. `read` gives the fields of a stored image, keys included; `tell` the events of a change.
    `moved` gives, of a new row that took the place of another one of the same object, that other one.
    """

    row: str
    object: str
    subject: Callable[[Mapping[str, Any]], str]
    shown: Mapping[str, Shown]
    silent: frozenset[str] = frozenset()
    audited: frozenset[Action] = frozenset(Action)
    object_id: Callable[[Mapping[str, Any]], str] | None = None
    read: Callable[[Mapping[str, Any]], Image] = as_it_is
    moved: Callable[[Mapping[str, Any]], Mapping[str, Any] | None] = never
    tell: Callable[[Image | None, Image | None], Iterable[Told]] = field(default=no_events)

    def key(self, image: Mapping[str, Any]) -> str:
        """Give the object's kind and id, `contact:contact_…`, as the audit log names it."""
        return f"{self.object}:{(self.object_id or self.subject)(image)}"

    def fields(self, image: Mapping[str, Any] | None) -> Image:
        """Give the fields that somebody may have meant to set, without keys and what storage needs."""
        if not image:
            return {}
        unsaid = _PLUMBING | self.silent | {discriminator(image)}
        read = self.read(image).items()
        return {name: value for name, value in read if name not in unsaid and value is not None}

    def show(self, name: str, value: Any) -> Any:
        """Give what the audit log may show of a field."""
        return _MASKS[self.shown[name]](value) if name in self.shown else HIDDEN


def _plain(value: Any) -> Any:
    match value:
        case bool() | int():
            return value
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return scrub(str(value))[:MAX_SHOWN]


def scrub(text: str) -> str:
    """Mask every phone number and e-mail address in a text."""
    return _EMAIL.sub(lambda found: _email(found[0]), _PHONE.sub(lambda found: mask(found[0]), text))


def _email(value: Any) -> str:
    name, _, domain = str(value).rpartition("@")
    return f"{name[:1]}{HIDDEN}@{domain}"


def _length(value: Any) -> str:
    return f"({len(str(value))} characters)"


_MASKS: dict[Shown, Callable[[Any], Any]] = {
    Shown.PLAIN: _plain,
    Shown.PHONE: lambda value: mask(str(value)),
    Shown.EMAIL: _email,
    Shown.LENGTH: _length,
}
