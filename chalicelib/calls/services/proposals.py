"""What was found in a call for the contact's record: proposed, and written there when somebody accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conduct import ApplyFields
from chalicelib.calls.domain.proposals import (
    CONTACT_FIELDS,
    ProposalState,
    Verdict,
    claimed,
    decided,
    proposals_of,
    reopened,
    with_value,
)
from chalicelib.calls.services.progress import get_call
from chalicelib.crm.domain.contacts import ContactChanges, Patch
from chalicelib.crm.domain.fields import FieldKind
from chalicelib.crm.services.contacts import edit_contact, get_contact
from chalicelib.crm.services.fields import get_field
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import AppError, Conflict, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from typing import Any

    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.extraction import ExtractField
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.proposals import Proposal, Value
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact

_TEXTS = frozenset({"text", "choice"})


def check_targets(calls: CallPorts, fields: tuple[ExtractField, ...]) -> None:
    """Refuse values whose field of the contact is not there, or is of another kind: `Invalid`.

    The codes are `unknown_field` and `other_kind`.
    """
    for field in fields:
        if field.maps_to:
            _check_target(calls, field)


def _check_target(calls: CallPorts, field: ExtractField) -> None:
    kind = FieldKind.TEXT
    if field.maps_to not in CONTACT_FIELDS:
        try:
            kind = get_field(calls.crm, field.maps_to).kind
        except NotFound as error:
            known = ", ".join(CONTACT_FIELDS)
            message = f"A contact has no field {field.maps_to}: name {known}, or the key of a custom field."
            raise Invalid(message, code="unknown_field") from error
    fits = kind == field.type.value or (kind is FieldKind.TEXT and field.type.value in _TEXTS)
    if not fits:
        message = f"{field.key} is a {field.type}, and the contact's {field.maps_to} is a {kind}."
        raise Invalid(message, code="other_kind")


def propose(calls: CallPorts, file: CallFile, analysis: Analysis) -> None:
    """Put what was found forward for the contact's record; where the call's brief says so, write it there.

    What the contact has already is not proposed. A value whose words are in no turn, or that the record
    refuses, waits for somebody in any case. Safe to repeat.
    """
    brief = file.brief
    policy = brief.conduct.apply_fields if brief else ApplyFields.OFF
    if brief is None or policy is ApplyFields.OFF:
        return
    contact, now = get_contact(calls.crm, file.call.contact_id), calls.clock.now()
    known = {proposal.field for proposal in file.proposals}
    for proposal in proposals_of(file.call.id, brief.extract, analysis, now):
        if proposal.field not in known and _current(contact, proposal.maps_to) == proposal.value:
            continue
        calls.proposals.add(proposal)
        if policy is ApplyFields.APPLY and proposal.turn is not None:
            _apply(calls, proposal)


def decide(
    calls: CallPorts, call_id: str, field: str, verdict: Verdict, value: Value | None = None
) -> Proposal:
    """Accept or refuse a proposal; accepting writes the value to the contact, whoever changes it meanwhile.

    The decision is taken before the value is written: where that breaks off, accepting again goes on. What
    the contact's record refuses, as `change_contact`, is open again. `NotFound`, `Conflict` with code
    `proposal_decided` when it was decided otherwise. `value` is accepted in place of the found one.
    """
    call = get_call(calls, call_id)
    found = proposal = _proposal(calls, call_id, field)
    if value is not None:
        proposal = with_value(found, value)
    after = decided(proposal, verdict, actor(), calls.clock.now())
    if after == proposal:
        return proposal
    if verdict is Verdict.REFUSE:
        return _stored(calls, proposal, after)
    if proposal.state is ProposalState.OPEN:
        proposal = _stored(calls, proposal, claimed(proposal, actor(), calls.clock.now()))
    if proposal.state is ProposalState.ACCEPTED:
        return proposal
    _write(calls, call.contact_id, proposal, found)
    return _stored(calls, proposal, decided(proposal, verdict, actor(), calls.clock.now()))


def _stored(calls: CallPorts, before: Proposal, after: Proposal) -> Proposal:
    """Take a step of a decision; where another was faster, give what is stored if it decides the same."""
    if calls.proposals.decide(after, before.state):
        return after
    stored = calls.proposals.get(before.call_id, before.field)
    accepts = {ProposalState.ACCEPTING, ProposalState.ACCEPTED}
    same = accepts if after.state in accepts else {after.state}
    if stored is None or stored.state not in same:
        raise Conflict("Somebody else has decided meanwhile; read the call again.", code="proposal_decided")
    return stored


def _proposal(calls: CallPorts, call_id: str, field: str) -> Proposal:
    proposal = calls.proposals.get(call_id, field)
    if proposal is None:
        raise NotFound("The call has no such proposal.", code="proposal_not_found")
    return proposal


def _write(calls: CallPorts, contact_id: str, proposal: Proposal, found: Proposal) -> None:
    """Write a value to the contact; what its record refuses is to be decided again, as it was found."""
    try:
        edit_contact(calls.crm, contact_id, lambda _contact: _changes(proposal))
    except Unavailable:
        raise
    except AppError:
        calls.proposals.decide(reopened(found), proposal.state)
        raise


def _apply(calls: CallPorts, proposal: Proposal) -> None:
    """Write a value to the record; what it refuses, or somebody has refused, stays as it is."""
    try:
        decide(calls, proposal.call_id, proposal.field, Verdict.ACCEPT)
    except Unavailable:
        raise
    except AppError as error:
        log("proposal.not_applied", call_id=proposal.call_id, field=proposal.field, code=error.code)


def _changes(proposal: Proposal) -> ContactChanges:
    if proposal.maps_to in CONTACT_FIELDS:
        fields: dict[str, Any] = {proposal.maps_to: str(proposal.value)}
        return ContactChanges(**fields)
    return ContactChanges(custom_fields=Patch({proposal.maps_to: proposal.value}))


def _current(contact: Contact, field: str) -> Any:
    return getattr(contact, field) if field in CONTACT_FIELDS else contact.custom_fields.get(field)
