"""One row of a file becomes a contact, changes one, or is refused; done again, it does nothing more."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, Contact, ContactChanges, NewContact, same_details
from chalicelib.crm.domain.details import Address, ContactStatus
from chalicelib.crm.domain.importing import Duplicate, OnDuplicate, RowOutcome, row_stamp
from chalicelib.crm.domain.imports import RowContact, RowError
from chalicelib.crm.domain.rows import read_row
from chalicelib.crm.domain.tags import MAX_ALL_TAGS
from chalicelib.crm.domain.words import fold
from chalicelib.crm.services.contacts import change_contact, create_contact, find_contact, prepare_contact
from chalicelib.crm.services.tags import ensure_tags
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.errors import AppError, Conflict, Invalid, Unavailable
from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.crm.domain.importing import Import
    from chalicelib.crm.domain.imports import Row
    from chalicelib.crm.domain.mapping import ColumnMapping
    from chalicelib.crm.ports.crm import CrmPorts

_TRIES = 5
_SOURCE = "import"
# DynamoDB writes 100 rows together at most, of 4 MB: of the largest contacts these fill half.
_TRANSACTION, _TOGETHER = 100, 25


@dataclass(frozen=True)
class RowDone:
    """What came of a row; a `duplicate` met a contact, or an earlier row, with its number."""

    outcome: RowOutcome
    duplicate: bool = False
    errors: tuple[RowError, ...] = ()
    contact_id: str | None = None
    earlier_row: int | None = None


class _ReadOnce:
    """A small store whose list is read once: what it held when the work on a chunk began."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._all: list[Any] | None = None

    def all(self) -> list[Any]:
        """Give everything."""
        if self._all is None:
            self._all = self._store.all()
        return self._all

    def get(self, one_id: str) -> Any:
        """Give one by its id, or None."""
        return next((one for one in self.all() if one.id == one_id), None)


class _ChunkPorts:
    """The CRM's ports for one chunk: tags and definitions are not read again for each row."""

    def __init__(self, crm: CrmPorts) -> None:
        self._crm = crm
        self.tags = _ReadOnce(crm.tags)
        self.fields = _ReadOnce(crm.fields)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crm, name)


class RowWork:
    """Works on the rows of one chunk; what they share is read once."""

    def __init__(self, crm: CrmPorts, found: Import, rows: Sequence[Row]) -> None:
        self._import = found
        self._mapping: ColumnMapping = found.facts.mapping  # type: ignore[union-attr]  # a running one has facts
        definitions = {one.key: one for one in crm.fields.all()}
        self._read = {
            row.number: read_row(row, self._mapping, found.wish.options, definitions) for row in rows
        }
        self._tags = self._tag_ids(crm)
        self._crm = cast("CrmPorts", _ChunkPorts(crm))  # from here on, when all tags are there

    def duplicate(self, row: Row, done: RowDone) -> Duplicate | None:
        """Say whom a row met, if it did."""
        said = self._read[row.number]
        if not done.duplicate or not isinstance(said, RowContact):
            return None
        return Duplicate(row.number, said.phones[0], done.outcome, done.contact_id, done.earlier_row)

    def run(self, rows: Sequence[Row]) -> list[RowDone]:
        """Import rows, or say what importing them would do; give what came of each."""
        created = {} if self._import.wish.validate_only else self._create_new()
        return [created.get(row.number) or self._do(row) for row in rows]

    def _create_new(self) -> dict[int, RowDone]:
        """Create, many at a time, the contacts whose numbers nobody has; give what came of their rows."""
        said = self._contacts()
        uses = Counter(phone for contact in said for phone in contact.phones)
        owned = self._crm.contacts.owned(uses.keys())
        free = [one for one in said if all(uses[phone] == 1 and phone not in owned for phone in one.phones)]
        batches = _batches([(one.row, contact) for one in free if (contact := self._new_contact(one))])
        done = (batch for batch in batches if self._crm.contacts.add_all([contact for _, contact in batch]))
        return {row: _created(contact) for batch in done for row, contact in batch}

    def _contacts(self) -> list[RowContact]:
        return [said for said in self._read.values() if isinstance(said, RowContact)]

    def _new_contact(self, said: RowContact) -> Contact | None:
        """Give the contact that a row makes; None for one that is refused, which is told row by row."""
        try:
            return prepare_contact(self._crm, *self._creation(said))
        except Invalid:
            return None

    def _do(self, row: Row) -> RowDone:
        said = self._read[row.number]
        if not isinstance(said, RowContact):
            return RowDone(RowOutcome.FAILED, errors=tuple(said))
        try:
            return self._validate(said) if self._import.wish.validate_only else self._carry_out(said)
        except Unavailable:
            raise
        except AppError as error:
            return self._failed(said, error.message)

    def _tag_ids(self, crm: CrmPorts) -> dict[str, str]:
        names = list(dict.fromkeys(tag for said in self._contacts() for tag in said.fields.get("tags", ())))
        if self._import.wish.validate_only:
            known = {fold(tag.name): tag.id for tag in crm.tags.all()} if names else {}
            return {name: known.get(fold(name), name) for name in names}
        return ensure_tags(crm, names)

    def _carry_out(self, said: RowContact) -> RowDone:
        for _ in range(_TRIES):
            owners = self._owners(said)
            try:
                return self._meet(said, owners) if owners else self._create(said)
            except Conflict as conflict:
                # A number was taken, or the contact changed, since we looked.
                if conflict.code not in {"phone_taken", "version_changed"}:
                    raise
        raise Unavailable("The contact is changed too often; try again.", retryable=True)

    def _validate(self, said: RowContact) -> RowDone:
        """Say what importing a row would do, numbers that earlier rows would have taken included."""
        place = self._import.id, self._import.run
        earlier = self._crm.imports.claimed(*place, said.phones, said.row)
        owners = self._owners(said)
        if earlier is not None:
            return self._again(said, earlier, owners)
        done = self._meet(said, owners) if owners else RowDone(RowOutcome.CREATED)
        if done.outcome in {RowOutcome.CREATED, RowOutcome.UPDATED}:
            known = {phone for owner in owners for phone in owner.phones}
            self._crm.imports.claim(*place, [phone for phone in said.phones if phone not in known], said.row)
        return done

    def _again(self, said: RowContact, earlier: int, owners: list[Contact]) -> RowDone:
        """Deal with a row of which an earlier one would have taken a number."""
        if owners:
            problem = f"Its numbers belong to row {earlier} and {owners[0].id}. Merge them first."
            return self._failed(said, problem, earlier_row=earlier, contact_id=owners[0].id)
        match self._import.wish.on_duplicate:
            case OnDuplicate.SKIP:
                return RowDone(RowOutcome.SKIPPED, duplicate=True, earlier_row=earlier)
            case OnDuplicate.UPDATE:
                return RowDone(RowOutcome.UPDATED, duplicate=True, earlier_row=earlier)
        problem = f"Row {earlier} has the same number. Remove one of them."
        return self._failed(said, problem, earlier_row=earlier)

    def _owners(self, said: RowContact) -> list[Contact]:
        found = (find_contact(self._crm, phone) for phone in said.phones)
        return list({contact.id: contact for contact in found if contact}.values())

    def _create(self, said: RowContact) -> RowDone:
        return _created(create_contact(self._crm, *self._creation(said)))

    def _creation(self, said: RowContact) -> tuple[NewContact, str, str]:
        """Give what a row makes: details, id and stamp."""
        details: dict[str, Any] = {"source": _SOURCE, **said.defaults, **self._given(said, None)}
        details["name"] = details.get("name") or details.get("company") or UNKNOWN_CALLER
        return NewContact(**details), self._contact_id(said), row_stamp(self._import, said.row)

    def _meet(self, said: RowContact, owners: list[Contact]) -> RowDone:
        """Deal with a row of which a contact has a number already."""
        contact, *others = owners
        # An earlier try, whose worker died before the chunk was done, made the contact or changed it.
        if self._contact_id(said) in contact.ids:
            return _created(contact)
        if contact.import_row == row_stamp(self._import, said.row):
            return RowDone(RowOutcome.UPDATED, duplicate=True, contact_id=contact.id)
        if others:
            ids = " and ".join(owner.id for owner in owners)
            problem = f"Its numbers belong to {ids}. Merge them first."
            return self._failed(said, problem, contact_id=contact.id)
        return self._as_wished(said, contact)

    def _as_wished(self, said: RowContact, contact: Contact) -> RowDone:
        """Do with a duplicate what the import is asked to do."""
        match self._import.wish.on_duplicate:
            case OnDuplicate.UPDATE:
                return self._update(contact, self._given(said, contact), said.row)
            case OnDuplicate.SKIP if said.fields.get("status") is ContactStatus.DO_NOT_CONTACT:
                # A wish not to be called is heeded, whatever else is skipped.
                done = self._update(contact, {"status": ContactStatus.DO_NOT_CONTACT}, said.row)
                return done if done.outcome is RowOutcome.UPDATED else _skipped(contact)
            case OnDuplicate.SKIP:
                return _skipped(contact)
        problem = f"{contact.id} has this number. Remove the row, or let duplicates be updated or skipped."
        return self._failed(said, problem, contact_id=contact.id)

    def _update(self, contact: Contact, given: dict[str, Any], row: int) -> RowDone:
        changes = ContactChanges(**given)
        if same_details(changes.applied_to(contact), contact):
            return RowDone(RowOutcome.UNCHANGED, duplicate=True, contact_id=contact.id)
        if not self._import.wish.validate_only:
            stamp = row_stamp(self._import, row)
            change_contact(self._crm, contact.id, changes, contact.version, stamp)
        return RowDone(RowOutcome.UPDATED, duplicate=True, contact_id=contact.id)

    def _given(self, said: RowContact, contact: Contact | None) -> dict[str, Any]:
        """Give the details that the row says, added to what the contact has."""
        given = dict(said.fields)
        given["tags"] = tuple(map(self._tag, given.get("tags", ())))
        given["custom_fields"] = given.get("custom_fields", {})
        address = given.pop("address", None)
        if contact is not None:
            more = (phone for phone in said.phones if phone not in contact.phones)
            given |= {"phone": contact.phone, "other_phones": (*contact.other_phones, *more)}
            given["tags"] = (*contact.tags, *given["tags"])
            given["custom_fields"] = {**contact.custom_fields, **given["custom_fields"]}
            if contact.status is ContactStatus.DO_NOT_CONTACT:  # a file does not lift what somebody asked for
                given.pop("status", None)
        if address:
            known = asdict(contact.address) if contact and contact.address else {}
            given["address"] = Address(**{**known, **address})
        return given

    def _tag(self, name: str) -> str:
        if name not in self._tags:
            raise Invalid(
                f"{name[:50]!r} cannot be a tag, or there are {MAX_ALL_TAGS}. Correct it or remove it.",
                code="bad_tag_name",
            )
        return self._tags[name]

    def _contact_id(self, said: RowContact) -> str:
        """Give the id of the contact that this row creates: the same at every try."""
        seed = row_stamp(self._import, said.row)
        return derived_id("contact", seed, to_millis(self._import.created_at))

    def _failed(
        self,
        said: RowContact,
        message: str,
        *,
        contact_id: str | None = None,
        earlier_row: int | None = None,
    ) -> RowDone:
        problem, _, remedy = message.partition(". ")
        error = RowError(said.row, self._phone_column, said.phones[0], f"{problem.rstrip('.')}.", remedy)
        is_duplicate = contact_id is not None or earlier_row is not None
        return RowDone(RowOutcome.FAILED, is_duplicate, (error,), contact_id, earlier_row)

    @property
    def _phone_column(self) -> str | None:
        targets = self._mapping.targets()
        return next((name for name, target in targets.items() if target == "phone"), None)


def _created(contact: Contact) -> RowDone:
    return RowDone(RowOutcome.CREATED, contact_id=contact.id)


def _skipped(contact: Contact) -> RowDone:
    return RowDone(RowOutcome.SKIPPED, duplicate=True, contact_id=contact.id)


def _batches(made: Sequence[tuple[int, Contact]]) -> Iterator[list[tuple[int, Contact]]]:
    """Part contacts into as many as one transaction takes."""
    batch: list[tuple[int, Contact]] = []
    weight = 0
    for row, contact in made:
        rows = 1 + len(contact.phones) + len(contact.tags)
        if len(batch) == _TOGETHER or (batch and weight + rows > _TRANSACTION):
            yield batch
            batch, weight = [], 0
        batch.append((row, contact))
        weight += rows
    if batch:
        yield batch
