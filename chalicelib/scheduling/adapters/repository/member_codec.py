"""Members as items, and back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.repository.campaign_codec import instant_of, text_of
from chalicelib.scheduling.adapters.tables import MemberItem
from chalicelib.scheduling.domain.members import Member, MemberState, Try

if TYPE_CHECKING:
    from typing import Any

SHARDS = 16


def member_key(campaign_id: str, contact_id: str) -> tuple[str, str]:
    """Give the key of a member."""
    return f"CAMPAIGN#{campaign_id}#{_shard(contact_id)}", f"MEMBER#{contact_id}"


def waiting_list(campaign_id: str, shard: int) -> str:
    """Name one part of the list of who waits."""
    return f"WAITING#{campaign_id}#{shard}"


def calling_list(campaign_id: str) -> str:
    """Name the list of who has a call."""
    return f"CALLING#{campaign_id}"


def member_item(member: Member) -> MemberItem:
    """Give the row of a member."""
    due_list, due_at = _due(member)
    return MemberItem(
        *member_key(member.campaign_id, member.contact_id),
        due_list=due_list,
        due_at=due_at,
        number=member.number,
        template_id=member.template_id,
        template_version=member.template_version,
        state=member.state.value,
        reason=member.reason or None,
        attempts=member.attempts,
        next_at=text_of(member.next_at),
        call_id=member.call_id or None,
        called_at=text_of(member.called_at),
        last_outcome=member.last_outcome.value if member.last_outcome else None,
        goal_reached=member.goal_reached,
        history=[_try_json(tried) for tried in member.history],
        added_at=iso(member.added_at),
        added_by=member.added_by or None,
        version=member.version,
    )


def member_of(item: MemberItem) -> Member:
    """Give the member of a row."""
    return Member(
        campaign_id=item.pk.split("#")[1],
        contact_id=item.sk.removeprefix("MEMBER#"),
        number=E164(item.number) if item.number else NO_NUMBER,
        template_id=item.template_id,
        template_version=None if item.template_version is None else int(item.template_version),
        added_at=from_iso(item.added_at),
        state=MemberState(item.state),
        reason=item.reason or "",
        attempts=int(item.attempts),
        next_at=instant_of(item.next_at),
        call_id=item.call_id or "",
        called_at=instant_of(item.called_at),
        last_outcome=Outcome(item.last_outcome) if item.last_outcome else None,
        goal_reached=item.goal_reached,
        history=tuple(_try_of(kept) for kept in item.history),
        added_by=item.added_by or "",
        version=int(item.version),
    )


def _shard(contact_id: str) -> int:
    return hashlib.sha256(contact_id.encode()).digest()[0] % SHARDS


def _due(member: Member) -> tuple[str | None, str | None]:
    """Give the keys of `by_due`; the contact in them makes each place of a list somebody's own."""
    if member.state is MemberState.WAITING and member.next_at:
        name = waiting_list(member.campaign_id, _shard(member.contact_id))
        return name, f"{iso(member.next_at)}#{member.contact_id}"
    if member.state is MemberState.CALLING and member.called_at:
        return calling_list(member.campaign_id), f"{iso(member.called_at)}#{member.contact_id}"
    return None, None


def _try_json(tried: Try) -> dict[str, Any]:
    return vars(tried) | {"outcome": tried.outcome.value, "at": iso(tried.at)}


def _try_of(kept: dict[str, Any]) -> Try:
    return replace(Try(**kept), outcome=Outcome(kept["outcome"]), at=from_iso(kept["at"]))
