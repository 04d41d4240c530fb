"""Tags and definitions of custom fields in memory."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Conflict, FieldError

if TYPE_CHECKING:
    from chalicelib.crm.domain.fields import FieldDefinition
    from chalicelib.crm.domain.tags import Tag


class FakeTags:
    """Tags in a dict; implements `Tags`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Tag] = {}
        self._lock = RLock()

    def all(self) -> list[Tag]:
        """Give every tag by name."""
        return sorted(self._by_id.values(), key=lambda tag: tag.name.casefold())

    def get(self, tag_id: str) -> Tag | None:
        """Give a tag."""
        return self._by_id.get(tag_id)

    def add(self, tag: Tag) -> Tag:
        """Keep a tag once, and its name once."""
        with self._lock:
            self._refuse_taken(tag)
            return self._by_id.setdefault(tag.id, tag)

    def save(self, tag: Tag, before: Tag) -> None:
        """Replace the version before."""
        with self._lock:
            self._at_version(before)
            self._refuse_taken(tag)
            self._by_id[tag.id] = tag

    def remove(self, tag: Tag, into: str | None = None) -> None:
        """Forget a tag."""
        with self._lock:
            self._at_version(tag)
            if into is not None and into not in self._by_id:
                raise Conflict("gone", code="version_changed")
            del self._by_id[tag.id]

    def _at_version(self, tag: Tag) -> None:
        stored = self._by_id.get(tag.id)
        if stored is None or stored.version != tag.version:
            raise Conflict("changed", code="version_changed")

    def _refuse_taken(self, tag: Tag) -> None:
        for other in self._by_id.values():
            if other.id != tag.id and fold(other.name) == fold(tag.name):
                wrong = (FieldError("/name", "taken"),)
                raise Conflict("taken", code="tag_exists", errors=wrong, details={"tag_id": other.id})


class FakeFields:
    """Definitions of custom fields in a dict; implements `Fields`."""

    def __init__(self) -> None:
        self._by_key: dict[str, FieldDefinition] = {}

    def all(self) -> list[FieldDefinition]:
        """Give every definition by key."""
        return [self._by_key[key] for key in sorted(self._by_key)]

    def add(self, definition: FieldDefinition) -> FieldDefinition:
        """Keep a definition once."""
        kept = self._by_key.setdefault(definition.key, definition)
        same = all(getattr(kept, name) == getattr(definition, name) for name in ("label", "kind", "choices"))
        if not same:
            raise Conflict("taken", code="field_exists")
        return kept

    def save(self, definition: FieldDefinition) -> None:
        """Replace the version below."""
        self._at_version(definition.key, definition.version - 1)
        self._by_key[definition.key] = definition

    def remove(self, definition: FieldDefinition) -> None:
        """Forget a definition."""
        self._at_version(definition.key, definition.version)
        del self._by_key[definition.key]

    def _at_version(self, key: str, version: int) -> None:
        if key not in self._by_key or self._by_key[key].version != version:
            raise Conflict("changed", code="version_changed")
