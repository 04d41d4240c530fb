"""Every type of event is told by the use case that causes it: from the tables, through their streams."""

from __future__ import annotations

import json

import pytest
from fakes.calls import LINE, NUMBER, kill_switch
from fakes.causes import ADMIN, CAUSES, ended, failed, finished
from fakes.streams import stream_event
from fakes.world import a_world

from chalicelib.bootstrap.news import event_types, watched_rows, watches
from chalicelib.calls.services.answering import receive_call
from chalicelib.calls.services.dialing import attend, reconcile
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.contacts import change_contact
from chalicelib.entrypoints import streams
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.failures import WorkQueue
from chalicelib.system.domain.settings import Budgets
from chalicelib.system.domain.tokens import Scope, TokenWish
from chalicelib.system.services import tokens
from chalicelib.system.services.settings import change_settings


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, furnished for a first call."""
    made = a_world(clock, make_table, container)
    made.contact = made.furnish()
    return made


def test_every_type_has_its_cause():
    """The catalogue has no type that nothing causes, and no cause goes without a type."""
    assert CAUSES.keys() == event_types().keys()


@pytest.mark.parametrize("kind", CAUSES)
def test_an_event_is_told_by_its_cause(world, kind):
    """Once, in the catalogue's version, about its object, with all fields of its schema and no other."""
    CAUSES[kind](world)
    (event,) = (event for event in world.told() if event.type == kind)
    described = event_types()[kind]
    assert event.version == described.version
    assert event.data.keys() == described.data.model_fields.keys()
    assert event.subject in [*event.data.values(), "current"]
    json.dumps(dict(event.data))


def test_a_whole_call_is_told_in_order(world):
    """From the wish to the books, each step once; a reader can tell the outcome and the cost."""
    finished(world)
    told = [event for event in world.told() if event.type.startswith("call.")]
    assert [event.type.removeprefix("call.") for event in told] == [
        "requested",
        "dialing",
        "ringing",
        "answered",
        "ended",
        "finished",
    ]
    last = told[-1].data
    assert (last["outcome"], last["duration_s"], last["number"]) == ("abandoned", 61, NUMBER)
    assert last["cost_microdollars"] == world.calls.book.get("call_1").cost > 0


def test_an_inbound_call_begins_by_ringing(world):
    """Nobody requested it, and our answer takes it."""
    receive_call(world.calls, NUMBER, LINE, world.report("ringing"))
    assert world.types() == ["call.ringing", "call.answered"]


def test_a_refused_call_is_told_to_its_end(world):
    """It is not dialed, with the rule's code, and it ends."""
    world.requested()
    change_contact(world.calls.crm, world.contact.id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))
    attend(world.calls, "call_1")
    told = [event for event in world.told() if event.type.startswith("call.")]
    assert [event.type for event in told] == [
        "call.requested",
        "call.not_dialed",
        "call.ended",
        "call.finished",
    ]
    assert (told[1].data["verdict"], told[1].data["reason"]) == ("refuse", "do_not_contact")
    assert told[3].data["cost_microdollars"] is None


def test_a_call_that_the_carrier_declines_is_put_off(world):
    """The commitment that was taken back is told, with the time of the next try."""
    world.calls.telephony.place = lambda _: (_ for _ in ()).throw(Unavailable("busy", retryable=True))
    world.dialed()
    told = world.told()
    assert [event.type for event in told] == ["call.requested", "call.dialing", "call.not_dialed"]
    assert (told[2].data["reason"], told[2].data["state"]) == ("taken_back", "queued")
    assert told[2].data["not_before"] == "2026-03-03T12:00:20.000Z"


def test_what_changes_nothing_is_not_told(world):
    """A repeated report, a suppression again, a second look: no event, no entry."""
    ended(world)
    stop_calling(world.calls, NUMBER, "caller")
    world.told()
    entries = world.entries()
    record_report(world.calls, "call_1", world.report("completed"))
    stop_calling(world.calls, NUMBER, "operator")
    call = world.calls.book.get("call_1")
    reconcile(world.calls, call)
    assert world.types() == []
    assert world.entries() == entries


def test_changed_fields_are_named(world):
    """An update names what is different, not what was sent."""
    change_contact(world.calls.crm, world.contact.id, ContactChanges(name="Ada", email="ada@example.com"))
    (event,) = world.told()
    assert event.data["changed"] == ["email"]


def test_a_change_of_settings_names_its_sections(world):
    """And says whether calls are stopped."""
    kill_switch(world.calls, reason="Storm")
    world.told()
    change_settings(world.system, {"budgets": Budgets(calls_per_day=5)}, None)
    (event,) = world.told()
    assert (event.data["changed"], event.data["kill_switch_on"]) == (["budgets"], True)


def test_a_token_that_moves_is_not_issued_again(world):
    """A creation that is repeated after a crash gives the same token another secret, and is told once."""
    wish = TokenWish("console", Scope.VIEWER, None)
    for _ in range(2):
        tokens.mint_token(world.system, ADMIN, wish, "token_" + "0" * 32)
    assert world.types() == ["token.issued"]
    kinds = [(entry.action.value, entry.after.get("resealed")) for entry in world.entries()[-2:]]
    assert kinds == [("created", None), ("updated", True)]


@pytest.mark.parametrize("queue", [WorkQueue.NEWS, WorkQueue.CHANGES])
def test_failures_of_telling_are_not_told(world, queue):
    """What failed there would fail there again, for ever; the log has it all the same."""
    failed(world, queue)
    assert world.types() == []
    assert world.entries()[-1].object_kind == "failed_work"


@pytest.mark.parametrize("state", ["discarded", "replayed"])
def test_settled_work_is_changed_work(world, state):
    """It moves to another row, which is neither its making nor its deletion; to begin a replay is no act."""
    CAUSES[f"failed_work.{state}"](world)
    acts = [entry for entry in world.entries() if entry.object_kind == "failed_work"]
    assert [(entry.action.value, entry.after["state"]) for entry in acts] == [
        ("created", "open"),
        ("updated", state),
    ]


def test_records_told_twice_change_nothing(world):
    """The same records again give the same entries, and events with the same ids."""
    finished(world)
    records = world.records.read()
    streams.changes(stream_event(*records), None)
    entries, events = world.entries(), list(world.system.bus.events)
    streams.changes(stream_event(*records[1:]), None)
    assert world.entries() == entries
    assert {event.id for event in world.system.bus.events} == {event.id for event in events}


def test_kinds_of_rows_are_different_in_all_tables():
    """Whatever the table, its kind of row alone says what is known of it."""
    rows = [row for _, found in watched_rows().values() for row in found]
    assert sorted(rows) == sorted(watches())
    assert {attribute for attribute, _ in watched_rows().values()} == {"row", "kind"}


def test_the_bulk_and_the_log_itself_are_not_watched():
    """Turns, briefs, deliveries and entries would be told at the price of everything else."""
    assert not {"turn", "brief", "connection", "delivery", "audit", "audit_day", "request", "count"} & {
        *watches()
    }
