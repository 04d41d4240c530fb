"""Who calls us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import RELAY, Expect, Situation, talks

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

ASKS = talks({"hears": "how can I help", "say": "When are you open?"}, "Thanks, goodbye.")


def is_on_record(trial: Trial) -> None:
    """The call belongs to the contact that we knew."""
    assert trial.call["contact_id"] == trial.contact_id


def is_known_now(trial: Trial) -> None:
    """There is one contact with the caller's number, made by the call."""
    found = trial.ask("GET", f"/v1/crm/contacts?phone=%2B{trial.number[1:]}").json()["items"]
    assert [(one["id"], one["source"]) for one in found] == [(trial.call["contact_id"], "inbound_call")]


def there_is_no_call(trial: Trial) -> None:
    """Nothing is stored of a caller who cannot be told from others."""
    assert trial.ask("GET", f"/v1/calls/{trial.call_id}").status_code == 404


SITUATIONS = [
    Situation(
        "Somebody we know calls",
        ASKS,
        Expect(heard=["Saturdays from 9 to 1"], stored="on the contact's record", more=is_on_record),
        direction="inbound",
    ),
    Situation(
        "Somebody we do not know calls",
        ASKS,
        Expect(heard=["Saturdays from 9 to 1"], stored="a new contact", more=is_known_now),
        direction="inbound",
        contact=None,
    ),
    Situation(
        "Somebody calls and hides their number",
        ASKS,
        Expect(None, heard=["show their number"], stored="nothing", more=there_is_no_call),
        (RELAY,),
        direction="inbound",
        contact=None,
        number="+266696687",
        does="Calls without showing a number.",
    ),
    Situation(
        "Somebody calls a number that nothing answers",
        ASKS,
        Expect(None, heard=["This number is not in service"], stored="nothing", more=there_is_no_call),
        (RELAY,),
        direction="inbound",
        contact=None,
        route=None,
        does="Calls a number of ours that leads nowhere.",
    ),
    Situation(
        "A caller wants no more calls",
        talks("Please take me off your list."),
        Expect("opted_out", heard=["We will not call you again"], stored="number suppressed"),
        direction="inbound",
    ),
]
