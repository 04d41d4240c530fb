"""Prompt templates in the ai table."""

from __future__ import annotations

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.ai.adapters.tables import AiTable, PromptItem
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.storage_errors import response_code

_HASH = "PROMPTS"


@unavailable_on(PynamoDBException)
class AiRepository:
    """Stores and lists prompt templates."""

    def __init__(self, table_name: str) -> None:
        AiTable.Meta.table_name = table_name

    def add(self, template: PromptTemplate) -> None:
        """Store a new template; `Conflict` when the id exists."""
        item = PromptItem(
            _HASH,
            f"PROMPT#{template.id}",
            name=template.name,
            text=template.text,
            created_at=iso(template.created_at),
            updated_at=iso(template.updated_at),
            version=template.version,
        )
        try:
            item.save(PromptItem.pk.does_not_exist())
        except PutError as error:
            if response_code(error) == "ConditionalCheckFailedException":
                raise Conflict(f"The prompt template {template.id} exists.", code="prompt_exists") from error
            raise

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give the newest version of a template."""
        try:
            return _template(PromptItem.get(_HASH, f"PROMPT#{template_id}"))
        except PromptItem.DoesNotExist:
            return None

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""
        return sorted((_template(item) for item in PromptItem.query(_HASH)), key=lambda found: found.name)


def _template(item: PromptItem) -> PromptTemplate:
    return PromptTemplate(
        id=item.sk.removeprefix("PROMPT#"),
        name=item.name,
        text=item.text,
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
    )
