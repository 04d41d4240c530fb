"""People who ask for single calls through the API while campaigns dial, to whoever it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from datetime import timedelta

    from simulation.product import Product

    from chalicelib.crm.domain.contacts import Contact

_ONE_IN = 25


@dataclass
class Clients:
    """Ask for one call to one in 25 of the people, at some time within `busy`."""

    product: Product
    busy: timedelta
    asking: int = 0

    def begin(self, contacts: list[Contact]) -> None:
        """Choose whom to call when."""
        for contact in contacts[::_ONE_IN]:
            self.asking += 1
            late = self.product.chance.between(0, self.busy.total_seconds())
            self.product.loop.spawn(late, lambda contact=contact: self._ask(contact))

    def _ask(self, contact: Contact) -> None:
        """Ask until the wish is accepted, or refused for good."""
        wish = CallWish("template_1", contact.id, call_id=derived_id("call", f"single:{contact.id}"))
        self.product.insists(lambda: self._accepted(wish))
        self.asking -= 1

    def _accepted(self, wish: CallWish) -> None:
        try:
            request_call(self.product.calls, wish)
        except Forbidden:
            return
