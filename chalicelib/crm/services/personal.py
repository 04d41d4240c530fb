"""Everything that is kept about one person, given page by page; and what the CRM itself keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact, Parting
from chalicelib.crm.domain.personal import Person
from chalicelib.crm.services.folding import fold_contact
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Tombstone
    from chalicelib.crm.domain.personal import Trace
    from chalicelib.crm.ports.crm import CrmPorts

_LONGEST_CHAIN = 20  # of merges
_ROWS = 25  # of the longest notes stay below what a function may answer


class RecordsHolding:
    """What the CRM itself keeps: the contact and the rows under its ids; implements `Holding`."""

    name = "crm"

    def __init__(self, crm: CrmPorts) -> None:
        self._crm = crm

    def check(self, person: Person) -> None:
        """Allow it always."""

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give the rows of every id, one id after the other."""
        contact_id, _, rest = (start or person.ids[0]).partition(" ")
        page = self._crm.collections.rows(contact_id, min(page_size, _ROWS), rest or None)
        if page.next_start is not None:
            return Page(page.items, f"{contact_id} {page.next_start}")
        return Page(page.items, _following(person.ids, contact_id))

    def erase(self, person: Person, start: str | None) -> str | None:
        """Delete up to 25 rows of an id; then take it out of search and counters."""
        contact_id = start or person.ids[0]
        if self._crm.collections.clear(contact_id):
            return contact_id
        fold_contact(self._crm, contact_id)
        return _following(person.ids, contact_id)


def find_person(crm: CrmPorts, contact_id: str) -> Contact | Tombstone:
    """Give the contact, the one that it was merged into, or what is left; or raise `NotFound`.

    Its code is `contact_not_found`.
    """
    for _ in range(_LONGEST_CHAIN):
        found = crm.contacts.get(contact_id) if is_id(contact_id, "contact") else None
        if found is None:
            break
        if isinstance(found, Contact) or found.merged_into is None:
            return found
        contact_id = found.merged_into
    raise NotFound("There is no such contact.", code="contact_not_found")


def person_of(found: Contact | Tombstone) -> Person:
    """Give the person by what is still known; the numbers of a contact that is gone are not."""
    return Person(found.ids, found.phones if isinstance(found, Contact) else ())


def export_person(crm: CrmPorts, contact_id: str, page_size: int, start: str | None = None) -> Page[Trace]:
    """Give what every part of the system keeps about a person, from after `start`; also of a deleted one.

    A page may be short although more follow. Raises `NotFound` with code `contact_not_found`.
    """
    found = find_person(crm, contact_id)
    if not isinstance(found, Contact) and found.reason is not Parting.DELETED:
        raise NotFound("There is no such contact.", code="contact_not_found")
    log("personal_data.exported", contact_id=found.id)
    return _page(crm, person_of(found), page_size, start)


def _page(crm: CrmPorts, person: Person, page_size: int, start: str | None) -> Page[Trace]:
    """Ask one holding after the other until one has something."""
    names = [holding.name for holding in crm.holdings]
    name, _, rest = (start or f"{names[0]}/").partition("/")
    for place in range(names.index(name) if name in names else 0, len(names)):
        page = crm.holdings[place].export(person, page_size, rest or None)
        after = f"{names[place + 1]}/" if place + 1 < len(names) else None
        if page.next_start is not None:
            after = f"{names[place]}/{page.next_start}"
        if page.items or page.next_start is not None:
            return Page(page.items, after)
        rest = ""
    return Page([])


def _following(ids: tuple[str, ...], contact_id: str) -> str | None:
    rest = ids[ids.index(contact_id) + 1 :]
    return rest[0] if rest else None
