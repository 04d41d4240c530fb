"""Settings in DynamoDB: one row for what was set, and one for each change, written together."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.system.adapters.tables import SettingsChangeItem, SettingsItem
from chalicelib.system.domain.settings import (
    Budgets,
    Caps,
    DayHours,
    Hours,
    KillSwitch,
    Pace,
    Retention,
    SettingsChange,
    StoredSettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pynamodb.connection import Connection

_KEY = "SETTINGS"
_CURRENT = "CURRENT"
_FIRST_KEPT = 2
_REFUSED = {"ConditionalCheckFailed", "TransactionConflict"}
_FLAT = {"kill_switch": KillSwitch, "pace": Pace, "caps": Caps, "budgets": Budgets, "retention": Retention}


@unavailable_on(PynamoDBException)
class SettingsRepository:
    """The settings and their history, on the connection of their table; implements `SettingsBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> StoredSettings | None:
        """Give what was set, by one consistent read; None when nobody has set anything."""
        try:
            item = SettingsItem.get(_KEY, _CURRENT, consistent_read=True)
        except DoesNotExist:
            return None
        return StoredSettings(int(item.version), _sections(item.sections), from_iso(item.set_at), item.set_by)

    def change(self, stored: StoredSettings, change: SettingsChange) -> bool:
        """Keep the next version and the change that made it, unless somebody else was faster."""
        is_first = stored.version == _FIRST_KEPT
        version = SettingsItem.version
        as_read = version.does_not_exist() if is_first else version == stored.version - 1
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(stored), condition=as_read)
                transaction.save(_change_item(change), condition=SettingsChangeItem.pk.does_not_exist())
        except TransactWriteError as error:
            if not {reason.code for reason in error.cancellation_reasons if reason} & _REFUSED:
                raise
            return False
        return True

    def history(self, page_size: int, start: str | None = None) -> Page[SettingsChange]:
        """Give a page of the changes, the newest first."""
        changes = SettingsChangeItem.query(
            _KEY,
            SettingsChangeItem.sk.startswith("CHANGE#"),
            scan_index_forward=False,
            limit=page_size,
            page_size=page_size,
            last_evaluated_key={"pk": {"S": _KEY}, "sk": {"S": start}} if start else None,
            consistent_read=True,
        )
        items = [_change(item) for item in changes]
        last = changes.last_evaluated_key
        return Page(items, last["sk"]["S"] if last else None)


def _item(stored: StoredSettings) -> SettingsItem:
    return SettingsItem(
        _KEY,
        _CURRENT,
        version=stored.version,
        sections=_plain(stored.sections),
        set_at=iso(stored.changed_at),
        set_by=stored.changed_by,
    )


def _change_item(change: SettingsChange) -> SettingsChangeItem:
    return SettingsChangeItem(
        _KEY,
        f"CHANGE#{change.version:010d}",
        version=change.version,
        set_at=iso(change.at),
        set_by=change.by,
        reason=change.reason or None,
        before=_plain(change.before),
        after=_plain(change.after),
    )


def _change(item: SettingsChangeItem) -> SettingsChange:
    return SettingsChange(
        version=int(item.version),
        at=from_iso(item.set_at),
        by=item.set_by,
        reason=item.reason or "",
        before=_sections(item.before),
        after=_sections(item.after),
    )


def _plain(sections: Mapping[str, Any]) -> dict[str, Any]:
    return {name: asdict(value) if is_dataclass(value) else list(value) for name, value in sections.items()}  # type: ignore[arg-type]


def _sections(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _section(name, value) for name, value in stored.items()}


def _section(name: str, value: Any) -> Any:
    if name in _FLAT:
        return _FLAT[name](**value)
    if name == "hours":
        return Hours(**{day: open_ and DayHours(**open_) for day, open_ in value.items()})
    return tuple(value)
