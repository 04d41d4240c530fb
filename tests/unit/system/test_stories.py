"""What a change tells: entries and events, the same ones whenever it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.changes import Action, Change, Shown, Told, Watch, pk_id
from chalicelib.kernel.errors import Invalid
from chalicelib.system.domain.audit import UNKNOWN, AuditFilter, audit_entry, object_key
from chalicelib.system.domain.deliveries import delivery_of
from chalicelib.system.domain.stories import MAX_DATA_BYTES, story_of

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OLD = {"pk": "THING#1", "sk": "THING", "row": "thing", "name": "a", "secret": "s", "changed_by": "token:a"}
NEW = {**OLD, "name": "b", "secret": "t", "changed_by": "token:b"}


def _tell(old, new):
    if new and (old or {}).get("name") != new["name"]:
        yield Told("thing.renamed", {"name": new["name"]}, 2)
        yield Told("thing.seen", {})


WATCH = Watch("thing", "thing", pk_id, {"name": Shown.PLAIN}, tell=_tell)


def _change(old, new, **changes):
    return replace(Change("record-1", "thing", NOW, old, new), **changes)


def test_an_update_has_the_fields_that_changed():
    """Before and after, the unnamed ones hidden, by whoever wrote the new row."""
    entry = audit_entry(_change(OLD, NEW), WATCH)
    assert (entry.action, entry.actor, entry.object) == (Action.UPDATED, "token:b", "thing:1")
    assert (entry.before, entry.after) == ({"name": "a", "secret": "…"}, {"name": "b", "secret": "…"})


def test_a_creation_has_nothing_before():
    """And everything after."""
    entry = audit_entry(_change(None, NEW), WATCH)
    assert (entry.action, entry.before, entry.after["name"]) == (Action.CREATED, {}, "b")


def test_a_deletion_names_nobody():
    """The last row says who wrote it, not who deleted it."""
    entry = audit_entry(_change(OLD, None), WATCH)
    assert (entry.action, entry.actor, entry.after) == (Action.DELETED, UNKNOWN, {})


def test_a_mark_of_deletion_is_a_deletion():
    """By whoever set it."""
    entry = audit_entry(_change(OLD, {**NEW, "deleted_at": "2026"}), WATCH)
    assert (entry.action, entry.actor) == (Action.DELETED, "token:b")


def test_a_row_that_nobody_stamped_names_nobody():
    """Nobody is blamed for what was written before rows were stamped."""
    bare = {name: value for name, value in NEW.items() if name != "changed_by"}
    for unstamped in (bare, {**bare, "changed_by": None}):
        assert audit_entry(_change(None, unstamped), WATCH).actor == UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        _change(OLD, {**OLD, "changed_by": "token:z", "version": 9}),
        _change(OLD, None, expired=True),
        _change(None, {"pk": "THING#1", "row": "thing"}),
    ],
)
def test_no_act_no_entry(change):
    """Stamps and versions alone, and rows whose time was over, are nobody's act."""
    assert audit_entry(change, WATCH) is None


def test_only_what_is_audited_is_logged():
    """A kind of row may be logged at its creation only."""
    watch = replace(WATCH, audited=frozenset({Action.CREATED}))
    assert audit_entry(_change(None, NEW), watch)
    assert audit_entry(_change(OLD, NEW), watch) is None


def test_a_story_has_events_with_ids_of_their_own():
    """One of each type, under an id that follows from the record and the type."""
    first, second = story_of(_change(OLD, NEW), WATCH).events
    assert (first.type, first.version, first.subject, first.at) == ("thing.renamed", 2, "1", NOW)
    assert first.id != second.id
    assert story_of(_change(OLD, NEW), WATCH).events == (first, second)
    assert story_of(_change(OLD, NEW, id="record-2"), WATCH).events[0].id != first.id


def test_what_is_told_of_one_second_is_in_the_order_of_the_writes():
    """A stream's times are whole seconds: entries, events and deliveries sort by its sequence numbers."""
    writes = [_change(OLD, NEW, id=f"record-{number}", sequence=10**26 + number) for number in range(40)]
    stories = [story_of(write, WATCH) for write in writes]
    entries = [story.entry.id for story in stories]
    events = [event for story in stories for event in story.events]
    deliveries = [delivery_of(event, "webhook_1", NOW, timedelta(days=1)).id for event in events]
    for ids in (entries, [event.id for event in events], deliveries):
        assert ids == sorted(set(ids))


def test_a_row_that_moved_shows_what_changed_and_no_more():
    """Its other row was the object as it was, whatever that one's key."""
    watch = replace(WATCH, moved=lambda image: {**image, "name": "a"} if image["name"] == "b" else None)
    entry = audit_entry(_change(None, NEW), watch)
    assert (entry.action, entry.before, entry.after) == (Action.UPDATED, {"name": "a"}, {"name": "b"})
    assert audit_entry(_change(None, OLD), watch).action is Action.CREATED


def test_what_expired_tells_nothing():
    """No event either."""
    assert story_of(_change(OLD, None, expired=True), WATCH).events == ()


def test_an_event_that_no_bus_takes_is_refused():
    """It is found out here, alone, and holds up no other."""
    watch = replace(WATCH, tell=lambda _old, _new: [Told("thing.huge", {"text": "x" * MAX_DATA_BYTES})])
    with pytest.raises(Invalid) as refused:
        story_of(_change(OLD, NEW), watch)
    assert refused.value.code == "event_too_large"


def test_a_span_must_not_be_empty():
    """Its end is after its beginning."""
    with pytest.raises(Invalid):
        AuditFilter(since=NOW, until=NOW)


def test_a_number_is_asked_for_by_itself():
    """And kept under an id that is not the number."""
    assert object_key("contact:contact_1") == "contact:contact_1"
    assert object_key("number:+14155552671").startswith("number:number_")
