"""Where tags are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.tags import Tag


class Tags(Protocol):
    """Where tags are kept, each name once, whatever its case and diacritics."""

    def all(self) -> list[Tag]:
        """Give every tag, consistently, by name; there are 500 at most."""

    def get(self, tag_id: str) -> Tag | None:
        """Give a tag, consistently."""

    def add(self, tag: Tag) -> Tag:
        """Keep a new tag together with the claim on its name, all or nothing; give what is kept.

        Raises `Conflict` with code `tag_exists` and details {"tag_id": whose name it is}.
        """

    def save(self, tag: Tag, before: Tag) -> None:
        """Replace `before`, which has the version below, and move the claim on its name, all or nothing.

        Raises `Conflict` with code `version_changed` when the stored tag has another version or is gone,
        and `tag_exists` as `add`.
        """

    def remove(self, tag: Tag, into: str | None = None) -> None:
        """Remove a tag and free its name, all or nothing; with `into`, only while that tag is there.

        Raises `Conflict` with code `version_changed` when the stored tag has another version or one of them
        is gone.
        """
