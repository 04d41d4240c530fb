"""Every act is logged under whoever acted, with nothing personal and no secret."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fakes.calls import DESK, LINE, NUMBER, a_template
from fakes.causes import ADMIN, CAUSES, created_contact, moved, noted, promised, token, updated_contact
from fakes.world import a_world

from chalicelib.ai.adapters import tables as ai_tables
from chalicelib.ai.services.prompts import PromptText, create_prompt
from chalicelib.calls.adapters import tables as calls_tables
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.template_editing import create_template
from chalicelib.crm.adapters import tables as crm_tables
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters import tables as scheduling_tables
from chalicelib.system.adapters import tables as system_tables
from chalicelib.system.domain.settings import KillSwitch
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.domain.webhooks import NewWebhook
from chalicelib.system.services import tokens, webhooks
from chalicelib.system.services.settings import change_settings


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, furnished for a first call."""
    made = a_world(clock, make_table, container)
    made.contact = made.furnish()
    return made


def _everything(world):
    """Let everything happen that can be told, with texts by which a leak is recognised."""
    crm, calls, system = world.calls.crm, world.calls, world.system
    contact = create_contact(
        crm, NewContact("Canary Name", DESK, email="canary@example.com", company="Canary Ltd", title="Canary")
    )
    change_contact(crm, contact.id, ContactChanges(email="canary2@example.com", name="Canary 2"))
    add_note(crm, NewNote(contact.id, NoteKind.GENERAL, "The canary sings.", "ai"))
    stop_calling(calls, DESK, "caller")
    create_template(calls, a_template(id="t2", greeting="Canary hello", transfer_to=E164("+14155550198")))
    create_prompt(calls.ai, PromptText("Sales +14155550197", "Canary instructions, canary3@example.com"))
    moved(world)
    secret, _ = tokens.issue_token(system, "canary4@example.com", Scope.VIEWER)
    change_settings(system, {"kill_switch": KillSwitch(on=True, reason="Canary storm")}, None)
    webhook, signing = webhooks.create_webhook(
        system, NewWebhook("https://hooks.example.com/canary?key=canary", ("*",), "Canary"), new_id("webhook")
    )
    webhooks.delete_webhook(system, webhook.id, None)
    CAUSES["failed_work.discarded"](world)
    return [secret, signing, tokens._digest(secret)]


def test_the_audit_log_keeps_nothing_personal_and_no_secret(world, aws):
    """No number, address, name, text or secret of anybody stands in any of its rows."""
    secrets = _everything(world)
    assert len(world.entries()) > 15
    rows = aws.scan(TableName="system")["Items"]
    kept = json.dumps([row for row in rows if row["row"]["S"] == "audit"], ensure_ascii=False)
    assert "anary" not in kept.replace("c…@example.com", "")
    assert not [
        each for each in (*secrets, NUMBER, DESK, LINE, "+14155550198", "+14155550197") if each in kept
    ]


def test_events_carry_no_secret_and_no_text(world):
    """Numbers and addresses yes, for subscribers need them; notes, prompts, reasons and keys no."""
    secrets = [*_everything(world), "sings", "Canary hello", "instructions", "storm", "key=canary"]
    told = json.dumps([dict(event.data) for event in world.told()])
    assert DESK in told
    assert not [each for each in secrets if each in told]


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("contact", created_contact),
        ("contact", updated_contact),
        ("note", noted),
        ("call", lambda world: world.requested()),
        ("number", lambda world: stop_calling(world.calls, NUMBER, "caller")),
        ("call_template", CAUSES["call_template.created"]),
        ("line", CAUSES["line.routed"]),
        ("prompt_template", CAUSES["prompt_template.created"]),
        ("callback", promised),
        ("token", token),
        ("token", CAUSES["token.rotated"]),
        ("token", CAUSES["token.revoked"]),
        ("settings", CAUSES["settings.changed"]),
        ("webhook", CAUSES["webhook.updated"]),
        ("webhook", CAUSES["webhook.disabled"]),
        ("failed_work", CAUSES["failed_work.discarded"]),
    ],
)
def test_an_act_is_logged_under_who_acts(world, kind, cause):
    """Whoever acts when a row is written, by a whole item or by an update, stands in the log."""
    with acting_as("token:token_me"):
        cause(world)
    found = [entry for entry in world.entries() if entry.object_kind == kind and entry.actor != "system"]
    assert {entry.actor for entry in found} == {"token:token_me"}


@pytest.mark.parametrize("end", ["replayed", "discarded"])
def test_settled_work_shows_what_became_of_it(world, end):
    """It moves to another row, and the log has the change of its state all the same, and not its content."""
    CAUSES[f"failed_work.{end}"](world)
    found = [entry for entry in world.entries() if entry.object_kind == "failed_work"][-1]
    assert (found.action.value, found.before) == ("updated", {"state": "open"})
    assert found.after["state"] == end
    assert set(found.after) <= {"state", "settled_at", "settled_by", "reason"}


def test_changes_within_a_second_are_in_their_order(world):
    """Entries, and the ids of events: a stream tells whole seconds."""
    for number in range(12):
        changes = ContactChanges(language=("en-GB", "en-US")[number % 2])
        change_contact(world.calls.crm, world.contact.id, changes)
    events = [event for event in world.told() if event.type == "contact.updated"]
    assert [event.data["version"] for event in sorted(events, key=lambda event: event.id)] == [*range(2, 14)]
    found = [entry for entry in world.entries() if entry.action.value == "updated"]
    assert [entry.after["language"] for entry in found] == ["en-GB", "en-US"] * 6


@pytest.mark.parametrize(("first", "second"), [("token:a", "token:b")])
def test_a_row_names_who_changed_it_last(world, first, second):
    """Saving what was read stamps it anew, and a second update does too."""
    with acting_as(first):
        revoked = token(world)
        other = token(world)
        created_contact(world)
    with acting_as(second):
        tokens.rotate_token(world.system, ADMIN, other.id, timedelta(), new_id("token"))
        tokens.revoke_token(world.system, revoked.id)
        change_contact(world.calls.crm, world.contact.id, ContactChanges(company="Acme"))
    acts = {(entry.object_id, entry.action.value): entry.actor for entry in world.entries()}
    for changed in (revoked, other):
        assert (acts[changed.id, "created"], acts[changed.id, "updated"]) == (first, second)
    assert acts[world.contact.id, "updated"] == second


@pytest.mark.parametrize(
    "item",
    [
        crm_tables.ContactItem,
        calls_tables.CallItem,
        calls_tables.NumberItem,
        ai_tables.PromptItem,
        scheduling_tables.CallbackItem,
        system_tables.TokenItem,
    ],
)
def test_who_reads_an_old_row_is_not_taken_for_its_writer(item):
    """A row that was written before rows were stamped names nobody."""
    with acting_as("token:reader"):
        new = item("a", "b").serialize(null_check=False)
        old = {name: value for name, value in new.items() if name != "changed_by"}
        assert (new["changed_by"], item.from_raw_data(old).changed_by) == ({"S": "token:reader"}, None)
