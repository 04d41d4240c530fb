"""The dashboard's numbers, and who can be called at which hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.counting import Coverage
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.counting import read_dashboard, tag_counts
from chalicelib.crm.services.folding import fold_contact
from chalicelib.kernel.phones import E164

SAN_FRANCISCO = E164("+14155552671")
ALASKA = E164("+19075552671")  # two zones
LONDON = E164("+442079460958")
NOWHERE = E164("+881612345678")


def _add(crm, phone, **details):
    contact = create_contact(crm, NewContact(name="Ada", phone=phone, **details))
    fold_contact(crm, contact.id)
    return contact


def test_the_dashboard_of_nobody(crm):
    """Every status, kind of consent and day is there, at zero."""
    dashboard = read_dashboard(crm, 30)
    assert (dashboard.total, dashboard.suppressed, dashboard.reachable_now) == (0, 0, 0)
    assert dashboard.by_status == dict.fromkeys(ContactStatus, 0)
    assert dashboard.consents == dict.fromkeys(ConsentKind, Coverage(0, 0, 0))
    assert len(dashboard.new_by_day) == 30


def test_new_contacts_are_counted_by_day(crm, clock):
    """Of as many days as asked for, today included; older ones only in the total."""
    for number in range(3):
        _add(crm, E164(f"+1415555{2000 + number}"))
        clock.advance(days=1)
    _add(crm, LONDON)
    assert read_dashboard(crm, 3).new_by_day == {
        date(2026, 3, 6): 1,
        date(2026, 3, 5): 1,
        date(2026, 3, 4): 1,
    }
    assert read_dashboard(crm, 1).total == 4


def test_consents_are_covered_by_the_answer_that_holds(crm, clock):
    """The last one, by kind."""
    ada, _ = _add(crm, SAN_FRANCISCO), _add(crm, LONDON)
    for answer in (ConsentAnswer.GRANTED, ConsentAnswer.REVOKED):
        clock.advance(minutes=1)
        new = NewConsent(kind=ConsentKind.SMS, answer=answer, source=ConsentSource.PAPER, wording="Yes.")
        record_consent(crm, ada.id, new, "tests")
    fold_contact(crm, ada.id)
    consents = read_dashboard(crm).consents
    assert consents[ConsentKind.SMS] == Coverage(granted=0, revoked=1, unanswered=1)
    assert consents[ConsentKind.EMAIL] == Coverage(0, 0, 2)


def test_tags_are_counted(crm):
    """By id; what nobody carries is not there."""
    crm.counters.adjust({"tag#a": 2, "tag#b": 0, "total#contacts": 2})
    assert tag_counts(crm) == {"tag#a".removeprefix("tag#"): 2}


@pytest.mark.parametrize(
    ("hour", "minute", "reachable"),
    [(7, 59, 0), (8, 0, 1), (12, 0, 1), (20, 59, 1), (21, 0, 0), (3, 0, 0)],
)
def test_the_window_opens_at_eight_and_closes_at_nine(crm, clock, hour, minute, reachable):
    """In the zone of the number, whatever its summer time."""
    _add(crm, SAN_FRANCISCO)
    for day, offset in ((datetime(2026, 1, 15, tzinfo=UTC), 8), (datetime(2026, 7, 15, tzinfo=UTC), 7)):
        clock.instant = day + timedelta(hours=hour + offset, minutes=minute)
        assert read_dashboard(crm).reachable_now == reachable


def test_the_window_must_be_open_in_every_zone(crm, clock):
    """In all zones where the number may be, and in the one that the contact has stated."""
    _add(crm, ALASKA)
    _add(crm, LONDON, time_zone="America/New_York")
    clock.instant = datetime(2026, 1, 15, 17, 30, tzinfo=UTC)  # 7:30 in Adak, 8:30 in Anchorage
    assert read_dashboard(crm).reachable_now == 1
    clock.instant = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
    assert read_dashboard(crm).reachable_now == 2
    clock.instant = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)  # noon in London, 7:30 in New York
    assert read_dashboard(crm).reachable_now == 0


def test_who_must_not_be_called_is_not_reachable(crm):
    """Suppressed, marked do-not-contact, or in no known zone."""
    crm.suppressions.suppress([SAN_FRANCISCO], "x")
    _add(crm, SAN_FRANCISCO)
    _add(crm, LONDON, status=ContactStatus.DO_NOT_CONTACT)
    _add(crm, NOWHERE)
    dashboard = read_dashboard(crm)
    assert (dashboard.total, dashboard.suppressed, dashboard.reachable_now) == (3, 1, 0)
