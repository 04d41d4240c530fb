"""All that the CRM's use cases work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.ports.contacts import Contacts
    from chalicelib.crm.ports.fields import Fields
    from chalicelib.crm.ports.notes import Notes
    from chalicelib.crm.ports.tags import Tags
    from chalicelib.crm.ports.work import Work
    from chalicelib.kernel.clock import Clock


class CrmPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def contacts(self) -> Contacts: ...  # noqa: D102
    @property
    def notes(self) -> Notes: ...  # noqa: D102
    @property
    def tags(self) -> Tags: ...  # noqa: D102
    @property
    def fields(self) -> Fields: ...  # noqa: D102
    @property
    def work(self) -> Work: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
