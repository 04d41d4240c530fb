"""Templates of text messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.calls.adapters.repository import message_codec as codec
from chalicelib.calls.adapters.repository.writes import done
from chalicelib.calls.adapters.tables import MessageTemplateItem
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.calls.domain.message_templates import MessageTemplate

_LIST = "TEXTS"


@unavailable_on(PynamoDBException)
class MessageTemplateRepository:
    """Stored templates of text messages; implements `MessageTemplateBook`."""

    def add(self, template: MessageTemplate) -> MessageTemplate:
        """Store a new template, or give the one that has this id."""
        item = codec.template_item(template)
        if done(lambda: item.save(MessageTemplateItem.pk.does_not_exist())):
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
        return done(lambda: item.save(MessageTemplateItem.version == version))

    def remove(self, template_id: str, version: int) -> bool:
        """Delete a template; False when the stored one is not at `version`."""
        item = MessageTemplateItem(_LIST, f"TEXT#{template_id}")
        return done(lambda: item.delete(MessageTemplateItem.version == version))
