"""Files are fetched only from addresses that webhooks could reach as well."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.system.domain.destinations import parse_networks
from chalicelib.system.domain.fetching import Fetched
from chalicelib.system.services.fetching import fetch

URL = "https://cal.example.com/me.ics?key=1"


@dataclass
class Web:
    """One host, and what comes of asking it; implements `FetchPorts`."""

    addresses: tuple[str, ...] = ("93.184.215.14",)
    answer: Fetched = Fetched(b"file", status=200)  # noqa: RUF009  frozen
    allowed_networks: tuple = ()
    asked: list = field(default_factory=list)

    @property
    def fetcher(self):
        """Give the way to files."""
        return self

    def resolve(self, host):
        """Look a host up."""
        return self.addresses

    def fetch(self, destination, addresses, max_bytes):
        """Give the answer."""
        self.asked.append((destination.target, addresses, max_bytes))
        return self.answer


def _refused(web, url=URL):
    with pytest.raises(Invalid) as refused:
        fetch(web, url, 9)
    (error,) = refused.value.errors
    assert error.pointer == "/url"
    return refused.value.code, error.detail


def test_a_file_is_fetched_from_the_addresses_that_were_checked():
    """They are the ones that are reached, whatever the name means a moment later."""
    web = Web()
    assert fetch(web, URL, 9) == b"file"
    assert web.asked == [("/me.ics?key=1", ("93.184.215.14",), 9)]


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        (URL, ("169.254.169.254",)),
        (URL, ("127.0.0.1",)),
        (URL, ("::ffff:10.0.0.1",)),
        (URL, ("93.184.215.14", "10.0.0.1")),
        (URL, ()),
        (URL.replace("https", "http"), ("93.184.215.14",)),
        ("file:///etc/passwd", ("93.184.215.14",)),
        ("https://user:pass@cal.example.com/", ("93.184.215.14",)),
        ("https://cal.example.com/\r\nX: y", ("93.184.215.14",)),
    ],
)
def test_an_address_inside_is_refused(url, addresses):
    """Nothing is sent to what is not in the public internet, by https."""
    web = Web(addresses)
    assert _refused(web, url)[0] == "address_refused"
    assert web.asked == []


def test_networks_that_are_allowed_are_reached():
    """A deployment may open its own ones, by http as well."""
    web = Web(("127.0.0.1",), allowed_networks=parse_networks(["127.0.0.0/8"]))
    assert fetch(web, "http://cal.example.com/", 9) == b"file"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (Fetched(error="redirect", status=302), "leads on"),
        (Fetched(error="status", status=404), "status 404"),
        (Fetched(error="too_large", status=200), "too large"),
        (Fetched(error="timeout"), "too long"),
    ],
)
def test_why_there_is_no_file_is_told(answer, detail):
    """The reason names what can be done, and nothing of the answer."""
    code, told = _refused(Web(answer=answer))
    assert (code, detail in told) == ("address_failed", True)
