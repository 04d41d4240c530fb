"""Contacts get tags and lose them; tags are deleted and merged, which moves their contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.jobs import Job, Outcome, Step
from chalicelib.crm.domain.listing import ContactFilter, Listing
from chalicelib.crm.services.contacts import edit_contact
from chalicelib.crm.services.jobs import start_job
from chalicelib.crm.services.tags import expect_version, get_tag
from chalicelib.crm.services.walking import walk
from chalicelib.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.tags import Tag
    from chalicelib.crm.ports.crm import CrmPorts

DELETE_TAG = "delete_tag"
MERGE_TAG = "merge_tag"
_NONE: frozenset[str] = frozenset()


def retag(
    crm: CrmPorts, contact_id: str, add: AbstractSet[str] = _NONE, drop: AbstractSet[str] = _NONE
) -> Outcome:
    """Give a contact tags and take others, whoever else changes it meanwhile; errors as `change_contact`."""

    def changes(contact: Contact) -> ContactChanges:
        return ContactChanges(tags=tuple(sorted((set(contact.tags) - drop) | add)))

    return edit_contact(crm, contact_id, changes)


def delete_tag(
    crm: CrmPorts, tag_id: str, expected_version: int | None = None, job_id: str | None = None
) -> Job:
    """Delete a tag: nobody sees it any more, and a job takes it from its contacts.

    Raises `NotFound` with code `tag_not_found`, `Conflict` with code `version_changed`.
    """
    tag = get_tag(crm, tag_id)
    expect_version(tag, expected_version)
    # The job would do all of it: whatever happens to us after it is started, nothing is left half done.
    job = start_job(crm, DELETE_TAG, {"tag_id": tag.id, "version": tag.version}, job_id=job_id)
    _remove(crm, tag.id, tag.version)
    return job


def merge_tags(
    crm: CrmPorts, tag_id: str, into_id: str, expected_version: int | None = None, job_id: str | None = None
) -> Job:
    """Merge a tag into another: a job gives its contacts the other one, and then deletes it.

    Raises as `delete_tag`, and `Invalid` with code `same_tag` for a tag and itself.
    """
    tag, into = get_tag(crm, tag_id), get_tag(crm, into_id)
    expect_version(tag, expected_version)
    if tag.id == into.id:
        raise Invalid("A tag cannot be merged into itself; name another one.", code="same_tag")
    return start_job(crm, MERGE_TAG, {"tag_id": tag.id, "into": into.id}, job_id=job_id)


def delete_tag_step(crm: CrmPorts, job: Job) -> Step:
    """Delete the tag if that was not done, then take it from its contacts."""
    tag_id = job.arguments["tag_id"]
    if job.cursor is None:
        _remove(crm, tag_id, job.arguments["version"])
    return _twice_over_members(crm, job, lambda contact: retag(crm, contact, drop={tag_id}))


def merge_tag_step(crm: CrmPorts, job: Job) -> Step:
    """Give the tag's contacts the other tag; delete the tag, and look for those that got it meanwhile."""
    tag_id, into = job.arguments["tag_id"], get_tag(crm, job.arguments["into"])

    def move(contact_id: str) -> Outcome:
        return retag(crm, contact_id, {into.id}, {tag_id})

    return _twice_over_members(crm, job, move, before_second=lambda: _remove(crm, tag_id, None, into.id))


def _twice_over_members(
    crm: CrmPorts,
    job: Job,
    act: Callable[[str], Outcome],
    before_second: Callable[[], None] = lambda: None,
) -> Step:
    """Walk over the tag's contacts, and once more: some may have got it behind the walk.

    The cursor is which walk, and where it goes on.
    """
    number, _, start = (job.cursor or "1#").partition("#")
    listing = Listing(ContactFilter(tag=job.arguments["tag_id"]), descending=False)
    step = walk(crm, listing, start or None, act)
    if step.cursor is not None:
        return Step(step.results, f"{number}#{step.cursor}")
    if number == "1":
        before_second()
        return Step(step.results, "2#")
    return step


def _remove(crm: CrmPorts, tag_id: str, version: int | None, into: str | None = None) -> None:
    """Remove a tag at a version (None: any), unless it is gone; with `into`, only while that one is there.

    Whoever merges or deletes the other tag meanwhile would leave contacts with neither of both.
    """
    tag = _present(crm, tag_id)
    if tag is None:
        return
    expect_version(tag, version)
    try:
        crm.tags.remove(tag, into)
    except Conflict:
        if _present(crm, tag_id) is not None:
            raise


def _present(crm: CrmPorts, tag_id: str) -> Tag | None:
    return crm.tags.get(tag_id)
