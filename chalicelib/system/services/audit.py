"""Reading the audit log; only changes of tables write it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.system.domain.audit import object_key

if TYPE_CHECKING:
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.audit import AuditEntry, AuditFilter
    from chalicelib.system.ports.audit import AuditPorts

MAX_EXPORT = 5000


def find_entries(
    system: AuditPorts, wanted: AuditFilter, page_size: int, start: str | None = None
) -> Page[AuditEntry]:
    """Give up to `page_size` entries, newest first, from after the position `start`.

    An object whose id is a phone number is asked for by the number: `number:+14155550123`.
    """
    key = wanted.object and object_key(wanted.object)
    return system.audit.find(replace(wanted, object=key), page_size, start)
