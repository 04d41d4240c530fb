"""Which addresses a webhook may reach: rules over text and numbers; looking names up is elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
MAX_URL = 2000
_USE_HTTPS = "Use https: only networks that the deployment allows are reached by http."
_EXAMPLE = "Write an address like https://example.com/path."
_PORTS = {"https": 443, "http": 80}
_PRINTABLE = re.compile(r"[!-\[\]-~]+")  # no space, no control character, no backslash
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
# Named here because interpreters differ in whether they know them (IANA's special-purpose registries).
_SPECIAL: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, deprecated
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("3fff::/20"),  # documentation
)
_LAST_32_BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class Destination:
    """Where a webhook's address leads; `target` is the path with its query."""

    scheme: str
    host: str
    port: int
    target: str
    authority: str

    @property
    def encrypted(self) -> bool:
        """Tell whether the connection is to be TLS."""
        return self.scheme == "https"


def refused_address(detail: str) -> Invalid:
    """Say that an address cannot be a webhook's, and why; code `address_refused`, names `/url`."""
    return Invalid(
        "This address cannot be used.", code="address_refused", errors=(FieldError("/url", detail),)
    )


def parse_destination(url: str) -> Destination:
    """Read an address: http or https, a host in ASCII, no user, no fragment, at most 2,000 characters.

    Raises `Invalid` with code `address_refused`. That http is for allowed networks only is for
    `check_addresses` to say.
    """
    if len(url) > MAX_URL or not _PRINTABLE.fullmatch(url):
        raise refused_address(f"{_EXAMPLE} It has at most {MAX_URL} printable ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused_address(_EXAMPLE) from None
    if parts.scheme not in _PORTS or not parts.netloc or port == 0:
        raise refused_address(_EXAMPLE)
    if "@" in parts.netloc:
        raise refused_address("Leave out user name and password.")
    if "#" in url:
        raise refused_address("Leave out the fragment, what follows #.")
    named_host = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    if not _HOST.fullmatch(named_host):
        raise refused_address("Name the host in ASCII, such as example.com; other scripts as Punycode.")
    path = parts.path or "/"
    return Destination(
        scheme=parts.scheme,
        host=named_host.strip("[]").rstrip("."),
        port=port or _PORTS[parts.scheme],
        target=f"{path}?{parts.query}" if parts.query else path,
        authority=parts.netloc,
    )


def check_scheme(destination: Destination, allowed: tuple[Network, ...]) -> None:
    """Refuse http where no network may be reached by it; needs no address, so ask this first."""
    if not destination.encrypted and not allowed:
        raise refused_address(_USE_HTTPS)


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks in CIDR notation; ValueError for anything else."""
    return tuple(ip_network(text) for text in sorted(texts))


def check_addresses(
    destination: Destination, addresses: tuple[str, ...], allowed: tuple[Network, ...]
) -> None:
    """Refuse a destination unless each of its addresses may be reached; one bad address is enough.

    Public addresses may be reached by https; `allowed` networks by http as well. Raises `Invalid` with
    code `address_refused`.
    """
    inside = [_is_in(address, allowed) for address in addresses]
    if not destination.encrypted and not (inside and all(inside)):
        raise refused_address(_USE_HTTPS)
    if not addresses:
        raise refused_address(f"The host {destination.host} has no address.")
    if not all(mine or is_public(address) for mine, address in zip(inside, addresses, strict=True)):
        raise refused_address(f"The host {destination.host} is not in the public internet.")


def is_public(text: str) -> bool:
    """Tell whether anybody in the internet can be at this address; False for what is no address.

    IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4) are judged as what they lead to.
    """
    address = _read(text)
    if isinstance(address, IPv6Address):
        return address in _UNICAST and _is_routable(address) and _is_sound_6to4(address)
    return address is not None and _is_routable(address)


def _is_in(text: str, networks: tuple[Network, ...]) -> bool:
    address = _read(text)
    return address is not None and any(address in network for network in networks)


def _read(text: str) -> Address | None:
    """Read an address; an IPv4 one that is only written as IPv6 becomes IPv4, one with a scope nothing."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address.ipv4_mapped or address


def _is_routable(address: Address) -> bool:
    special = address.is_multicast or any(address in each for each in _SPECIAL)
    return address.is_global and not special


def _is_sound_6to4(address: IPv6Address) -> bool:
    return address.sixtofour is None or _is_routable(address.sixtofour)
