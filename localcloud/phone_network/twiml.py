"""Reading TwiML: a checked tree of verbs, or the application error that Twilio would raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from localcloud.phone_network.forms import is_whole
from localcloud.phone_network.twiml_schema import ALLOWED_VALUES, ELEMENTS, WHOLE_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping

PARSE_FAILURE, WRONG_ROOT, SCHEMA, CONTENT_TYPE, RELAY_ATTRIBUTE = 12100, 12102, 12200, 12300, 64101
_LONGEST = 86_400
_XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})


class ApplicationError(Exception):
    """The product's instructions cannot be followed; ``code`` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Verb:
    """One element with its attributes, children and text."""

    name: str
    attributes: Mapping[str, str]
    children: tuple[Verb, ...]
    text: str

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def seconds(self, name: str, default: float) -> float:
        """Return an attribute in seconds; what is no number, such as ``auto``, gives the default."""
        try:
            value = float(self.attributes.get(name, default))
        except ValueError:
            return default
        return value if 0 <= value <= _LONGEST else default

    def child(self, name: str) -> Verb | None:
        """Return the first child of that name."""
        return next((child for child in self.children if child.name == name), None)


def check_content_type(content_type: str) -> None:
    """Raise ``ApplicationError`` 12300 unless Twilio would read this type as TwiML."""
    if content_type not in _XML_TYPES:
        raise ApplicationError(CONTENT_TYPE, f"invalid Content-Type {content_type!r}, TwiML is text/xml")


def parse(document: str) -> tuple[Verb, ...]:
    """Return the verbs of a document; raise ``ApplicationError`` when it is not TwiML."""
    root = _root(document)
    if root.tag != "Response":
        raise ApplicationError(WRONG_ROOT, f"the root element must be Response, not {root.tag}")
    try:
        return _verb(root).children
    except RecursionError:
        raise ApplicationError(PARSE_FAILURE, "the document is nested too deeply") from None


def _root(document: str) -> ET.Element:
    # Entities are refused before parsing: they are never TwiML, and can blow up or read files.
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise ApplicationError(PARSE_FAILURE, "a document type or entity is not TwiML")
    try:
        return ET.fromstring(document.strip())  # noqa: S314  entities were refused above
    except ET.ParseError as error:
        raise ApplicationError(PARSE_FAILURE, f"document parse failure: {error}") from None


def _verb(node: ET.Element) -> Verb:
    rule = ELEMENTS[node.tag]
    _check_attributes(node)
    for child in node:
        if child.tag not in rule.children:
            raise ApplicationError(SCHEMA, f"<{child.tag}> is not allowed in <{node.tag}>")
    own_text = "".join([node.text or "", *(child.tail or "" for child in node)]).strip()
    if own_text and not rule.text:
        raise ApplicationError(SCHEMA, f"<{node.tag}> carries no text, found {own_text[:40]!r}")
    children = tuple(_verb(child) for child in node)
    return Verb(node.tag, dict(node.attrib), children, _text(node))


def _text(node: ET.Element) -> str:
    whole = node.itertext() if node.tag == "Say" else [node.text or ""]
    return " ".join("".join(whole).split())


def _check_attributes(node: ET.Element) -> None:
    rule = ELEMENTS[node.tag]
    for name, value in node.attrib.items():
        if name not in rule.attributes:
            raise ApplicationError(SCHEMA, f"<{node.tag}> has no attribute {name}")
        _check_value(node.tag, name, value)
    if missing := rule.required - node.attrib.keys():
        raise ApplicationError(_code(node.tag), f"<{node.tag}> needs {', '.join(sorted(missing))}")
    if node.tag == "ConversationRelay" and not _is_socket_url(node.attrib["url"]):
        raise ApplicationError(RELAY_ATTRIBUTE, f"url must be wss://…, not {node.attrib['url']!r}")


def _check_value(tag: str, name: str, value: str) -> None:
    allowed = ALLOWED_VALUES.get(name)
    if allowed and value not in allowed:
        raise ApplicationError(_code(tag), f"<{tag} {name}> cannot be {value!r}")
    if name in WHOLE_NUMBERS and not is_whole(value):
        raise ApplicationError(_code(tag), f"<{tag} {name}> must be a whole number, not {value!r}")


def _code(tag: str) -> int:
    return RELAY_ATTRIBUTE if tag in {"ConversationRelay", "Language", "Parameter"} else SCHEMA


def _is_socket_url(url: str) -> bool:
    """Accept wss everywhere, and ws on loopback only, where the local stack has no certificate."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    local = parts.scheme == "ws" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return bool(parts.hostname) and (parts.scheme == "wss" or local)
