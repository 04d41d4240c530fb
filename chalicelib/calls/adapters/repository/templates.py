"""Call templates, and which of them answers which of our numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository import template_codec
from chalicelib.calls.adapters.tables import LineItem, TemplateItem
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.kernel.phones import E164


@unavailable_on(PynamoDBException)
class TemplateRepository:
    """Stored call templates and routes."""

    def add(self, template: CallTemplate) -> None:
        """Store a new template."""
        template_codec.template_item(template).save()

    def get(self, template_id: str) -> CallTemplate | None:
        """Give a template."""
        try:
            return template_codec.template_of(TemplateItem.get("TEMPLATES", f"TEMPLATE#{template_id}"))
        except DoesNotExist:
            return None

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""
        found = (template_codec.template_of(item) for item in TemplateItem.query("TEMPLATES"))
        return sorted(found, key=lambda template: template.name)

    def route(self, line: E164, template_id: str) -> None:
        """Let this template answer calls to our number `line`."""
        LineItem(f"LINE#{line}", "LINE", template_id=template_id).save()

    def route_of(self, line: E164) -> str | None:
        """Give the id of the template that answers `line`."""
        try:
            return LineItem.get(f"LINE#{line}", "LINE").template_id
        except DoesNotExist:
            return None
