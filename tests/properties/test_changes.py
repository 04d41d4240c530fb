"""However a stream tells its changes, twice, cut short or mixed with others: each has its effect once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fakes.carrier import Fuse, Killed, Perilous
from fakes.system import FakeSystem
from hypothesis import given
from hypothesis import strategies as st
from properties.test_storage import calls as some_calls

from chalicelib.bootstrap.news import watches
from chalicelib.calls.adapters.repository import codec
from chalicelib.kernel.changes import Change
from chalicelib.kernel.clock import FixedClock
from chalicelib.system.adapters.stream_records import read_record
from chalicelib.system.domain.stories import story_of
from chalicelib.system.services.telling import tell

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
instants = st.sampled_from(["2026-03-03T12:00:00.000Z", "2026-03-04T12:00:00.000Z"])
names = st.text(min_size=1, max_size=8)
contacts = st.fixed_dictionaries(
    {
        "pk": st.just("CONTACT#1"),
        "sk": st.just("CONTACT"),
        "row": st.just("contact"),
        "id": st.just("contact_1"),
        "name": names,
        "phone": st.sampled_from(["+14155552671", "+14155550199"]),
        "language": st.just("en-US"),
        "source": names,
        "status": st.sampled_from(["lead", "customer"]),
        "created_at": instants,
        "updated_at": instants,
        "version": st.integers(1, 9),
        "changed_by": st.sampled_from(["token:a", "system"]),
    }
)


def _call_image(call):
    raw = codec.call_item(call).serialize()
    told = {"ApproximateCreationDateTime": 0, "SequenceNumber": "1", "NewImage": raw}
    return read_record({"eventID": "x", "dynamodb": told}).new


calls = some_calls.map(_call_image)


@st.composite
def histories(draw):
    """Give the changes of a row from its making on, each with the images before and after."""
    images = draw(st.lists(draw(st.sampled_from([contacts, calls])), min_size=1, max_size=5))
    ends = draw(st.booleans())
    pairs = zip([None, *images], [*images, *([None] if ends else [])], strict=False)
    row = images[0].get("row") or images[0]["kind"]
    return [(row, old, new) for old, new in pairs]


@st.composite
def tellings(draw):
    """Give changes of several rows, and batches in which each is told at least once, in any mixture."""
    found = [change for history in draw(st.lists(histories(), min_size=1, max_size=3)) for change in history]
    changes = [
        Change(f"record-{number}", row, NOW + timedelta(seconds=number % 3), old, new, sequence=number)
        for number, (row, old, new) in enumerate(found)
    ]
    order = draw(st.permutations(changes)) + draw(st.lists(st.sampled_from(changes), max_size=10))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    batches = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    return changes, batches


def _stories(changes):
    return [story_of(change, watches()[change.row]) for change in changes]


@given(tellings(), st.integers(1, 60))
def test_each_change_has_its_effect_once(telling, death):
    """Also when the function dies anywhere and its batch is told again."""
    changes, batches = telling
    expected = FakeSystem(FixedClock(NOW))
    tell(expected, _stories(changes))
    system, fuse = FakeSystem(FixedClock(NOW)), Fuse(death)
    audit, bus = system.audit, system.bus
    system.audit, system.bus = Perilous(audit, fuse), Perilous(bus, fuse)
    for batch in batches:
        try:
            tell(system, _stories(batch))
        except Killed:
            tell(system, _stories(batch))
    assert audit.entries == expected.audit.entries
    assert len(audit.entries) == len({entry.id for entry in audit.entries})
    told = {event.id: event for event in bus.events}
    assert told == {event.id: event for event in expected.bus.events}
    assert len(told) == len(expected.bus.events)


@given(histories())
def test_what_is_told_fits_what_happened(history):
    """A row that stays as it is tells nothing; every event is one of the row's object."""
    for number, (row, old, new) in enumerate(history):
        told = story_of(Change(str(number), row, NOW, old, new), watches()[row])
        assert all(event.type.startswith(f"{row}.") for event in told.events)
        same = story_of(Change(str(number), row, NOW, new, new), watches()[row]) if new else None
        assert same is None or (same.entry, same.events) == (None, ())
