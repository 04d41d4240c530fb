"""News that may come after a call has ended and decide what came of it, and how long they are awaited."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.machines import VERDICTS
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.domain.whereabouts import has_left

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile

# Webhooks of the same moment overtake each other by less; what takes longer was lost.
_LONGEST = timedelta(seconds=30)
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 2, 10
_WORDS_TAKE_S = 2
_GOODBYES = frozenset({TurnEnd.HANG_UP, TurnEnd.TRANSFER})


def may_wait(call: Call, now: datetime) -> bool:
    """Tell whether a call has ended so recently that news of it may be under way."""
    return call.ended_at is not None and now - call.ended_at < _LONGEST


def pause_s(call: Call, now: datetime) -> int:
    """Say in how many seconds to look again: soon at first, less often later."""
    since = (now - call.ended_at).total_seconds() if call.ended_at else 0
    return int(min(_LONGEST_PAUSE_S, max(_SHORTEST_PAUSE_S, since / 2)))


def awaits_news(file: CallFile) -> bool:
    """Tell whether something has begun of which nobody has said yet how it ended."""
    return _awaits_colleague(file.call) or _awaits_answer(file) or _awaits_verdict(file)


def words_pause_s(file: CallFile) -> int:
    """Say how long (seconds) a call is left alone that has just ended; 0 when we ended it, or nobody talked.

    What somebody said while they hung up reaches us by another way than the news that they have.
    """
    was_talked = file.call.carrier_status == "completed" and file.turns and not has_left(file.call)
    return _WORDS_TAKE_S if was_talked and file.turns[-1].end not in _GOODBYES else 0


def _awaits_colleague(call: Call) -> bool:
    """Tell whether a hand-over is open: each begins, and ends, by a word of its own."""
    begun = _attempts(call, Happening.TRANSFER_BEGUN)
    return not begun <= _attempts(call, Happening.TRANSFER_JOINED, Happening.TRANSFER_FAILED)


def _attempts(call: Call, *kinds: Happening) -> set[str]:
    return {event.key.partition(":")[2] for event in call.events if event.kind in kinds}


def _awaits_answer(file: CallFile) -> bool:
    """Tell whether the last turn is being answered, which may still be a wish not to be called."""
    return bool(file.turns) and file.turns[-1].end is None and bool(file.turns[-1].said)


def _awaits_verdict(file: CallFile) -> bool:
    """Tell whether the carrier was asked who answered, and somebody did, and it has not said."""
    call = file.call
    was_asked = file.brief is not None and file.brief.on_machine is not OnMachine.OFF
    was_answered = call.direction is Direction.OUTBOUND and call.carrier_status == "completed"
    return was_asked and was_answered and not has_happened(call, *VERDICTS)
