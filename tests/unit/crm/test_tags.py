"""Tags: names that are unique as people read them, and contacts that follow when a tag goes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.jobs import work_off

from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.tags import NewTag, TagChanges
from chalicelib.crm.services.contacts import change_contact, create_contact, get_contact
from chalicelib.crm.services.jobs import get_job
from chalicelib.crm.services.tagging import delete_tag, merge_tags, retag
from chalicelib.crm.services.tags import change_tag, create_tag, ensure_tags, get_tag, list_tags, tag_names
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164


def people(crm, count, *tags):
    """Create contacts with these tags."""
    return [
        create_contact(crm, NewContact(f"Nr. {number}", E164(f"+1415555{number:04}"), tags=tags))
        for number in range(count)
    ]


@pytest.mark.parametrize("name", ["vip", "ViP", "Víp", " VIP! "])
def test_a_name_is_unique_as_people_read_it(crm, name):
    """Case, accents, punctuation and spaces make no other name."""
    first = create_tag(crm, NewTag("VIP"))
    with pytest.raises(Conflict) as refusal:
        create_tag(crm, NewTag(name))
    assert (refusal.value.code, refusal.value.details) == ("tag_exists", {"tag_id": first.id})


def test_a_tag_is_created_once_for_each_id(crm):
    """A request that is repeated gets the same tag, also when there is no room for another."""
    tag_id = new_id("tag")
    tag = create_tag(crm, NewTag("VIP", "#FF0000", "Important."), tag_id)
    assert create_tag(crm, NewTag("VIP", "#FF0000", "Important."), tag_id) == tag
    assert (tag.colour, tag.version) == ("#ff0000", 1)
    ensure_tags(crm, [f"tag {number}" for number in range(499)])
    assert create_tag(crm, NewTag("VIP"), tag_id) == tag
    with pytest.raises(Conflict) as refusal:
        create_tag(crm, NewTag("one more"))
    assert refusal.value.code == "tag_limit_reached"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#1234567", "", "##12345"])
def test_colours_are_six_hexadecimal_digits(crm, colour):
    """Anything else is refused with the remedy."""
    with pytest.raises(Invalid) as refusal:
        create_tag(crm, NewTag("VIP", colour))
    assert refusal.value.code == "bad_colour"


def test_a_tag_is_renamed_with_its_contacts(crm):
    """Contacts hold ids: all have the new name at once, and the old one is free."""
    tag = create_tag(crm, NewTag("VIP"))
    renamed = change_tag(crm, tag.id, TagChanges(name="Gold"), 1)
    assert (renamed.name, renamed.colour, renamed.version) == ("Gold", tag.colour, 2)
    assert change_tag(crm, tag.id, TagChanges(name="GOLD")).name == "GOLD"
    assert create_tag(crm, NewTag("VIP")).id != tag.id
    with pytest.raises(Conflict):
        change_tag(crm, tag.id, TagChanges(name="víp"))


def test_changing_nothing_makes_no_version(crm):
    """The tag is as it was; a wrong version is refused all the same."""
    tag = create_tag(crm, NewTag("VIP"))
    assert change_tag(crm, tag.id, TagChanges(name="VIP")) == tag
    with pytest.raises(Conflict) as refusal:
        change_tag(crm, tag.id, TagChanges(), 2)
    assert refusal.value.code == "version_changed"


def test_a_deleted_tag_is_taken_from_its_contacts(crm):
    """Nobody sees it at once; a job clears its contacts, more than a step can."""
    tag, other = create_tag(crm, NewTag("VIP")), create_tag(crm, NewTag("Other"))
    members = people(crm, 120, tag.id, other.id)
    job = delete_tag(crm, tag.id)
    assert list_tags(crm) == [other]
    assert tag_names(crm, [tag.id, other.id]) == {other.id: "Other"}
    work_off(crm)
    assert {get_contact(crm, contact.id).tags for contact in members} == {(other.id,)}
    done = get_job(crm, job.id)
    assert (done.state, done.succeeded, done.failed) == ("done", 120, 0)


def test_a_merged_tag_gives_its_contacts_to_the_other(crm):
    """It is there until all have the other one; who had both has one."""
    tag, into = create_tag(crm, NewTag("V.I.P.s")), create_tag(crm, NewTag("VIP"))
    members = [*people(crm, 60, tag.id)]
    retag(crm, members[0].id, {into.id})
    merge_tags(crm, tag.id, into.id)
    assert get_tag(crm, tag.id) == tag
    work_off(crm)
    assert {get_contact(crm, contact.id).tags for contact in members} == {(into.id,)}
    assert list_tags(crm) == [into]


def test_a_contact_that_gets_the_tag_behind_the_walk_keeps_it(crm):
    """Somebody tags the first contact while the merge is at the last."""
    tag, into = create_tag(crm, NewTag("Old")), create_tag(crm, NewTag("New"))
    late, *_members = [*people(crm, 1), *_others(crm, tag)]
    merge_tags(crm, tag.id, into.id)
    page = crm.contacts.page

    def meanwhile(listing, size, start):
        found = page(listing, size, start)
        if start is not None and tag.id not in get_contact(crm, late.id).tags and crm.tags.get(tag.id):
            change_contact(crm, late.id, ContactChanges(tags=(tag.id,)))
        return found

    crm.contacts.page = meanwhile
    work_off(crm)
    assert get_contact(crm, late.id).tags == (into.id,)


def _others(crm, tag):
    return [
        create_contact(crm, NewContact(f"Other {number}", E164(f"+1212555{number:04}"), tags=(tag.id,)))
        for number in range(60)
    ]


@pytest.mark.parametrize("how", ["deleted", "merged"])
def test_a_tag_is_not_merged_into_one_that_goes(crm, how):
    """At the last moment before it would be removed: contacts keep it, and the job says why it failed."""
    tag, into, third = (create_tag(crm, NewTag(name)) for name in ("Old", "New", "Third"))
    (ada,) = people(crm, 1, tag.id)
    job = merge_tags(crm, tag.id, into.id)
    page, waiting = crm.contacts.page, [1]

    def meanwhile(*arguments):
        found = page(*arguments)
        if waiting and waiting.pop():
            delete_tag(crm, into.id) if how == "deleted" else merge_tags(crm, into.id, third.id)
            crm.tags.remove(into) if how == "merged" else None
        return found

    crm.contacts.page = meanwhile
    work_off(crm)
    assert (get_job(crm, job.id).state, get_tag(crm, tag.id)) == ("failed", tag)
    assert get_contact(crm, ada.id).tags == (tag.id,)


def test_a_change_under_way_is_not_lost(crm):
    """A contact that changes between reading and writing is read again."""
    tag = create_tag(crm, NewTag("VIP"))
    (ada,) = people(crm, 1)
    get, waiting = crm.contacts.get, [1]

    def meanwhile(contact_id):
        found = get(contact_id)
        if waiting and waiting.pop():
            crm.contacts.get = get
            change_contact(crm, ada.id, ContactChanges(name="Newer"))
            crm.contacts.get = meanwhile
        return found

    crm.contacts.get = meanwhile
    assert retag(crm, ada.id, {tag.id}) == "done"
    assert (get_contact(crm, ada.id).name, get_contact(crm, ada.id).tags) == ("Newer", (tag.id,))


@pytest.mark.parametrize("length", range(1, 24))
@pytest.mark.parametrize("what", ["delete", "merge"])
def test_whoever_asks_may_die_anywhere(crm, what, length):
    """Either nothing has happened, or the job does all of it."""
    tag, into = create_tag(crm, NewTag("Old")), create_tag(crm, NewTag("New"))
    (ada,) = people(crm, 1, tag.id)
    real = {name: getattr(crm, name) for name in ("tags", "jobs", "work")}
    fuse = Fuse(length)
    for name, port in real.items():
        setattr(crm, name, Perilous(port, fuse))
    with suppress(Killed):
        delete_tag(crm, tag.id) if what == "delete" else merge_tags(crm, tag.id, into.id)
    for name, port in real.items():
        setattr(crm, name, port)
    work_off(crm)
    kept = get_contact(crm, ada.id).tags
    gone = crm.tags.get(tag.id) is None
    assert (gone, kept) in ((False, (tag.id,)), (True, () if what == "delete" else (into.id,)))


def test_refusals(crm):
    """Unknown tags, a tag and itself, an old version: nothing is started."""
    tag = create_tag(crm, NewTag("VIP"))
    for act in (
        lambda: delete_tag(crm, new_id("tag")),
        lambda: merge_tags(crm, new_id("tag"), tag.id),
        lambda: merge_tags(crm, tag.id, "nonsense"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Invalid):
        merge_tags(crm, tag.id, tag.id)
    for act in (lambda: delete_tag(crm, tag.id, 2), lambda: merge_tags(crm, tag.id, tag.id, 2)):
        with pytest.raises(Conflict):
            act()
    assert crm.work.sent == []


def test_missing_tags_are_created(crm):
    """By the names of a file; those that are there are found, whatever their case."""
    tag = create_tag(crm, NewTag("VIP"))
    found = ensure_tags(crm, ["vip", "New", "new"])
    assert (found["vip"], found["New"]) == (tag.id, found["new"])
    assert ensure_tags(crm, []) == {}
