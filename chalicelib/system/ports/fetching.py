"""The way to files of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.system.ports.webhooks import AddressPorts

if TYPE_CHECKING:
    from chalicelib.system.domain.destinations import Destination
    from chalicelib.system.domain.fetching import Fetched


class Fetcher(Protocol):
    """Gets files."""

    def fetch(self, destination: Destination, addresses: tuple[str, ...], max_bytes: int) -> Fetched:
        """Get a file from one of these very addresses, within ten seconds, following no redirect.

        Whatever the other side does is an answer, never an exception.
        """


class FetchPorts(AddressPorts, Protocol):
    """What fetching works with."""

    @property
    def fetcher(self) -> Fetcher:
        """The way to files of others."""
