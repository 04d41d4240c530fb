"""What the CRM works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.bootstrap import Container
    from chalicelib.crm.ports.consents import Consents
    from chalicelib.crm.ports.contacts import Contacts
    from chalicelib.crm.ports.fields import Fields
    from chalicelib.crm.ports.folding import CallEntries, Counters, Indexes
    from chalicelib.crm.ports.imports import ImportFiles, Imports
    from chalicelib.crm.ports.jobs import Jobs
    from chalicelib.crm.ports.memory import Memories
    from chalicelib.crm.ports.moves import Moves
    from chalicelib.crm.ports.notes import Notes
    from chalicelib.crm.ports.personal import Collections, Erasures, Holding
    from chalicelib.crm.ports.search import Searches
    from chalicelib.crm.ports.suppressions import Suppressions
    from chalicelib.crm.ports.tags import Tags
    from chalicelib.crm.ports.timeline import Timeline
    from chalicelib.crm.ports.work import Work
    from chalicelib.kernel.clock import Clock


class Crm:
    """What the CRM works with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.crm.adapters import tables

        self._connection = tables.bind(root.settings.crm_table)
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def contacts(self) -> Contacts:
        """Stored contacts."""
        from chalicelib.crm.adapters.repository.contacts import ContactRepository

        return ContactRepository(self._connection)

    @cached_property
    def notes(self) -> Notes:
        """Stored notes."""
        from chalicelib.crm.adapters.repository.notes import NoteRepository

        return NoteRepository()

    @cached_property
    def consents(self) -> Consents:
        """Stored consents."""
        from chalicelib.crm.adapters.repository.consents import ConsentRepository

        return ConsentRepository(self._connection)

    @cached_property
    def memories(self) -> Memories:
        """What calls taught of contacts."""
        from chalicelib.crm.adapters.repository.memory import MemoryRepository

        return MemoryRepository(self._connection)

    @cached_property
    def timeline(self) -> Timeline:
        """What happened with contacts, in the order of time."""
        from chalicelib.crm.adapters.repository.timeline import TimelineRepository

        return TimelineRepository(self._connection)

    @cached_property
    def collections(self) -> Collections:
        """All rows under a contact's id."""
        from chalicelib.crm.adapters.repository.collections import CollectionRepository

        return CollectionRepository()

    @cached_property
    def erasures(self) -> Erasures:
        """Erasures that are not done."""
        from chalicelib.crm.adapters.repository.erasures import ErasureRepository

        return ErasureRepository()

    @cached_property
    def holdings(self) -> Sequence[Holding]:
        """Every part of the system that keeps something about people."""
        from chalicelib.bootstrap.holdings import OTHERS
        from chalicelib.crm.services.import_traces import RejectedRowsHolding
        from chalicelib.crm.services.personal import RecordsHolding

        return (RecordsHolding(self), RejectedRowsHolding(self), *(holding(self._root) for holding in OTHERS))

    @cached_property
    def suppressions(self) -> Suppressions:
        """Numbers that nothing dials."""
        from chalicelib.bootstrap.suppressions import CallsSuppressions

        return CallsSuppressions(self._root)

    @cached_property
    def tags(self) -> Tags:
        """Stored tags."""
        from chalicelib.crm.adapters.repository.tags import TagRepository

        return TagRepository(self._connection)

    @cached_property
    def fields(self) -> Fields:
        """Stored definitions of custom fields."""
        from chalicelib.crm.adapters.repository.fields import FieldRepository

        return FieldRepository()

    @cached_property
    def indexes(self) -> Indexes:
        """What search and counters hold of each contact."""
        from chalicelib.crm.adapters.repository.indexes import IndexRepository

        return IndexRepository(self._connection, self.clock)

    @cached_property
    def counters(self) -> Counters:
        """How many contacts have what in common."""
        from chalicelib.crm.adapters.repository.counters import CounterRepository

        return CounterRepository()

    @cached_property
    def searches(self) -> Searches:
        """Contacts by words."""
        from chalicelib.crm.adapters.repository.search import SearchRepository

        return SearchRepository()

    @cached_property
    def call_entries(self) -> CallEntries:
        """Calls as timelines show them."""
        from chalicelib.crm.adapters.repository.call_entries import CallEntryRepository

        return CallEntryRepository()

    @cached_property
    def work(self) -> Work:
        """The queue of jobs."""
        from chalicelib.crm.adapters.queues import SqsWork

        return SqsWork(self._root.client("sqs"), self._root.settings.jobs_queue_url)

    @cached_property
    def moves(self) -> Moves:
        """The way of a merged contact's rows."""
        from chalicelib.crm.adapters.repository.moves import MoveRepository

        return MoveRepository(self._connection)

    @cached_property
    def jobs(self) -> Jobs:
        """Stored jobs."""
        from chalicelib.crm.adapters.repository.jobs import JobRepository

        return JobRepository(self._connection)

    @cached_property
    def imports(self) -> Imports:
        """Stored imports."""
        from chalicelib.crm.adapters.repository.imports import ImportRepository

        return ImportRepository(self._connection)

    @cached_property
    def import_files(self) -> ImportFiles:
        """Files to import, in the bucket."""
        from chalicelib.crm.adapters.import_files import S3ImportFiles

        client = self._root.client("s3", signature_version="s3v4")
        return S3ImportFiles(client, self._root.settings.files_bucket, self.clock)
