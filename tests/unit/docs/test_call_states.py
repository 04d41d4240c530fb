"""The page of states and outcomes is what the tables of the code say."""

from __future__ import annotations

from unit.docs.pages import pages, rows, section, spans

from chalicelib.calls.domain.lifecycle import SIGNALS
from chalicelib.calls.domain.outcomes import MEANINGS, OF_ERROR, OF_SIP, OF_STATUS, OF_VERDICT, Outcome
from chalicelib.calls.domain.states import TABLE, CallState, Signal, Transition

PAGE = pages()["docs/call-states.md"]


def _table(heading: str) -> list[list[str]]:
    return rows(section(PAGE, heading))


def _cell(step: Transition, state: CallState) -> str:
    if not step.applies:
        return step.name
    return f"**{step.name}**" + (f" → `{step.to}`" if step.to is not state else "")


def test_every_signal_is_shown_in_every_state() -> None:
    """The table of states by signals is the one that calls go by."""
    head, *found = _table("States")
    assert head[2:] == [f"`{state}`" for state in CallState]
    assert [[row[0], *row[2:]] for row in found] == [
        [f"`{signal}`", *(_cell(TABLE[signal][state], state) for state in CallState)] for signal in Signal
    ]


def test_every_status_is_shown_with_what_it_does() -> None:
    """In the order in which a later one outweighs an earlier one."""
    expected = [
        [f"`{status}`", f"`{signal}`", f"`{OF_STATUS[status]}`" if status in OF_STATUS else ""]
        for status, signal in SIGNALS.items()
    ]
    assert _table("Statuses")[1:] == expected


def test_every_outcome_is_explained() -> None:
    """The vocabulary is small and fixed."""
    assert [row[0] for row in _table("Outcomes")[1:]] == [f"`{outcome}`" for outcome in Outcome]


def test_codes_and_errors_are_shown_with_their_outcomes() -> None:
    """SIP codes that decide, and every error that we know, with its meaning."""
    assert [[row[0], row[2]] for row in _table("SIP codes")[1:]] == [
        [f"`{code}`", f"`{outcome}`"] for code, outcome in OF_SIP.items()
    ]
    assert _table("Errors")[1:] == [
        [f"`{code}`", meaning, f"`{OF_ERROR.get(code, Outcome.FAILED)}`"]
        for code, meaning in MEANINGS.items()
    ]


def test_every_verdict_is_shown() -> None:
    """What the carrier hears answer, and what that comes to."""
    expected = [
        [
            f"`{verdict}`",
            f"`{told.outcome}`" if told else "by what is said",
            f"`{told.reason}`" if told and told.reason else "",
        ]
        for verdict, told in OF_VERDICT.items()
    ]
    assert _table("Who answered")[1:] == expected


def test_the_words_of_the_page_are_the_codes() -> None:
    """Reasons that the page names are given somewhere."""
    source = (section(PAGE, "Outcomes"),)
    named = set(spans("".join(source)))
    assert {"message_cut", "voicemail_taken", "webhook_failed", "screened", "after_hours", "hung_up"} <= named
