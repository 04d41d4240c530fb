"""May a call be handed over now? A module of its own, because the number plans cost imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.permission import UNREADABLE, objection_to
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.numbering import plan_of
from chalicelib.system.domain.settings import stop_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.phones import E164


def transfer_objection(calls: CallPorts, target: E164) -> str | None:
    """Give the code of what forbids to dial this number now, by one read of the settings; None: nothing does.

    It is a dial like any other: no suppression is asked about, because the target is the template's own.
    """
    try:
        settings = current_settings(calls.system)
    except Unavailable:
        return UNREADABLE
    if stop := stop_of(settings, calls.system.stack):
        return stop.code
    objection = objection_to(plan_of(target), frozenset(settings.allowed_countries))
    return objection[0] if objection else None
