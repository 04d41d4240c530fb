"""What text messages work with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.ports.messages import MessageBook, MessageTemplateBook, Texting


class TextingParts:
    """The part of `Calls` that text messages add."""

    _connection: Any
    _root: Container

    @cached_property
    def addresses(self) -> Addresses:
        """Where the carrier reaches us."""
        from chalicelib.calls.adapters.addresses import Addresses

        connections = self._root.connections
        return Addresses(connections.webhook_url, connections.socket_url)

    @cached_property
    def messages(self) -> MessageBook:
        """Stored text messages."""
        from chalicelib.calls.adapters.repository.messages import MessageRepository

        return MessageRepository(self._connection)

    @cached_property
    def message_templates(self) -> MessageTemplateBook:
        """Stored templates of text messages."""
        from chalicelib.calls.adapters.repository.message_templates import MessageTemplateRepository

        return MessageTemplateRepository()

    @cached_property
    def texting(self) -> Texting:
        """The carrier's text messages."""
        from chalicelib.calls.adapters.carrier.messages import TwilioTexting

        connections = self._root.connections
        return TwilioTexting(
            account_sid=connections.twilio_account_sid,
            auth_token=connections.twilio_auth_tokens[0],
            api_url=connections.twilio_api_url,
            addresses=self.addresses,
        )
