"""What is watched in the CRM table: contacts and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.crm.adapters.events import CONTACT_CREATED, CONTACT_UPDATED, NOTE_CREATED
from chalicelib.kernel.changes import Shown, Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.kernel.changes import Image, Told

_CONTACT = {
    "name": Shown.LENGTH,
    "phone": Shown.PHONE,
    "email": Shown.EMAIL,
    "company": Shown.LENGTH,
    "title": Shown.LENGTH,
    "time_zone": Shown.PLAIN,
    "language": Shown.PLAIN,
    "source": Shown.PLAIN,
    "status": Shown.PLAIN,
}
_NOTE = {
    "contact_id": Shown.PLAIN,
    "kind": Shown.PLAIN,
    "body": Shown.LENGTH,
    "author": Shown.PLAIN,
    "call_id": Shown.PLAIN,
}


def _tell_contact(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "contact_id": new["id"]}
    if old is None:
        yield CONTACT_CREATED.told(told)
    elif changed := [name for name in _CONTACT if old.get(name) != new.get(name)]:
        yield CONTACT_UPDATED.told({**told, "changed": changed})


def _tell_note(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is not None and old is None:
        yield NOTE_CREATED.told({**new, "note_id": new["id"]})


def _id(image: Mapping[str, Any]) -> str:
    return str(image["id"])


WATCHES = (
    Watch("contact", "contact", _id, _CONTACT, silent=frozenset({"id"}), tell=_tell_contact),
    Watch("note", "note", _id, _NOTE, silent=frozenset({"id"}), tell=_tell_note),
)
