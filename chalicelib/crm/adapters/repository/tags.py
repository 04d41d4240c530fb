"""Tags in DynamoDB: one partition holds all of them."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.tables import TagItem
from chalicelib.crm.domain.tags import Tag
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.errors import unavailable_on


@unavailable_on(PynamoDBException)
class TagRepository:
    """Tags; implements `Tags`."""

    def all(self) -> list[Tag]:
        """Give every tag, consistently, by name; there are 500 at most."""
        found = TagItem.query("TAGS", TagItem.sk.startswith("TAG#"), consistent_read=True)
        return sorted(map(_tag, found), key=lambda tag: tag.name.casefold())


def _tag(item: TagItem) -> Tag:
    return Tag(
        id=item.id,
        name=item.name,
        colour=item.colour,
        description=item.description,
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
    )
