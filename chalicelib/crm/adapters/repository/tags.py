"""Tags in DynamoDB: one partition holds all of them, and each has a claim on its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.refusals import COLLIDED, REFUSED, cancelled_for
from chalicelib.crm.adapters.tables import TagItem, TagNameItem
from chalicelib.crm.domain.tags import Tag
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, FieldError, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynamodb.connection import Connection

_TAGS = "TAGS"
# Writers of one name at one instant can cancel each other, and then none of them has it.
_TRIES = 3


@unavailable_on(PynamoDBException)
class TagRepository:
    """Tags, on the connection of their table; implements `Tags`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[Tag]:
        """Give every tag, consistently, by name; there are 500 at most."""
        found = TagItem.query(_TAGS, TagItem.sk.startswith("TAG#"), consistent_read=True)
        return sorted(map(_tag, found), key=lambda tag: tag.name.casefold())

    def get(self, tag_id: str) -> Tag | None:
        """Give a tag, consistently."""
        try:
            return _tag(TagItem.get(_TAGS, f"TAG#{tag_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def add(self, tag: Tag) -> Tag:
        """Keep a new tag together with the claim on its name, all or nothing; give what is kept.

        Raises `Conflict` with code `tag_exists` and details {"tag_id": whose name it is}.
        """
        refusal = self._write(tag, lambda: self._add(tag))
        if refusal is None:
            return tag
        kept = self.get(tag.id)
        if kept is None:
            raise refusal
        return kept

    def save(self, tag: Tag, before: Tag) -> None:
        """Replace `before`, which has the version below, and move the claim on its name, all or nothing.

        Raises `Conflict` with code `version_changed` when the stored tag has another version or is gone,
        and `tag_exists` as `add`.
        """
        refusal = self._write(tag, lambda: self._save(tag, before))
        if refusal is not None:
            raise _changed() from refusal

    def remove(self, tag: Tag, into: str | None = None) -> None:
        """Remove a tag and free its name, all or nothing; with `into`, only while that tag is there.

        Raises `Conflict` with code `version_changed` when the stored tag has another version or one of them
        is gone.
        """
        refusal = self._write(tag, lambda: self._remove(tag, into))
        if refusal is not None:
            raise _changed() from refusal

    def _write(self, tag: Tag, write: Callable[[], None]) -> TransactWriteError | None:
        """Try a transaction; give why the tag's row refused it, if it did; another's name is `tag_exists`."""
        tries = _TRIES
        while True:
            tries -= 1
            try:
                write()
            except TransactWriteError as error:
                self._refuse_taken(tag, error)
                if tries and cancelled_for(error, COLLIDED):
                    continue
                if not cancelled_for(error, REFUSED):
                    raise
                return error
            return None

    def _refuse_taken(self, tag: Tag, refusal: TransactWriteError) -> None:
        try:
            owner = TagNameItem.get(f"TAGNAME#{fold(tag.name)}", "TAGNAME", consistent_read=True).tag_id
        except DoesNotExist:
            return
        if owner != tag.id:
            message = "There is a tag of this name; case, accents and punctuation make no difference."
            wrong = (FieldError("/name", message),)
            raise Conflict(message, code="tag_exists", errors=wrong, details={"tag_id": owner}) from refusal

    def _add(self, tag: Tag) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(_item(tag), condition=TagItem.pk.does_not_exist())
            transaction.save(_claim(tag), condition=TagNameItem.pk.does_not_exist())

    def _save(self, tag: Tag, before: Tag) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(_item(tag), condition=TagItem.version == before.version)
            if fold(tag.name) != fold(before.name):
                transaction.save(_claim(tag), condition=TagNameItem.pk.does_not_exist())
                transaction.delete(_claim(before))

    def _remove(self, tag: Tag, into: str | None) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            if into is not None:
                transaction.condition_check(TagItem, _TAGS, f"TAG#{into}", condition=TagItem.pk.exists())
            transaction.delete(_item(tag), condition=TagItem.version == tag.version)
            transaction.delete(_claim(tag))


def _item(tag: Tag) -> TagItem:
    kept = vars(tag) | {"created_at": iso(tag.created_at), "updated_at": iso(tag.updated_at)}
    return TagItem(_TAGS, f"TAG#{tag.id}", **kept)


def _claim(tag: Tag) -> TagNameItem:
    return TagNameItem(f"TAGNAME#{fold(tag.name)}", "TAGNAME", tag_id=tag.id)


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


def _changed() -> Conflict:
    return Conflict("The tag was changed meanwhile.", code="version_changed")
