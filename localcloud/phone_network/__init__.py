"""A telephone network that behaves like Twilio on the wire; it knows nothing of the product's code."""

from localcloud.phone_network.network import PhoneNetwork
from localcloud.phone_network.options import Options

__all__ = ["Options", "PhoneNetwork"]
