"""Prompt templates in the ai table, each with its versions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.ai.adapters.repository import prompt_codec as codec
from chalicelib.ai.adapters.tables import PromptItem, PromptVersionItem
from chalicelib.ai.domain.prompts import how_many_fit
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition

    from chalicelib.ai.domain.prompts import PromptTemplate

_TOMBSTONE_LIFE = timedelta(days=30)
_NO_VERSION = 9999
_REFUSED = "ConditionalCheckFailedException"


@unavailable_on(PynamoDBException)
class PromptRepository:
    """Stores and lists prompt templates; implements `PromptTemplates`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, template: PromptTemplate) -> None:
        """Store a new template; `Conflict` when there is, or lately was, one with this id."""
        try:
            codec.prompt_item(template).save(PromptItem.pk.does_not_exist())
        except PutError as error:
            if response_code(error) == _REFUSED:
                raise Conflict(f"The prompt template {template.id} exists.", code="prompt_exists") from error
            raise

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give the newest version of a template, consistently; None also when it was deleted."""
        try:
            item = PromptItem.get(codec.HASH, codec.prompt_key(template_id), consistent_read=True)
        except DoesNotExist:
            return None
        return None if item.deleted_at else codec.prompt_of(item)

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""
        items = PromptItem.query(codec.HASH, consistent_read=True)
        found = (codec.prompt_of(item) for item in items if not item.deleted_at)
        return sorted(found, key=lambda template: template.name)

    def count(self) -> int:
        """Give how many templates there are; the table counts them, and sends none."""
        there = PromptItem.deleted_at.does_not_exist()
        return int(PromptItem.count(codec.HASH, filter_condition=there, consistent_read=True))

    def save(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Put the next version in the place of `before`, which stays readable; False: it is not current."""
        return self._replace(codec.prompt_item(template), before)

    def publish(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Change which versions were put to use, and nothing else; False: `before` is not current."""
        try:
            codec.prompt_item(template).save(_is_current(before))
        except PutError as error:
            if response_code(error) == _REFUSED:
                return False
            raise
        return True

    def remove(self, template: PromptTemplate, now: datetime) -> bool:
        """Delete a template, whose versions stay readable; False when this version is not current.

        For 30 days its row tells that it was there, so that no late repetition makes it again.
        """
        gone = codec.prompt_item(template)
        gone.deleted_at, gone.expires_at = iso(now), int((now + _TOMBSTONE_LIFE).timestamp())
        return self._replace(gone, template)

    def version(self, template_id: str, number: int) -> PromptTemplate | None:
        """Give one version of a template, also of one that was deleted."""
        current = self.get(template_id)
        if current and current.version == number:
            return current
        key = codec.version_key(number)
        try:
            item = PromptVersionItem.get(codec.prompt_key(template_id), key, consistent_read=True)
        except DoesNotExist:
            return None
        return codec.version_of(item)

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[PromptTemplate]:
        """Give up to `limit` versions of a template, newest first, after `start`; also of a deleted one.

        Fewer when their texts are long.
        """
        current = self.get(template_id) if start is None else None
        items = PromptVersionItem.query(
            codec.prompt_key(template_id),
            PromptVersionItem.sk < (start or codec.version_key(_NO_VERSION)),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit + 1,
        )
        older = [codec.version_of(item) for item in items]
        newest = [current] if current else []
        found = newest + [each for each in older if current is None or each.version != current.version]
        shown = found[: min(limit, how_many_fit(found))]
        more = codec.version_key(shown[-1].version) if len(shown) < len(found) else None
        return Page(shown, more)

    def _replace(self, item: PromptItem, before: PromptTemplate) -> bool:
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=_is_current(before))
                transaction.save(codec.version_item(before), condition=PromptVersionItem.pk.does_not_exist())
        except TransactWriteError as error:
            if not error.cancellation_reasons:
                raise
            return False
        return True


def _is_current(template: PromptTemplate) -> Condition:
    """Tell whether nobody changed or published the template since it was read so."""
    current: Condition = PromptItem.version == template.version
    current &= PromptItem.deleted_at.does_not_exist()
    publications = list(template.publications)
    if publications == [1]:  # rows of before prompts had drafts say nothing of it
        current &= (PromptItem.publications == publications) | PromptItem.publications.does_not_exist()
        return current
    current &= PromptItem.publications == publications
    return current
