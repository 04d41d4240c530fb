"""What is watched in the CRM table: contacts and what belongs to them, tags, fields, jobs."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from chalicelib.crm.adapters.events import (
    CONSENT_RECORDED,
    CONTACT_CREATED,
    CONTACT_DELETED,
    CONTACT_MERGED,
    CONTACT_UPDATED,
    JOB_FINISHED,
    NOTE_CREATED,
    NOTE_DELETED,
    NOTE_UPDATED,
    TAG_CREATED,
    TAG_DELETED,
    TAG_UPDATED,
)
from chalicelib.crm.domain.throwaway import is_of_throw_away
from chalicelib.kernel.changes import Shown, Watch, sk_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
    "other_phones": Shown.PLAIN,
    "address": Shown.LENGTH,
    "preferred_times": Shown.PLAIN,
    "preferred_channel": Shown.PLAIN,
    "owner": Shown.PLAIN,
    "tags": Shown.PLAIN,
    "custom_fields": Shown.LENGTH,
    "merged_ids": Shown.PLAIN,
}
_TAG = {"name": Shown.PLAIN, "colour": Shown.PLAIN, "description": Shown.LENGTH}
_FIELD = dict.fromkeys(("key", "label", "kind", "choices"), Shown.PLAIN)
_JOB = {"kind": Shown.PLAIN, "state": Shown.PLAIN, "total": Shown.PLAIN}
_NOTE = {
    "contact_id": Shown.PLAIN,
    "kind": Shown.PLAIN,
    "body": Shown.LENGTH,
    "author": Shown.PLAIN,
    "call_id": Shown.PLAIN,
    "due_at": Shown.PLAIN,
    "done_at": Shown.PLAIN,
    "pinned": Shown.PLAIN,
}
_MEMORY = {
    "contact_id": Shown.PLAIN,
    "key": Shown.LENGTH,
    "value": Shown.LENGTH,
    "said": Shown.LENGTH,
    "turn": Shown.PLAIN,
    "call_id": Shown.PLAIN,
    "corrected_by": Shown.PLAIN,
    "forgotten": Shown.PLAIN,
}
_CONSENT = {
    "contact_id": Shown.PLAIN,
    "kind": Shown.PLAIN,
    "answer": Shown.PLAIN,
    "source": Shown.PLAIN,
    "wording": Shown.LENGTH,
    "reference": Shown.LENGTH,
    "number": Shown.PHONE,
    "at": Shown.PLAIN,
}
# Where a row stands in indexes follows from its fields.
_KEYS = frozenset({"id", "timeline_id", "timeline_key", "task_list", "task_key", "moved_to", "moved_from"})
_LISTS = frozenset(
    {"list_shard", "created_key", "name_key", "updated_key", "contacted_key"}
    | {f"{name}_shard" for name in ("status", "source", "owner", "company")}
)
# A call's mark and an import's stamp are no changes that somebody makes of a contact.
_UNSAID = _LISTS | {"id", "last_contacted_at", "import_row"}
_GONE = _UNSAID | {"reason", "gone_at", "merged_into"}
_PROGRESS = frozenset({"step", "cursor", "done", "succeeded", "unchanged", "failed"})
_WRITTEN_AS_JSON = (
    *("other_phones", "address", "preferred_times", "tags", "custom_fields", "merged_ids"),
    *("choices", "arguments"),
)


def _read(image: Mapping[str, Any]) -> Image:
    """Read a row of which some attributes are JSON."""
    texts = {name: image[name] for name in _WRITTEN_AS_JSON if isinstance(image.get(name), str)}
    return {**image, **{name: json.loads(text) for name, text in texts.items()}}


def _of_real_contacts(
    tell: Callable[[Image | None, Image | None], Iterable[Told]],
) -> Callable[[Image | None, Image | None], Iterable[Told]]:
    """Tell nothing of contacts that are made to try something out; the audit log has them all the same."""

    @wraps(tell)
    def tell_of(old: Image | None, new: Image | None) -> Iterable[Told]:
        return () if is_of_throw_away(new or old or {}) else tell(old, new)

    return tell_of


@_of_real_contacts
def _tell_contact(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        return
    told = {**new, "contact_id": new["id"]}
    if old is None:
        yield CONTACT_CREATED.told(told)
    elif changed := [name for name in _CONTACT if old.get(name) != new.get(name)]:
        yield CONTACT_UPDATED.told({**told, "changed": changed})


@_of_real_contacts
def _tell_parting(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None or (old or {}).get("reason") == new["reason"]:
        return
    told = {**new, "contact_id": new["id"]}
    yield (CONTACT_MERGED if new["reason"] == "merged" else CONTACT_DELETED).told(told)


def _tell_tag(old: Image | None, new: Image | None) -> Iterable[Told]:
    image = new or old or {}
    kind = TAG_DELETED if new is None else TAG_UPDATED if old else TAG_CREATED
    yield kind.told({**image, "tag_id": image["id"]})


def _tell_job(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is not None and new.get("finished_at") and not (old or {}).get("finished_at"):
        yield JOB_FINISHED.told({**new, "job_id": new["id"]})


def _moved(image: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give a row as it was before its contact was merged into another."""
    return {**image, "contact_id": image["moved_from"]} if image.get("moved_from") else None


@_of_real_contacts
def _tell_note(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is None:
        yield from _tell_note_gone(old or {})
        return
    if old is None and _moved(new):
        return
    told = {**new, "note_id": new["id"]}
    if old is None:
        yield NOTE_CREATED.told(told)
    elif changed := [name for name in _NOTE if old.get(name) != new.get(name)]:
        yield NOTE_UPDATED.told({**told, "changed": changed})


def _tell_note_gone(old: Image) -> Iterable[Told]:
    """Tell of a deletion, but not of a row that lies with the contact that this one was merged into."""
    if "moved_to" not in old:
        yield NOTE_DELETED.told({**old, "note_id": old["id"]})


@_of_real_contacts
def _tell_consent(old: Image | None, new: Image | None) -> Iterable[Told]:
    if new is not None and old is None and not _moved(new):
        yield CONSENT_RECORDED.told({**new, "consent_id": new["id"]})


def _id(image: Mapping[str, Any]) -> str:
    return str(image["id"])


WATCHES = (
    Watch("contact", "contact", _id, _CONTACT, silent=_UNSAID, read=_read, tell=_tell_contact),
    Watch("gone", "contact", _id, _CONTACT, silent=_GONE, read=_read, tell=_tell_parting),
    Watch("tag", "tag", _id, _TAG, silent=frozenset({"id"}), tell=_tell_tag),
    Watch("field", "custom_field", sk_id, _FIELD, read=_read),
    Watch("job", "job", _id, _JOB, silent=_PROGRESS | {"id"}, read=_read, tell=_tell_job),
    Watch("memory", "fact", _id, _MEMORY, silent=_KEYS | {"learned_at"}, moved=_moved),
    Watch("note", "note", _id, _NOTE, silent=_KEYS, moved=_moved, tell=_tell_note),
    Watch(
        "consent",
        "consent",
        _id,
        _CONSENT,
        silent=_KEYS | {"recorded_at", "recorded_by"},
        moved=_moved,
        tell=_tell_consent,
    ),
)
