"""Two contacts that are one person become one: nothing that was known of either is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact, Parting, Tombstone, next_version
from chalicelib.crm.domain.jobs import Job, Outcome, Result, Step
from chalicelib.crm.domain.merging import merged
from chalicelib.crm.services.contacts import get_contact
from chalicelib.crm.services.jobs import start_job
from chalicelib.crm.services.refusals import hold_back
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid

if TYPE_CHECKING:
    from chalicelib.crm.ports.crm import CrmPorts

MERGE = "merge"
_AT_ONCE = 8  # parts of 25 rows that one step moves
_LOOK_AGAIN = "look_again"


def merge_contact(
    crm: CrmPorts,
    winner_id: str,
    loser_id: str,
    expected_version: int | None = None,
    job_id: str | None = None,
) -> Contact:
    """Merge a contact into another, and start the job that moves its notes, consents and calls.

    When either forbids automated calls, the numbers of both are suppressed before they are one contact's.
    Merging again what is merged already changes nothing. Raises `Invalid` with code `same_contact`,
    `too_many_phones` or `too_many_tags`, `NotFound`, or `Conflict` with code `version_changed` when one of
    them is not at the version expected or changed under our hands.
    """
    if winner_id == loser_id:
        raise Invalid("A contact cannot be merged into itself; name another one.", code="same_contact")
    winner, loser = get_contact(crm, winner_id), get_contact(crm, loser_id)
    if winner.id == loser.id:
        return _merged_already(crm, winner, loser_id)
    if expected_version not in (None, winner.version):
        raise Conflict(f"The contact is at version {winner.version} now.", code="version_changed")
    merged(winner, loser)
    # The job would do all of it: whatever happens to us after it is started, nothing is left half done.
    _start(crm, winner, loser.id, loser.version, job_id)
    return _merge(crm, winner, loser)


def merge_step(crm: CrmPorts, job: Job) -> Step:
    """Merge the heads if that was not done; then move the next rows, and look once more at the end."""
    loser_id = str(job.arguments["loser"])
    if job.cursor is None:
        _merge_at_versions(crm, job)
    winner = get_contact(crm, loser_id)
    if any(not crm.moves.move(loser_id, winner.id) for _ in range(_AT_ONCE)):
        # Somebody who read the loser's id just before may have written under it just after.
        return Step(cursor=_LOOK_AGAIN) if job.cursor != _LOOK_AGAIN else _done(crm, winner, loser_id)
    return Step(cursor="more")


def _merged_already(crm: CrmPorts, winner: Contact, loser_id: str) -> Contact:
    if winner.id == loser_id:  # the other way round: the one to keep was merged into the one to go
        raise Invalid("Both are one contact already; this is its id.", code="same_contact")
    _start(crm, winner, loser_id, 0, None)
    return winner


def _start(crm: CrmPorts, winner: Contact, loser_id: str, loser_version: int, job_id: str | None) -> None:
    arguments = {
        "winner": winner.id,
        "loser": loser_id,
        "winner_version": winner.version,
        "loser_version": loser_version,
    }
    start_job(crm, MERGE, arguments, job_id=job_id)


def _merge_at_versions(crm: CrmPorts, job: Job) -> None:
    """Do what the request has not done, if both are still as it saw them."""
    loser = crm.contacts.get(job.arguments["loser"])
    if not isinstance(loser, Contact):
        return
    winner = get_contact(crm, job.arguments["winner"])
    seen = (job.arguments["winner_version"], job.arguments["loser_version"])
    if (winner.version, loser.version) != seen:
        if _is_merged(crm, winner.id, loser.id):  # by the request, after we had read the loser
            return
        raise Conflict("The contacts were changed meanwhile; merge them again.", code="version_changed")
    _merge(crm, winner, loser)


def _merge(crm: CrmPorts, winner: Contact, loser: Contact) -> Contact:
    now = cut_to_millis(crm.clock.now())
    after = next_version(merged(winner, loser), now)
    tombstone = Tombstone(loser.id, Parting.MERGED, now, winner.id)
    hold_back(crm, (winner, loser), after.phones)
    try:
        crm.contacts.merge(after, winner, loser, tombstone)
    except Conflict:
        if not _is_merged(crm, winner.id, loser.id):  # not by the job that we have started
            raise
    return get_contact(crm, winner.id)


def _is_merged(crm: CrmPorts, winner_id: str, loser_id: str) -> bool:
    left = crm.contacts.get(loser_id)
    return isinstance(left, Tombstone) and left.merged_into == winner_id


def _done(crm: CrmPorts, winner: Contact, loser_id: str) -> Step:
    # The answer of one who revoked just before the heads were merged has come with the rows.
    hold_back(crm, (winner,), winner.phones)
    return Step((Result(loser_id, Outcome.DONE),))
