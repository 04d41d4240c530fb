"""Tags: those that contacts may carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chalicelib.crm.ports.crm import CrmPorts


def check_tags(crm: CrmPorts, tag_ids: Collection[str]) -> None:
    """Raise `Invalid` with code `unknown_tag` for an id that is no tag's."""
    if tag_ids and set(tag_ids) - {tag.id for tag in crm.tags.all()}:
        raise _unknown("That id")


def tag_ids(crm: CrmPorts, names: Collection[str]) -> tuple[str, ...]:
    """Give the ids of tags by their names, whatever the case; or by ids. `Invalid`, code `unknown_tag`."""
    if not names:
        return ()
    known = {key: tag.id for tag in crm.tags.all() for key in (fold(tag.name), tag.id)}
    unknown = next((name for name in names if not _key(name, known)), None)
    if unknown is not None:
        raise _unknown(repr(unknown[:50]))
    return tuple(_key(name, known) for name in names)


def tag_names(crm: CrmPorts, ids: Iterable[str]) -> dict[str, str]:
    """Give the names of these tags by their ids; a tag that is gone has none."""
    wanted = set(ids)
    return {tag.id: tag.name for tag in crm.tags.all() if tag.id in wanted} if wanted else {}


def _key(name: str, known: dict[str, str]) -> str:
    return known.get(name) or known.get(fold(name), "")


def _unknown(what: str) -> Invalid:
    message = f"{what} is no tag; create it first (POST /v1/crm/tags)."
    return Invalid(message, code="unknown_tag", errors=(FieldError("/tags", message),))
