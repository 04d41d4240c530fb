"""What rooms work with: the book of rooms, the carrier's conferences, the queue."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynamodb.connection import Connection

    from chalicelib.bootstrap import Container
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.ports.rooms import RoomBook, RoomWakeups, Switchboard


class RoomParts:
    """The part of `Calls` that people talk with each other by."""

    _root: Container
    _connection: Connection
    addresses: Addresses

    @cached_property
    def rooms(self) -> RoomBook:
        """Stored rooms."""
        from chalicelib.calls.adapters.repository.rooms import RoomRepository

        return RoomRepository(self._connection)

    @cached_property
    def switchboard(self) -> Switchboard:
        """The carrier's legs and conferences."""
        from chalicelib.calls.adapters.carrier.rooms import TwilioSwitchboard

        connections = self._root.connections
        return TwilioSwitchboard(
            account_sid=connections.twilio_account_sid,
            auth_token=connections.twilio_auth_tokens[0],
            api_url=connections.twilio_api_url,
            addresses=self.addresses,
        )

    @cached_property
    def room_wakeups(self) -> RoomWakeups:
        """The queue of what a caller waits for."""
        from chalicelib.calls.adapters.room_queue import SqsRoomWakeups

        return SqsRoomWakeups(self._root.client("sqs"), self._root.settings.urgent_queue_url)
