"""What the CRM works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.crm.ports.contacts import Contacts
    from chalicelib.crm.ports.fields import Fields
    from chalicelib.crm.ports.notes import Notes
    from chalicelib.crm.ports.tags import Tags
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
    def tags(self) -> Tags:
        """Stored tags."""
        from chalicelib.crm.adapters.repository.tags import TagRepository

        return TagRepository()

    @cached_property
    def fields(self) -> Fields:
        """Stored definitions of custom fields."""
        from chalicelib.crm.adapters.repository.fields import FieldRepository

        return FieldRepository()

    @cached_property
    def work(self) -> Work:
        """The queue of jobs."""
        from chalicelib.crm.adapters.queues import SqsWork

        return SqsWork(self._root.client("sqs"), self._root.settings.jobs_queue_url)
