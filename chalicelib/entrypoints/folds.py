"""Contacts, calls, numbers and bookings as streams tell them: into search, counters and timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.adapters.booking_entries import booking_entry, is_shown
from chalicelib.crm.adapters.finished_calls import finished_call, has_just_finished
from chalicelib.crm.adapters.message_entries import has_arrived, message_entry
from chalicelib.crm.services.finished_calls import keep_call
from chalicelib.crm.services.folding import fold_contact, fold_contacts
from chalicelib.crm.services.sweeping import sweep_contact
from chalicelib.kernel.changes import pk_id
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log_failure
from chalicelib.kernel.phones import E164
from chalicelib.system.adapters.stream_records import read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalice.app import DynamoDBEvent

    from chalicelib.kernel.changes import Change

# Chalice takes one literal ARN; the packaged template has the streams of three tables.
_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y"
_CONTACTS = frozenset({"contact", "gone", "consent"})

bp = Blueprint(__name__)


@bp.on_dynamodb_record(stream_arn=_STREAM, name="fold")  # type: ignore[untyped-decorator]  # Chalice
def fold(event: DynamoDBEvent) -> None:
    """Fold what changed; a batch that the table did not take comes again, whole.

    What cannot be folded goes to the queue of jobs, so that what follows need not wait.
    """
    contact_ids: list[str] = []
    aside: list[Callable[[], None]] = []
    for record in event.to_dict()["Records"]:
        try:
            contact_ids += _work_on(record)
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001  logged, and queued below, whatever is wrong with it
            aside.append(_set_aside(record, fault))
    aside += _fold_all(contact_ids)
    # Only now: a batch that comes again must not put the same record aside at every try.
    for put in aside:
        put()


def fold_change(record: Mapping[str, Any]) -> None:
    """Fold one stream record; what it raises says that it must be tried again."""
    for contact_id in _work_on(record):
        fold_contact(container().crm, contact_id)


def _work_on(record: Mapping[str, Any]) -> list[str]:
    """Do what a call asks for; give the contacts that are to be indexed and counted again."""
    change = read_record(record)
    if change.row == "gone":  # whoever deleted the contact may have died over what it leaves
        sweep_contact(container().crm, pk_id(change.image))
    if change.row in _CONTACTS:
        return [pk_id(change.image)]
    if change.row == "call" and has_just_finished(change):
        keep_call(container().crm, *finished_call(change))
    if change.row == "message" and has_arrived(change):
        keep_call(container().crm, *message_entry(change))
    if change.row == "booking" and is_shown(change):
        keep_call(container().crm, booking_entry(change), None)
    if change.row == "number" and _is_turned(change):
        owner = container().crm.contacts.find_by_phone(E164(pk_id(change.image)))
        return [owner.id] if owner else []
    return []


def _is_turned(change: Change) -> bool:
    """Tell whether a number was suppressed, or released."""
    return ("suppressed_at" in (change.old or {})) != ("suppressed_at" in (change.new or {}))


def _fold_all(contact_ids: list[str]) -> list[Callable[[], None]]:
    """Fold contacts together, or each for itself when one of them cannot be folded."""
    try:
        fold_contacts(container().crm, contact_ids)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001  which of them it was is found out, and logged, below
        return [put for contact_id in dict.fromkeys(contact_ids) for put in _fold_one(contact_id)]
    return []


def _fold_one(contact_id: str) -> list[Callable[[], None]]:
    crm = container().crm
    try:
        fold_contact(crm, contact_id)
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001  logged, and put on the queue
        log_failure("fold.failed", fault, contact_id=contact_id)
        return [lambda: crm.work.refold(contact_id)]
    return []


def _set_aside(record: Mapping[str, Any], error: Exception) -> Callable[[], None]:
    log_failure("fold.failed", error, record=str(record.get("eventID", "")))
    return lambda: container().crm.work.fold_change(record)
