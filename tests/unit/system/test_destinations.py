from __future__ import annotations

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.system.domain.destinations import (
    check_addresses,
    is_public,
    parse_destination,
    parse_networks,
)

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.5",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "3fff::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "2606:4700:4700::1111",
    "64:ff9b::8.8.8.8",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    """Private, loopback, link-local, shared, multicast and reserved addresses, however they are written."""
    assert not is_public(address)
    with pytest.raises(Invalid) as refusal:
        check_addresses(parse_destination("https://example.com"), (address,), ())
    assert refusal.value.code == "address_refused"
    assert refusal.value.errors[0].pointer == "/url"


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_accepted(address):
    """Also one that is written as IPv6 and leads to a public IPv4 address."""
    check_addresses(parse_destination("https://example.com"), (address,), ())


@pytest.mark.parametrize(
    "address", ["", "example.com", "127.1", "0x7f000001", "2130706433", "1.2.3.4/32", "::g"]
)
def test_what_is_no_address_is_not_public(address):
    """Only whole addresses are judged; short forms are for the resolver to read."""
    assert not is_public(address)


def test_one_bad_address_is_enough():
    """A host with a public and a private address is refused, whichever comes first."""
    destination = parse_destination("https://example.com")
    for addresses in (("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8")):
        with pytest.raises(Invalid, match="cannot be used"):
            check_addresses(destination, addresses, ())


def test_a_host_without_an_address_is_refused():
    """Nothing is posted to nowhere."""
    with pytest.raises(Invalid) as refusal:
        check_addresses(parse_destination("https://example.com"), (), ())
    assert refusal.value.errors[0].detail == "The host example.com has no address."


NETWORKS = parse_networks({"10.1.0.0/16", "fd00:1::/32"})


@pytest.mark.parametrize("address", ["10.1.2.3", "fd00:1::5", "::ffff:10.1.2.3"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_allowed_networks_may_be_reached(address, scheme):
    """By http as well."""
    check_addresses(parse_destination(f"{scheme}://inside.example.com/hook"), (address,), NETWORKS)


@pytest.mark.parametrize("addresses", [("10.2.0.1",), ("10.1.2.3", "10.2.0.1"), ("fd00:2::1",)])
def test_only_allowed_networks_may_be_reached(addresses):
    """Allowing one network allows no other."""
    with pytest.raises(Invalid, match="cannot be used"):
        check_addresses(parse_destination("https://inside.example.com"), addresses, NETWORKS)


@pytest.mark.parametrize("addresses", [("8.8.8.8",), ("10.1.2.3", "8.8.8.8")])
def test_http_is_for_allowed_networks_only(addresses):
    """The public internet is reached by https."""
    with pytest.raises(Invalid) as refusal:
        check_addresses(parse_destination("http://example.com/hook"), addresses, NETWORKS)
    assert "https" in refusal.value.errors[0].detail


def test_a_network_is_written_as_cidr():
    """A mistake in the deployment's setting is loud."""
    with pytest.raises(ValueError, match="does not appear"):
        parse_networks({"everywhere"})


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://example.com", "example.com", 443, "/"),
        ("https://example.com/", "example.com", 443, "/"),
        ("HTTPS://Example.com:8443/a/b?c=d&e", "Example.com", 8443, "/a/b?c=d&e"),
        ("https://example.com.?x=1", "example.com", 443, "/?x=1"),
        ("http://10.1.2.3:80/hook", "10.1.2.3", 80, "/hook"),
        ("https://[2606:4700::1111]:444/hook", "2606:4700::1111", 444, "/hook"),
    ],
)
def test_an_address_is_read(url, host, port, target):
    """Host, port and path with query are taken apart."""
    destination = parse_destination(url)
    assert (destination.host, destination.port, destination.target) == (host, port, target)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "//example.com/hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "gopher://example.com",
        "https://",
        "https:///hook",
        "https://user@example.com/hook",
        "https://user:secret@example.com/hook",
        "https://example.com@10.0.0.1/hook",
        "https://example.com\\@10.0.0.1/hook",
        "https://example.com:0/hook",
        "https://example.com:65536/hook",
        "https://example.com:/hook\n",
        "https://example.com:x/hook",
        "https://example.com/hook#part",
        "https://example.com/a b",
        "https://exa\tmple.com/",
        "https://example.com/\r\nX: y",
        "https://exämple.com/",
        "https://ⓔxample.com/",
        "https://example.com%2f@10.0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/hook",
        "https://[v1.x]/hook",
        "https://" + "x" * 254 + "/hook",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_an_address_that_hides_something_is_refused(url):
    """Other schemes, users, fragments, control characters and hosts that are read in two ways."""
    with pytest.raises(Invalid) as refusal:
        parse_destination(url)
    assert refusal.value.code == "address_refused"
    assert refusal.value.errors[0].pointer == "/url"
