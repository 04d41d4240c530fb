"""The audit log's entries: who did what to which object, with before and after, masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.changes import Action
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import is_e164

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
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
    old, new = watch.fields(_before(change, watch)), watch.fields(change.new)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    action = _action(old, new)
    if change.expired or not changed or action not in watch.audited:
        return None
    return AuditEntry(
        id=change.derived_id("audit"),
        at=change.at,
        actor=str((change.new or {}).get("changed_by") or UNKNOWN),
        action=action,
        object_kind=watch.object,
        object_id=watch.key(change.image).partition(":")[2],
        before={name: watch.show(name, old[name]) for name in changed if name in old},
        after={name: watch.show(name, new[name]) for name in changed if name in new},
    )


def _before(change: Change, watch: Watch) -> Mapping[str, Any] | None:
    """Give the object as it was, wherever its row lay."""
    if change.old is None and change.new is not None:
        return watch.moved(change.new)
    return change.old


def _action(old: Mapping[str, Any], new: Mapping[str, Any]) -> Action:
    """Tell what became of the object; one that is kept for a while with a mark is deleted all the same."""
    if not old:
        return Action.CREATED
    marked = "deleted_at" in new and "deleted_at" not in old
    return Action.DELETED if not new or marked else Action.UPDATED


def check_kind(text: str, kinds: Collection[str]) -> None:
    """Refuse an object of a kind that the log does not have, as `Invalid` with code `invalid_fields`."""
    if text.partition(":")[0] not in kinds:
        wrong = (FieldError("/object", f"Begin with one of these kinds: {', '.join(sorted(kinds))}."),)
        raise Invalid("There are no such objects.", code="invalid_fields", errors=wrong)


def object_key(text: str) -> str:
    """Give an object as the log names it: the ids of phone numbers are not the numbers themselves."""
    kind, _, given = text.partition(":")
    return f"{kind}:{derived_id(kind, given)}" if is_e164(given) else text
