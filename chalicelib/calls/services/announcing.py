"""Telling people that a call is recorded: always, or unless nobody has to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.recording_consent import (
    announcement_in,
    one_party_suffices,
    one_party_suffices_by_number,
)
from chalicelib.calls.domain.templates import Announce
from chalicelib.kernel.areas import area_of

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.briefing import Occasion


def announcement(calls: CallPorts, template: CallTemplate, occasion: Occasion, own: str) -> str:
    """Give what is said of the recording before anything else; empty when nothing is.

    `own` is the template's own announcement, filled in; without it there is one in the template's language.
    """
    if not template.record or not _must_be_told(calls, template, occasion):
        return ""
    return own or announcement_in(template.language)


def _must_be_told(calls: CallPorts, template: CallTemplate, occasion: Occasion) -> bool:
    """Tell whether one side is, or may be, where all parties have to agree; the strictest place wins."""
    if template.announce is Announce.ALWAYS:
        return True
    address, route = occasion.contact.address, calls.routes.get(occasion.line)
    if address is None or route is None:
        return True
    sides = ((address.country, address.region), route.place)
    if not all(one_party_suffices(country, region) for country, region in sides):
        return True
    return not one_party_suffices_by_number(*area_of(occasion.number))
