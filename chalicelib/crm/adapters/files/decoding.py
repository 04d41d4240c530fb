"""Bytes of a file as text: which encoding it has, and a decoder that keeps wrong bytes visible."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

PIECE = 1 << 16  # bytes read at once, and what an encoding is guessed from
ENCODINGS = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    *(f"windows-{number}" for number in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)),
    *(f"iso-8859-{number}" for number in (1, 2, 5, 7, 9, 15)),
    "macintosh",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "gb18030",
    "big5",
    "euc-kr",
)
_BY_CODEC = {codecs.lookup(name).name: name for name in ENCODINGS}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NO_TABLES = (
    (b"PK\x03\x04", "a workbook or another packed file"),
    (b"\xd0\xcf\x11\xe0", "a workbook of an older Excel"),
    (b"\x1f\x8b", "a packed file"),
    (b"%PDF", "a PDF document"),
    (b"BEGIN:VCARD", "a file of vCards"),
    (b"{\\rtf", "a text document"),
)
# What letters of Central European encodings become as Windows-1252: signs that touch no Western letter.
_SIGNS = "\u00a3\u00a5\u00a8\u00af\u00b3\u00b8\u00b9\u00bc\u00be"
_ODD_SIGNS = re.compile(rf"[^\W\d_][{_SIGNS}\u00a1\u00bf]|[{_SIGNS}][^\W\d_]")
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
_WRONG = re.compile("[\ud800-\udfff]")


class Decoder:
    """The text of a file, piece by piece.

    `encoding` is what was asked for or guessed; as long as every byte is ASCII it is `utf-8` by courtesy, and
    is guessed when the first other byte comes. A byte that the encoding does not know becomes a surrogate,
    which `wrong_byte` finds.
    """

    def __init__(self, stream: BinaryIO, encoding: str | None = None) -> None:
        self._stream = stream
        self._head = _read_piece(stream)
        _refuse_other_kinds(self._head)
        mark, marked = _mark(self._head)
        self._head = self._head[len(mark) :]
        asked = check_encoding(encoding) if encoding else ""
        self._known = marked or asked or _guess(self._head)

    @property
    def encoding(self) -> str:
        """Name the encoding, as in `ENCODINGS`."""
        return self._known or "utf-8"

    def __iter__(self) -> Iterator[str]:
        decoder = None
        for piece in self._pieces():
            self._known = self._known or _guess(piece)
            if decoder is None and self._known:
                errors = "surrogatepass" if self._known.startswith("utf-16") else "surrogateescape"
                decoder = codecs.getincrementaldecoder(self._known)(errors)
            yield decoder.decode(piece) if decoder else piece.decode("ascii")
        if decoder:
            yield _end(decoder)

    def _pieces(self) -> Iterator[bytes]:
        yield self._head
        while piece := _read_piece(self._stream):
            yield piece


def check_encoding(name: str) -> str:
    """Give an encoding's name as in `ENCODINGS`; else `Invalid` with code `bad_encoding`."""
    try:
        return _BY_CODEC[codecs.lookup(name.removesuffix("-sig")).name]
    except (LookupError, ValueError) as error:
        message = f"{name[:40]!r} is no encoding that is read; use one of {', '.join(ENCODINGS)}."
        raise Invalid(
            message, code="bad_encoding", errors=(FieldError("/options/encoding", message),)
        ) from error


def wrong_byte(text: str) -> str | None:
    """Name the first byte that could not be read as text, such as `byte 0xE9`, or None when all could."""
    found = _WRONG.search(text)
    if found is None:
        return None
    code = ord(found[0])
    return f"byte 0x{code - 0xDC00:02X}" if 0xDC80 <= code <= 0xDCFF else "half a character"  # noqa: PLR2004


def readable(text: str) -> str:
    """Give a text as one that can be shown and stored, with U+FFFD in place of wrong bytes."""
    return _WRONG.sub("\ufffd", text)


def _end(decoder: codecs.IncrementalDecoder) -> str:
    """Give what is left at the end; half a character of UTF-16 is wrong, like a wrong byte."""
    try:
        return decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return "".join(chr(0xDC00 + byte) if byte > 0x7F else "\ud800" for byte in error.object)  # noqa: PLR2004


def _read_piece(stream: BinaryIO) -> bytes:
    """Read a whole piece although a stream may give less at a time."""
    parts: list[bytes] = []
    missing = PIECE
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _refuse_other_kinds(head: bytes) -> None:
    for start, kind in _NO_TABLES:
        if head.startswith(start):
            raise Invalid(
                f"This is {kind}, not a table as text. Save or export it as CSV (UTF-8) and try again.",
                code="not_a_table",
            )


def _mark(head: bytes) -> tuple[bytes, str]:
    """Give the byte order mark at the start and the encoding that it tells."""
    return next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))


def _guess(piece: bytes) -> str:
    """Name the encoding of a piece without a mark; "" for plain ASCII, which tells nothing."""
    if b"\x00" in piece and (name := _wide(piece)):
        return name
    if piece.isascii():
        return ""
    if _is_mostly_utf8(piece):
        return "utf-8"
    return "windows-1252" if _is_western(piece) else _by_frequency(piece)


def _wide(piece: bytes) -> str:
    """Tell UTF-16 by its zero bytes, which stand on one side of Latin letters, separators and line ends."""
    even, odd = piece[::2].count(0), piece[1::2].count(0)
    if max(even, odd) < len(piece) / 50 or min(even, odd) > max(even, odd) / 10:
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    if not _reads(piece, name):
        return ""
    text = codecs.getincrementaldecoder(name)().decode(piece)
    return name if "\x00" not in text and not {"\r", "\n"}.isdisjoint(text) else ""


def _is_mostly_utf8(piece: bytes) -> bool:
    """Tell UTF-8 although single bytes are wrong: its long characters come about in no other encoding."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(piece)
    wrong = len(_WRONG.findall(text))
    return wrong == 0 or sum(not letter.isascii() for letter in text) >= 2 * wrong


def _reads(piece: bytes, encoding: str) -> bool:
    """Tell whether a piece, whose last character may be cut, is text of this encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _is_western(piece: bytes) -> bool:
    """Tell whether a piece reads like Western words in Windows-1252: accents among ASCII letters."""
    if not _reads(piece, "windows-1252"):
        return False
    text = piece.decode("windows-1252")
    words = _WORD.findall(text)
    mixed = sum(any(letter.isascii() for letter in word) for word in words)
    return mixed * 2 >= len(words) and not _ODD_SIGNS.search(text)


def _by_frequency(piece: bytes) -> str:
    """Guess by the frequency of letters in the languages of the world."""
    # Slow to import, and not needed for nearly all files.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    codecs_known = [name.replace("-", "_") for name in _BY_CODEC]
    found = from_bytes(piece, cp_isolation=codecs_known).best()
    return _BY_CODEC.get(codecs.lookup(found.encoding).name, "windows-1252") if found else "windows-1252"
