"""Posting over real sockets to receivers that behave badly; signatures as the specification computes them."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fakes.receivers import OK, Receiver, signature_of

from chalicelib.kernel.clock import SystemClock
from chalicelib.system.adapters.resolver import resolve
from chalicelib.system.adapters.sender import MAX_ANSWER_BYTES, HttpSender
from chalicelib.system.domain.deliveries import Letter
from chalicelib.system.domain.destinations import parse_destination
from chalicelib.system.domain.webhooks import Secrets

HOST = "hooks.example.com"
KEY, OLD_KEY = bytes(range(32)), b"old key of 24 bytes here"
NOW = datetime(2026, 3, 3, 12, 0, 0, 999000, tzinfo=UTC)
BODY = '{"type":"call.ended","data":{"summary":"schön …"}}'


def _secret(key):
    return "whsec_" + base64.b64encode(key).decode()


LETTER = Letter("event_1", BODY, NOW, Secrets(_secret(KEY), _secret(OLD_KEY), NOW + timedelta(hours=1)))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Make a certificate for the receiver's name, signed by itself; give its files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("receiver") / "receiver.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    return path


@contextmanager
def _receiving(behave, certificate=None):
    receiver = Receiver(behave, certificate)
    try:
        yield receiver
    finally:
        receiver.close()


def _sender(certificate=None, seconds=5.0):
    context = ssl.create_default_context(cafile=certificate) if certificate else None
    return HttpSender(SystemClock(), context, seconds)


def _answers(content):
    return lambda connection: connection.sendall(content)


def _send(  # noqa: PLR0913  what a try can have
    receiver, *, scheme="http", certificate=None, seconds=5.0, host=HOST, addresses=("127.0.0.1",)
):
    destination = parse_destination(f"{scheme}://{host}:{receiver.port}/hook?a=1")
    return _sender(certificate, seconds).send(destination, addresses, LETTER)


def test_a_letter_arrives_signed(certificate):
    """Over TLS, at the address that was checked, with both signatures, and nothing is looked up."""
    with _receiving(_answers(OK), certificate) as receiver:
        answer = _send(receiver, scheme="https", certificate=certificate)
    assert (answer.status, answer.error, answer.excerpt, answer.accepted) == (200, "", "ok", True)
    ((request, headers, body),) = receiver.received
    assert request == "POST /hook?a=1 HTTP/1.1"
    assert body == BODY.encode()
    assert headers["host"] == f"{HOST}:{receiver.port}"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "event_1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-signature"].split(" ") == [
        signature_of(key, headers, body) for key in (KEY, OLD_KEY)
    ]
    assert json.loads(body)["type"] == "call.ended"


def test_a_receiver_must_be_who_it_says(certificate):
    """A certificate that nobody vouches for, or of another name, ends the try before anything is sent."""
    with _receiving(_answers(OK), certificate) as receiver:
        assert _send(receiver, scheme="https").error == "tls"
        other = _send(receiver, scheme="https", certificate=certificate, host="other.example.com")
        number = _send(receiver, scheme="https", certificate=certificate, host="127.0.0.1")
    assert (other.error, number.error) == ("tls", "tls")
    assert receiver.received == []


def test_plain_http_is_no_tls(certificate):
    """A receiver that does not speak TLS gets nothing."""
    with _receiving(_answers(OK)) as receiver:
        assert _send(receiver, scheme="https", certificate=certificate, seconds=1).error in {"tls", "timeout"}
    assert receiver.received == []


def test_the_checked_address_is_the_one_that_is_used(monkeypatch):
    """A name that changes between the check and the connection does not matter: it is not asked again."""

    def asked(*args, **_options):
        assert args[0] == "127.0.0.1", f"{args[0]} was looked up again"
        return real(*args, **_options)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    with _receiving(_answers(OK)) as receiver:
        assert _send(receiver).status == 200


def test_a_redirect_is_not_followed():
    """Wherever it leads: it is a failure."""
    with _receiving(_answers(OK)) as inside:
        there = f"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
        with _receiving(_answers(there.encode())) as receiver:
            answer = _send(receiver)
    assert (answer.status, answer.error, answer.accepted) == (307, "redirect", False)
    assert inside.received == []


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    """They would look names up once more, somewhere else."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with _receiving(_answers(OK)) as receiver:
        assert _send(receiver).status == 200


def _drip(prefix, drop):
    def behave(connection):
        connection.sendall(prefix)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return behave


@pytest.mark.parametrize(
    "behave",
    [
        lambda _: time.sleep(3),
        _drip(b"", b"H"),
        _drip(b"HTTP/1.1 200 OK\r\n", b"X"),
        _drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        _drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        _drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_slow_receivers_do_not_hold_anybody(behave, scheme, certificate):
    """However it stretches its answer, the try ends in time, as a failure."""
    with _receiving(behave, certificate if scheme == "https" else None) as receiver:
        start = time.monotonic()
        answer = _send(receiver, scheme=scheme, certificate=certificate, seconds=0.5)
    assert time.monotonic() - start < 2.5
    assert (answer.status, answer.error) == (None, "timeout")
    assert 500 <= answer.ms < 2500


def test_a_slow_handshake_does_not_hold_anybody(certificate):
    """The limit begins with the connection, not with the request."""
    listener = socket.create_server(("127.0.0.1", 0))

    def stall():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            with suppress(OSError):  # the sender has had enough
                connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KB follows, slowly
                for _ in range(60):
                    connection.sendall(b"\x02")
                    time.sleep(0.05)

    threading.Thread(target=stall, daemon=True).start()
    destination = parse_destination(f"https://{HOST}:{listener.getsockname()[1]}/")
    start = time.monotonic()
    answer = _sender(certificate, 0.5).send(destination, ("127.0.0.1",), LETTER)
    listener.close()
    assert time.monotonic() - start < 2.5
    assert answer.error == "timeout"


def test_only_the_beginning_of_an_answer_is_read():
    """64 KB at most, however much comes, and 500 printable characters of it are kept."""
    sent = []

    def flood(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"a\nb\0" + b"\xff" * 10)
        for _ in range(2000):
            connection.sendall(b"x" * 65536)
            sent.append(65536)

    with _receiving(flood) as receiver:
        answer = _send(receiver)
    assert answer.accepted
    assert len(answer.excerpt) == 500
    assert answer.excerpt.startswith("a b " + "\ufffd" * 10 + "x")
    assert sum(sent) < 2000 * 65536
    assert MAX_ANSWER_BYTES == 64 * 1024


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200,
    ],
)
def test_what_is_not_http_is_a_failure(content):
    """Nothing that a receiver sends raises anything."""
    with _receiving(_answers(content)) as receiver:
        answer = _send(receiver)
    assert (answer.status, answer.error) == (None, "connection")


def test_nobody_there_is_a_failure():
    """A closed port; and the next address is tried when the first does not answer."""
    with _receiving(_answers(OK)) as receiver:
        assert _send(receiver, addresses=("127.0.0.2", "127.0.0.1")).status == 200
    answer = _send(receiver)
    assert (answer.status, answer.error, answer.accepted) == (None, "connection", False)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.1", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("2130706433", "127.0.0.1")]
)
def test_hosts_are_read_as_a_connection_would(host, expected):
    """Numbers in odd forms give the address that they mean, which the rules then judge."""
    assert resolve(host) == (expected,)


def test_every_address_of_a_host_is_found():
    """All of them, as numbers; none for a name that does not exist."""
    found = resolve("localhost")
    assert "127.0.0.1" in found
    assert all(ip_address(address).is_loopback for address in found)
    assert resolve("no-such-host.invalid") == ()
    assert resolve("x" * 64 + ".example.com") == ()


def test_a_silent_resolver_does_not_hold_anybody(monkeypatch):
    """No answer in time is no address."""

    def silent(*_args, **_options):
        time.sleep(3)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    start = time.monotonic()
    assert resolve("slow.example.com", seconds=0.1) == ()
    assert time.monotonic() - start < 2.5
