"""Tags: those that contacts may carry."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.tags import MAX_ALL_TAGS, NewTag, Tag, TagChanges, check_colour, check_tag_name
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.kernel.ids import is_id, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from chalicelib.crm.ports.crm import CrmPorts

_FEW = 3  # tags that are cheaper to read one by one than with all others


def create_tag(crm: CrmPorts, new: NewTag, tag_id: str | None = None) -> Tag:
    """Create a tag; with the same `tag_id` again it gives the one that exists.

    Raises `Invalid` with code `bad_tag_name` or `bad_colour`, `Conflict` with code `tag_exists` and details
    {"tag_id": …}, or with code `tag_limit_reached` when there are 500.
    """
    if len(crm.tags.all()) >= MAX_ALL_TAGS and not (tag_id and crm.tags.get(tag_id)):
        raise Conflict(f"There are {MAX_ALL_TAGS} tags; delete or merge some.", code="tag_limit_reached")
    now = _now(crm)
    tag = Tag(
        id=tag_id or new_id("tag"),
        name=check_tag_name(new.name),
        colour=check_colour(new.colour),
        description=new.description,
        created_at=now,
        updated_at=now,
        version=1,
    )
    return crm.tags.add(tag)


def get_tag(crm: CrmPorts, tag_id: str) -> Tag:
    """Give a tag; or raise `NotFound`, code `tag_not_found`."""
    tag = crm.tags.get(tag_id) if is_id(tag_id, "tag") else None
    if tag is None:
        raise NotFound("There is no such tag.", code="tag_not_found")
    return tag


def list_tags(crm: CrmPorts) -> list[Tag]:
    """Give every tag, by name."""
    return crm.tags.all()


def change_tag(crm: CrmPorts, tag_id: str, changes: TagChanges, expected_version: int | None = None) -> Tag:
    """Change a tag; changing nothing makes no new version. Errors as `create_tag` and `get_tag`.

    `Conflict` with code `version_changed` when it is not at `expected_version` or changed under our hands.
    """
    tag = get_tag(crm, tag_id)
    expect_version(tag, expected_version)
    wanted = changes.applied_to(tag)
    if wanted == tag:
        return tag
    changed = replace(wanted, updated_at=_now(crm), version=tag.version + 1)
    crm.tags.save(changed, tag)
    return changed


def expect_version(tag: Tag, version: int | None) -> None:
    """Raise `Conflict` with code `version_changed` unless the tag is at this version; None is any."""
    if version not in (None, tag.version):
        raise Conflict(f"The tag is at version {tag.version} now.", code="version_changed")


def check_tags(crm: CrmPorts, tag_ids: Collection[str]) -> None:
    """Raise `Invalid` with code `unknown_tag` for an id that is no tag's."""
    if len(tag_ids) <= _FEW:
        known = {tag_id for tag_id in tag_ids if crm.tags.get(tag_id) is not None}
    else:
        known = {tag.id for tag in crm.tags.all()}
    if set(tag_ids) - known:
        raise _unknown("That id")


def tag_ids(crm: CrmPorts, names: Collection[str]) -> tuple[str, ...]:
    """Give the ids of tags by their names, whatever the case; or by ids. `Invalid`, code `unknown_tag`."""
    return _ids(crm, names, _unknown)


def tag_ids_to_find(crm: CrmPorts, names: Collection[str]) -> tuple[str, ...]:
    """Give the ids of tags that a filter asks for, as `tag_ids` does; the error is of the filter's `/tag`."""
    return _ids(crm, names, _unknown_to_find)


def _ids(crm: CrmPorts, names: Collection[str], refusal: Callable[[str], Invalid]) -> tuple[str, ...]:
    if not names:
        return ()
    known = {key: tag.id for tag in crm.tags.all() for key in (fold(tag.name), tag.id)}
    unknown = next((name for name in names if not _key(name, known)), None)
    if unknown is not None:
        raise refusal(repr(unknown[:50]))
    return tuple(_key(name, known) for name in names)


def tag_names(crm: CrmPorts, ids: Iterable[str]) -> dict[str, str]:
    """Give the names of these tags by their ids; a tag that is gone has none."""
    wanted = set(ids)
    return {tag.id: tag.name for tag in crm.tags.all() if tag.id in wanted} if wanted else {}


def ensure_tags(crm: CrmPorts, names: Collection[str]) -> dict[str, str]:
    """Give the ids of tags by these names, creating what is missing; what cannot be a name is left out."""
    known = {fold(tag.name): tag.id for tag in crm.tags.all()} if names else {}
    for name in names:
        if fold(name) not in known:
            with suppress(Invalid, Conflict):
                known[fold(name)] = _found_or_made(crm, name)
    return {name: known[fold(name)] for name in names if fold(name) in known}


def _found_or_made(crm: CrmPorts, name: str) -> str:
    try:
        return create_tag(crm, NewTag(name)).id
    except Conflict as conflict:  # somebody was faster
        if "tag_id" not in conflict.details:
            raise
        return str(conflict.details["tag_id"])


def _key(name: str, known: dict[str, str]) -> str:
    return known.get(name) or known.get(fold(name), "")


def _unknown(what: str) -> Invalid:
    return _refusal(f"{what} is no tag; create it first (POST /v1/crm/tags).", "/tags")


def _unknown_to_find(what: str) -> Invalid:
    return _refusal(f"{what} is no tag; GET /v1/crm/tags lists them.", "/tag")


def _refusal(message: str, pointer: str) -> Invalid:
    return Invalid(message, code="unknown_tag", errors=(FieldError(pointer, message),))


def _now(crm: CrmPorts) -> datetime:
    return cut_to_millis(crm.clock.now())
