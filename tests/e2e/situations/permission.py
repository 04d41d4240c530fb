"""Whether somebody may be called at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import RELAY, Expect, Situation, talks

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

NOBODY = (RELAY,)
QUIET = "Nobody's phone rings."


def suppress(trial: Trial) -> None:
    """Put the person on the suppression list."""
    answer = trial.ask(
        "POST", "/v1/calls/suppressions", {"number": trial.number, "reason": "asked by letter"}
    )
    assert answer.ok, answer.text


def switch_on(trial: Trial) -> None:
    """Stop all dialing."""
    trial.change("PATCH", "/v1/settings", {"kill_switch": {"on": True, "reason": "trial"}})


def waits_and_goes_away(trial: Trial) -> None:
    """The call waits and says why; it is given up, and dialing goes on."""
    try:
        waiting = trial.when(lambda call: bool(call["decision"]))
        assert (waiting["state"], waiting["decision"]["reason"]) == ("queued", "kill_switch")
        answer = trial.ask("POST", f"/v1/calls/{trial.call_id}/hangup")
        assert answer.ok, answer.text
    finally:
        trial.change("PATCH", "/v1/settings", {"kill_switch": None})


SITUATIONS = [
    Situation(
        "The contact is marked do-not-contact",
        {},
        Expect(None, refused="do_not_contact"),
        NOBODY,
        contact={"status": "do_not_contact"},
        does=QUIET,
    ),
    Situation(
        "The number is on the suppression list",
        {},
        Expect(None, refused="suppressed"),
        NOBODY,
        before=suppress,
        does=QUIET,
    ),
    Situation(
        "The number is in a country that is not enabled",
        {},
        Expect(None, refused="country_not_allowed"),
        NOBODY,
        contact=None,
        number="+442079460018",
        does=QUIET,
    ),
    Situation(
        "The number is a premium number",
        {},
        Expect(None, refused="number_kind_refused"),
        NOBODY,
        contact=None,
        number="+19005550123",
        does=QUIET,
    ),
    Situation(
        "All dialing is stopped",
        {"answer": "busy"},
        Expect("canceled", dials=0, stored="waits (kill_switch) until it is canceled"),
        NOBODY,
        before=switch_on,
        during=waits_and_goes_away,
        alone=True,
        does=QUIET,
    ),
    Situation(
        "The call's time is up",
        talks("Yes, sure. What is it about?", rules=[], patience_seconds=600),
        Expect(heard=["mornings or afternoons"], not_heard=["goodbye"]),
        template={"max_duration_s": 30},
    ),
]
