"""The record of a wish not to be called that was spoken, pressed or written: with the contact's consents.

What stops the calls is the number's own row, which is written first, elsewhere and at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT
from chalicelib.ai.domain.privacy import masked
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.turns import LAST_WORDS, opted_out
from chalicelib.crm.domain.consents import MAX_WORDING, ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.services.consents import record_consent
from chalicelib.kernel.clock import cut_to_millis, from_iso
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ai.domain.conduct import Conduct
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

# Source of a suppression: the chat in which it was asked for.
_CHAT = "chat:"


def has_opted_out(file: CallFile) -> bool:
    """Tell whether a wish not to be called was carried out on a call, in a turn or when it was over."""
    return opted_out(file.turns) or _late_wish(file) is not None


def record_opt_out(calls: CallPorts, file: CallFile) -> None:
    """Keep that automated calls were revoked on a call, once, with the words that said so if we have them.

    It suppresses the contact's other numbers as every such revocation does. Safe to repeat. Raises
    `Unavailable`; of a contact that is gone nothing is kept.
    """
    call = file.call
    turn = next((turn for turn in file.turns if opted_out((turn,))), None)
    said = turn or next((turn for turn in file.turns if turn.reason == LAST_WORDS), None)
    at = turn.received_at if turn else _late_wish(file)
    conduct = file.brief.conduct if file.brief else DEFAULT_CONDUCT
    words = _wording(said.said if said else "", conduct)
    new = _revocation(ConsentSource.CALL, call.id, call.number, at, words)
    _record(calls, call.contact_id, new, f"call:{call.id}")


def record_written_opt_out(calls: CallPorts, chat_id: str) -> None:
    """Keep that automated calls were revoked in a chat, once, with what was written last.

    As `record_opt_out`; of a chat that was deleted nothing is kept.
    """
    chat = calls.ai.chats.load(chat_id)
    if chat is None or not chat.turns:
        return
    turn = chat.turns[-1]
    words = _wording(turn.said, chat.brief.conduct)
    new = _revocation(ConsentSource.OTHER, chat_id, E164(chat.head.number), turn.received_at, words)
    _record(calls, chat.head.contact_id, new, f"{_CHAT}{chat_id}")


def suppress_later(calls: CallPorts, number: E164, source: str) -> None:
    """Suppress a number that could not be when it was asked for, and record the wish if a chat brought it."""
    calls.numbers.suppress(number, source, calls.clock.now())
    if source.startswith(_CHAT):
        record_written_opt_out(calls, source.removeprefix(_CHAT))


def _late_wish(file: CallFile) -> datetime | None:
    """Say when a wish came that no turn answered; None: none did."""
    times = (event.at for event in file.call.events if event.kind == Happening.OPTED_OUT)
    return next(map(from_iso, times), None)


def _wording(said: str, conduct: Conduct) -> str | None:
    words = masked(said) if conduct.mask_transcripts else said
    return words[:MAX_WORDING].strip() or None


def _revocation(
    source: ConsentSource, reference: str, number: E164, at: datetime | None, wording: str | None
) -> NewConsent:
    return NewConsent(
        kind=ConsentKind.AUTOMATED_CALLS,
        answer=ConsentAnswer.REVOKED,
        source=source,
        wording=wording,
        reference=reference,
        number=number,
        at=at,
    )


def _record(calls: CallPorts, contact_id: str, new: NewConsent, by: str) -> None:
    """Record it by an id that follows from where it was said; a clock that is ahead of ours dates nothing."""
    now = cut_to_millis(calls.clock.now())
    new = replace(new, at=min(new.at or now, now))
    try:
        record_consent(calls.crm, contact_id, new, by, derived_id("consent", by))
    except (Conflict, NotFound) as error:
        log("consent.not_recorded", source=by, code=error.code)
