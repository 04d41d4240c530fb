"""The words of a finished call are masked where its template wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.masking import masked_turn
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts


def mask_transcript(calls: CallPorts, file: CallFile) -> None:
    """Mask every turn of a call whose conduct says so; again changes nothing.

    The model needs the words as long as the call goes on, and so does its analysis: this comes after both.
    What arrives for a masked turn after that is not kept.
    """
    if file.brief is None or not file.brief.conduct.mask_transcripts:
        return
    turns = calls.turns.since(file.call.id, 0)
    for turn in turns:
        calls.turns.mask(file.call.id, masked_turn(turn))
    log("transcript.masked", call_id=file.call.id, turns=len(turns))
