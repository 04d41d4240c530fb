"""All that the CRM's use cases work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class CrmPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def contacts(self) -> Contacts: ...  # noqa: D102
    @property
    def notes(self) -> Notes: ...  # noqa: D102
    @property
    def consents(self) -> Consents: ...  # noqa: D102
    @property
    def memories(self) -> Memories: ...  # noqa: D102
    @property
    def timeline(self) -> Timeline: ...  # noqa: D102
    @property
    def suppressions(self) -> Suppressions: ...  # noqa: D102
    @property
    def tags(self) -> Tags: ...  # noqa: D102
    @property
    def fields(self) -> Fields: ...  # noqa: D102
    @property
    def moves(self) -> Moves: ...  # noqa: D102
    @property
    def jobs(self) -> Jobs: ...  # noqa: D102
    @property
    def imports(self) -> Imports: ...  # noqa: D102
    @property
    def import_files(self) -> ImportFiles: ...  # noqa: D102
    @property
    def indexes(self) -> Indexes: ...  # noqa: D102
    @property
    def counters(self) -> Counters: ...  # noqa: D102
    @property
    def searches(self) -> Searches: ...  # noqa: D102
    @property
    def call_entries(self) -> CallEntries: ...  # noqa: D102
    @property
    def work(self) -> Work: ...  # noqa: D102
    @property
    def collections(self) -> Collections: ...  # noqa: D102
    @property
    def erasures(self) -> Erasures: ...  # noqa: D102
    @property
    def holdings(self) -> Sequence[Holding]: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
