"""Messages that make somebody act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.domain.messages import Place
    from chalicelib.kernel.phones import E164


class Wakeups(Protocol):
    """Messages that make somebody look at a call; losing one only costs time."""

    def attend(self, call_id: str, delay_s: int = 0) -> None:
        """Have the call looked at now, or in so many seconds, at most 900."""

    def wake_next(self, count: int) -> None:
        """Have so many of the calls that wait and are due looked at now: who comes in vain does no harm."""

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Have the socket told to end after the turn's last words were heard."""

    def check_silence(self, call_id: str, turn: int, connection_id: str, delay_s: int) -> None:
        """Have it looked at, after so many seconds, whether the caller has said anything since the turn."""

    def finish(self, call_id: str, delay_s: int = 0) -> None:
        """Have the post-call job done, in `delay_s` seconds at the earliest."""

    def analyse(self, call_id: str) -> None:
        """Have a finished call whose analysis failed read again."""

    def analyse_span(self, since: str, until: str, start: str | None) -> None:
        """Have such calls looked for among those accepted in a span (by `iso`), from a position on."""

    def find_recordings(self, call_id: str, delay_s: int) -> None:
        """Have the carrier asked, after so many seconds, for recordings of which it has said nothing."""

    def fetch_recording(self, call_id: str, sid: str) -> None:
        """Have a recording brought to where its row says it is to be."""

    def retain(self, run_id: str, step: int) -> None:
        """Have a step of a retention run done."""

    def send_message(self, place: Place) -> None:
        """Have the text message looked at now."""

    def take_over(self, call_id: str) -> None:
        """Have a call that a machine answered taken from the conversation."""

    def suppress(self, number: E164, source: str) -> None:
        """Have a number suppressed as soon as it can be stored."""
