"""Call templates, each with its versions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository import template_codec
from chalicelib.calls.adapters.repository.writes import put_if
from chalicelib.calls.adapters.tables import TemplateItem, TemplateVersionItem
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition

    from chalicelib.calls.domain.templates import CallTemplate

_TOMBSTONE_LIFE = timedelta(days=30)
_NO_VERSION = 9999


@unavailable_on(PynamoDBException)
class TemplateRepository:
    """Stored call templates, each with its versions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, template: CallTemplate) -> bool:
        """Store a new template; False when there is, or lately was, one with this id."""
        return put_if(template_codec.template_item(template), TemplateItem.pk.does_not_exist())

    def get(self, template_id: str) -> CallTemplate | None:
        """Give the current version of a template, consistently; None also when it was deleted."""
        try:
            item = TemplateItem.get("TEMPLATES", f"TEMPLATE#{template_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return None if item.deleted_at else template_codec.template_of(item)

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""
        items = TemplateItem.query("TEMPLATES", consistent_read=True)
        found = (template_codec.template_of(item) for item in items if not item.deleted_at)
        return sorted(found, key=lambda template: template.name)

    def save(self, template: CallTemplate, before: CallTemplate) -> bool:
        """Put the next version in the place of `before`, which stays readable; False: it is not current."""
        return self._replace(template_codec.template_item(template), before)

    def remove(self, template: CallTemplate, now: datetime) -> bool:
        """Delete a template, whose versions stay readable; False when this version is not current.

        For 30 days its row tells that it was there, so that no late repetition makes it again.
        """
        gone = template_codec.template_item(template)
        gone.deleted_at, gone.expires_at = iso(now), int((now + _TOMBSTONE_LIFE).timestamp())
        return self._replace(gone, template)

    def _replace(self, item: TemplateItem, before: CallTemplate) -> bool:
        old = template_codec.version_item(before)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=_is_current(before))
                transaction.save(old, condition=TemplateVersionItem.pk.does_not_exist())
        except TransactWriteError as error:
            if not error.cancellation_reasons:
                raise
            return False
        return True

    def version(self, template_id: str, number: int) -> CallTemplate | None:
        """Give one version of a template, also of one that was deleted."""
        current = self.get(template_id)
        if current and current.version == number:
            return current
        key = template_codec.version_key(number)
        try:
            item = TemplateVersionItem.get(f"TEMPLATE#{template_id}", key, consistent_read=True)
        except DoesNotExist:
            return None
        return template_codec.template_of(item)

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[CallTemplate]:
        """Give up to `limit` versions of a template, newest first, after `start`; also of a deleted one."""
        current = self.get(template_id) if start is None else None
        items = TemplateVersionItem.query(
            f"TEMPLATE#{template_id}",
            TemplateVersionItem.sk < (start or template_codec.version_key(_NO_VERSION)),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit + 1,
        )
        older = [template_codec.template_of(item) for item in items]
        found = ([current] if current else []) + [each for each in older if each != current]
        more = template_codec.version_key(found[limit - 1].version) if len(found) > limit else None
        return Page(found[:limit], more)


def _is_current(template: CallTemplate) -> Condition:
    is_there: Condition = TemplateItem.pk.exists()  # a deleted one has its last version stored already
    if template.version == 1:
        is_there &= (TemplateItem.version == 1) | TemplateItem.version.does_not_exist()
        return is_there
    is_there &= TemplateItem.version == template.version
    return is_there
