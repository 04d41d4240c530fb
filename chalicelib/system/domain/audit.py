"""The audit log's entries: who did what to which object, with before and after, masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.changes import Action
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import is_e164

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.kernel.changes import Change, Watch

# Of rows that nobody stamped, and of deletions: a deleted row names who wrote it last, not who deleted it.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class AuditEntry:
    """One act. `before` and `after` have the fields that it changed, only as far as the log may show them.

    `actor` is `token:<id>`, `call:<id>`, `system`, or `unknown`.
    """

    id: str
    at: datetime
    actor: str
    action: Action
    object_kind: str
    object_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def object(self) -> str:
        """Name the object in one word: `contact:contact_…`."""
        return f"{self.object_kind}:{self.object_id}"


@dataclass(frozen=True)
class AuditFilter:
    """Which entries: by actor, by object (`contact:contact_…`), from `since` until before `until`."""

    actor: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            wrong = (FieldError("/to", "Give a time after `from`."),)
            raise Invalid("The span of time is empty.", code="invalid_fields", errors=wrong)


def audit_entry(change: Change, watch: Watch) -> AuditEntry | None:
    """Give the entry of a change, the same again for the same change; None when it is nobody's act.

    Rows whose time was over, and changes of what nobody sets, are no acts.
    """
    old, new = watch.fields(change.old), watch.fields(change.new)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    action = _action(old, new, is_moved=watch.moved(change.image))
    if change.expired or not changed or action not in watch.audited:
        return None
    return AuditEntry(
        id=derived_id("audit", change.id, to_millis(change.at)),
        at=change.at,
        actor=str((change.new or {}).get("changed_by") or UNKNOWN),
        action=action,
        object_kind=watch.object,
        object_id=watch.key(change.image).partition(":")[2],
        before={name: watch.show(name, old[name]) for name in changed if name in old},
        after={name: watch.show(name, new[name]) for name in changed if name in new},
    )


def _action(old: Mapping[str, Any], new: Mapping[str, Any], *, is_moved: bool) -> Action:
    """Tell what became of the object; one that is kept for a while with a mark is deleted all the same."""
    if not old:
        return Action.UPDATED if is_moved else Action.CREATED
    marked = "deleted_at" in new and "deleted_at" not in old
    return Action.DELETED if not new or marked else Action.UPDATED


def object_key(text: str) -> str:
    """Give an object as the log names it: the ids of phone numbers are not the numbers themselves."""
    kind, _, given = text.partition(":")
    return f"{kind}:{derived_id(kind, given)}" if is_e164(given) else text
