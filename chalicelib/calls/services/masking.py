"""The words of a finished call, and what was read in them, are masked where its template wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.masking import masked_analysis, masked_turn
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts


def as_kept(file: CallFile, analysis: Analysis) -> Analysis:
    """Give what was read in a call as it is kept and carried out; values for the contact's record stay."""
    if file.brief is None or not _wants_masking(file):
        return analysis
    return masked_analysis(analysis, {field.key for field in file.brief.extract if field.maps_to})


def mask_transcript(calls: CallPorts, file: CallFile) -> None:
    """Mask every turn of a call whose conduct says so; again changes nothing.

    The model needs the words as long as the call goes on, and so does its analysis: this comes after both.
    What arrives for a masked turn after that is not kept.
    """
    if not _wants_masking(file):
        return
    turns = calls.turns.since(file.call.id, 0)
    for turn in turns:
        calls.turns.mask(file.call.id, masked_turn(turn))
    log("transcript.masked", call_id=file.call.id, turns=len(turns))


def mask_late_turn(calls: CallPorts, call_id: str, turn: Turn) -> None:
    """Mask a turn that came when the others of its call may have been masked already."""
    file = calls.book.load(call_id)
    if file is not None and _wants_masking(file) and (file.aftermath or file.call.finished_at):
        calls.turns.mask(call_id, masked_turn(turn))


def _wants_masking(file: CallFile) -> bool:
    return file.brief is not None and file.brief.conduct.mask_transcripts
