from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.samples import ADA, GRANT, REVOCATION
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.crm.domain import consents as domain
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, current_answers
from chalicelib.crm.services.consents import get_consent, list_consents, record_consent
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id, new_id
from chalicelib.kernel.phones import E164

OTHER = E164("+14155552672")


@pytest.fixture
def ada(crm):
    """Create a contact with two numbers."""
    return create_contact(crm, replace(ADA, other_phones=(OTHER,)))


def _stored(crm, ada, answers):
    """Record answers of one kind, each at a minute of its own or shared."""
    start = crm.clock.now() - timedelta(days=1)
    return [
        record_consent(
            crm,
            ada.id,
            replace(GRANT, kind=ConsentKind.SMS, answer=answer, at=start + timedelta(minutes=minute)),
            "tests",
        ).consent
        for answer, minute in answers
    ]


def test_what_was_given_last_holds(crm, ada):
    """The time at which it was given decides, not when it was written down."""
    late, _early = _stored(crm, ada, [(ConsentAnswer.GRANTED, 9), (ConsentAnswer.REVOKED, 3)])
    assert list_consents(crm, ada.id, 10).current == {ConsentKind.SMS: late}


def test_a_revocation_wins_a_tie(crm, ada):
    """Of two answers at one instant the one that forbids holds, in either order."""
    for order in permutations([ConsentAnswer.GRANTED, ConsentAnswer.REVOKED]):
        both = _stored(crm, ada, [(answer, 1) for answer in order])
        assert current_answers(both)[ConsentKind.SMS].is_revocation


@given(
    answers=st.lists(
        st.tuples(st.sampled_from(ConsentKind), st.sampled_from(ConsentAnswer), st.integers(0, 2)), max_size=8
    ),
    data=st.data(),
)
def test_the_order_of_arrival_does_not_matter(answers, data):
    """The same records in any order give the same current answers."""
    from fakes.calls import NOW  # noqa: PLC0415

    given_answers = [
        domain.Consent(
            **vars(GRANT) | {"kind": kind, "answer": answer, "at": NOW + timedelta(minutes=minute)},
            id=derived_id("consent", str(number)),
            contact_id="contact_1",
            recorded_at=NOW,
            recorded_by="tests",
        )
        for number, (kind, answer, minute) in enumerate(answers)
    ]
    shuffled = data.draw(st.permutations(given_answers))
    assert current_answers(given_answers) == current_answers(shuffled)


def test_a_revocation_stops_calls_to_every_number(crm, ada):
    """All numbers of the contact are suppressed, and the one that it names."""
    named = E164("+14155552673")
    recorded = record_consent(crm, ada.id, replace(REVOCATION, number=named), "tests")
    assert recorded.suppressed_numbers == (ada.phone, OTHER, named)
    assert set(crm.suppressions.reasons) == {ada.phone, OTHER, named}


@pytest.mark.parametrize("kind", [kind for kind in ConsentKind if kind is not ConsentKind.AUTOMATED_CALLS])
def test_other_revocations_suppress_nothing(crm, ada, kind):
    """Only who forbids automated calls is not dialed."""
    assert record_consent(crm, ada.id, replace(REVOCATION, kind=kind), "tests").suppressed_numbers == ()


def test_an_old_revocation_that_was_taken_back_suppresses_nothing(crm, ada):
    """History may be written down late: what holds is the later grant."""
    record_consent(crm, ada.id, GRANT, "tests")
    old = replace(REVOCATION, at=crm.clock.now() - timedelta(days=9))
    assert record_consent(crm, ada.id, old, "tests").suppressed_numbers == ()


def test_a_grant_lifts_no_suppression(crm, ada):
    """The answer says which numbers are still not dialed."""
    record_consent(crm, ada.id, REVOCATION, "tests")
    crm.clock.advance(minutes=1)
    assert record_consent(crm, ada.id, GRANT, "tests").suppressed_numbers == (ada.phone, OTHER)


def test_whoever_dies_between_suppressing_and_recording_has_suppressed(crm, ada):
    """Killed before each use of a port: never recorded without being suppressed; a repetition is whole."""
    whole = False
    for left in range(20):
        consent_id = new_id("consent")
        fuse = Fuse(left)
        watched = {name: getattr(crm, name) for name in ("contacts", "consents", "suppressions")}
        for name, port in watched.items():
            setattr(crm, name, Perilous(port, fuse))
        try:
            record_consent(crm, ada.id, REVOCATION, "tests", consent_id)
            whole = True
        except Killed:
            pass
        for name, port in watched.items():
            setattr(crm, name, port)
        recorded = crm.consents.get(ada.id, consent_id) is not None
        assert crm.suppressions.reasons or not recorded
        record_consent(crm, ada.id, REVOCATION, "tests", consent_id)
        assert set(crm.suppressions.reasons) == {ada.phone, OTHER}
        assert [each.id for each in crm.consents.all(ada.id)].count(consent_id) == 1
        crm.suppressions.reasons = {}
        crm.consents.by_key.clear()
    assert whole


def test_a_grant_needs_evidence(crm, ada):
    """A wording or a reference; a revocation needs none."""
    with pytest.raises(Invalid) as refusal:
        record_consent(crm, ada.id, replace(GRANT, wording=None), "tests")
    assert refusal.value.code == "evidence_missing"
    record_consent(crm, ada.id, replace(GRANT, wording=None, reference="call_1"), "tests")


def test_a_consent_is_not_given_in_the_future(crm, ada):
    """Now is the latest."""
    now = crm.clock.now()
    assert record_consent(crm, ada.id, replace(GRANT, at=now), "tests").consent.at == now
    with pytest.raises(Invalid) as refusal:
        record_consent(crm, ada.id, replace(GRANT, at=now + timedelta(milliseconds=1)), "tests")
    assert refusal.value.code == "consent_in_future"


def test_there_are_not_endlessly_many_grants(crm, ada, monkeypatch):
    """A grant beyond the limit is refused, a revocation never."""
    monkeypatch.setattr("chalicelib.crm.services.consents.MAX_CONSENTS", 2)
    kept = [record_consent(crm, ada.id, GRANT, "tests").consent for _ in range(2)]
    with pytest.raises(Conflict) as refusal:
        record_consent(crm, ada.id, GRANT, "tests")
    assert refusal.value.code == "too_many_consents"
    assert record_consent(crm, ada.id, GRANT, "tests", kept[0].id).consent == kept[0]
    record_consent(crm, ada.id, REVOCATION, "tests")


def test_a_consent_of_nobody_is_not_found(crm, ada):
    """Neither an unknown contact's nor an unknown id."""
    for contact_id, consent_id, code in (
        (new_id("contact"), new_id("consent"), "contact_not_found"),
        (ada.id, new_id("consent"), "consent_not_found"),
        (ada.id, "nonsense", "consent_not_found"),
    ):
        with pytest.raises(NotFound) as refusal:
            get_consent(crm, contact_id, consent_id)
        assert refusal.value.code == code
