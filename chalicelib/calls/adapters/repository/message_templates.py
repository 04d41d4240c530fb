"""Templates of text messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DeleteError, PutError, PynamoDBException

from chalicelib.calls.adapters.repository import message_codec as codec
from chalicelib.calls.adapters.tables import MessageTemplateItem
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.calls.domain.message_templates import MessageTemplate

_LIST = "TEXTS"


@unavailable_on(PynamoDBException)
class MessageTemplateRepository:
    """Stored templates of text messages; implements `MessageTemplateBook`."""

    def add(self, template: MessageTemplate) -> MessageTemplate:
        """Store a new template, or give the one that has this id."""
        item = codec.template_item(template)
        if _done(lambda: item.save(MessageTemplateItem.pk.does_not_exist())):
            return template
        return self.get(template.id) or template

    def get(self, template_id: str) -> MessageTemplate | None:
        """Give a template, consistently."""
        try:
            item = MessageTemplateItem.get(_LIST, f"TEXT#{template_id}", consistent_read=True)
        except MessageTemplateItem.DoesNotExist:
            return None
        return codec.template_of(item)

    def all(self) -> list[MessageTemplate]:
        """Give every template, by name."""
        found = map(codec.template_of, MessageTemplateItem.query(_LIST, consistent_read=True))
        return sorted(found, key=lambda template: (template.name, template.id))

    def save(self, template: MessageTemplate, version: int) -> bool:
        """Store the next version; False when the stored one is not at `version`."""
        item = codec.template_item(template)
        return _done(lambda: item.save(MessageTemplateItem.version == version))

    def remove(self, template_id: str, version: int) -> bool:
        """Delete a template; False when the stored one is not at `version`."""
        item = MessageTemplateItem(_LIST, f"TEXT#{template_id}")
        return _done(lambda: item.delete(MessageTemplateItem.version == version))


def _done(write: Callable[[], Any]) -> bool:
    try:
        write()
    except (PutError, DeleteError) as error:
        if response_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True
