"""Written text to text that a voice can speak, piece by piece as a model writes it; pure.

However a text is cut into pieces, the same is spoken: a piece is given as soon as nothing that may follow can
change how it is read. Plain words go out at once; figures wait for the word after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.speaking import signs
from chalicelib.ai.domain.speaking.extent import end_of_figure, letters_of
from chalicelib.ai.domain.speaking.words import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Callable


class _Taken(NamedTuple):
    """How many characters were read, and what is spoken for them."""

    length: int
    spoken: str = ""


_WAIT = _Taken(0)


@dataclass
class Speaker:
    """Cleans one answer in the language of a tag; `add` what comes, and ask for the `rest` at its end."""

    language: str = "en"

    def __post_init__(self) -> None:
        self._words: Words | None = words_of(self.language)
        self._pending = ""
        self._ended = False
        self._word = ""  # the letters right before
        self._last = ""  # the last character that was read
        self._spoken = ""  # the last character that was spoken, and is not a space
        self._gap = False  # a space was the last that was spoken
        self._at_line_start = True
        self._in_address = False
        self._readers: dict[str, Callable[[str], _Taken]] = {
            ".": self._point,
            "_": self._underscore,
            "@": self._at,
            "&": self._and,
            "-": self._dash,
            "\u2212": self._dash,
            ":": self._smiley,
            ";": self._smiley,
            "#": self._hash,
            "!": self._exclamation,
            "]": self._close_link,
            "<": self._angle,
        }

    def add(self, text: str) -> str:
        """Take more text; give what can be spoken by now."""
        if text.isalpha() and not self._pending and self._word:  # the usual piece: more of a plain word
            return self._keep(_Taken(len(text), text), text)
        self._pending += text
        return self._flush()

    def rest(self) -> str:
        """Give what is left at the end of the answer."""
        self._ended = True
        return self._flush()

    def _flush(self) -> str:
        out: list[str] = []
        while self._pending:
            taken = self._take(self._pending)
            if not taken.length:
                break
            read, self._pending = self._pending[: taken.length], self._pending[taken.length :]
            out.append(self._keep(taken, read))
        return "".join(out)

    def _keep(self, taken: _Taken, read: str) -> str:
        """Remember what decides how the next characters are read; no two spaces are spoken in a row."""
        self._word = self._word + read if read.isalpha() else ""
        self._last = read[-1]
        if read[-1].isspace():
            self._in_address = False
        self._at_line_start = (
            "\n" in read or "\r" in read or (self._at_line_start and not taken.spoken.strip())
        )
        spoken = taken.spoken.lstrip(" ") if self._gap else taken.spoken
        if spoken:
            self._gap = spoken[-1] == " "
            self._spoken = spoken.rstrip()[-1:] or self._spoken
        return spoken

    def _take(self, text: str) -> _Taken:
        """Read the next unit of `text`; nothing is taken while what follows can still change it."""
        sign = text[0]
        if sign.isalpha():
            return self._letters(text)
        if signs.SILENT.match(sign):
            return _Taken(1)
        if sign.isspace():
            return self._space(text)
        if sign.isdigit() and self._last.isalnum():
            return _Taken(1, sign)
        if sign.isdigit() or sign in "$€£¥+(":
            return self._figure(text)
        reader = self._readers.get(sign)
        return reader(text) if reader else _Taken(1, sign)

    def _letters(self, text: str) -> _Taken:
        run = letters_of(text)
        is_open = len(run) == len(text) and not self._ended
        if self._word or run not in signs.HELD_PARTS:
            return _Taken(len(run), run)
        if is_open:
            return _WAIT
        if run in {"http", "https", "www"} and text[len(run) :].startswith((":", ".")):
            return self._url(text)
        if run in signs.HELD and run.isupper():
            return self._code(text, run)
        return _Taken(len(run), run)

    def _url(self, text: str) -> _Taken:
        """Speak the host of an address on the web, without the rest of it."""
        found = signs.URL.match(text)
        address = found[0] if found else ""
        if len(address) == len(text) and not self._ended and len(address) < signs.LONGEST["address"]:
            return _WAIT
        address = address[: signs.LONGEST["address"]].rstrip(".,;:!?)\"'>]")
        host = signs.HOST.match(address)
        if not host:
            run = letters_of(text)
            return _Taken(len(run), run)
        return _Taken(len(address), self._spelled_address(host[1]))

    def _code(self, text: str, code: str) -> _Taken:
        """Read a currency's code together with the figure after it."""
        after = text[len(code) : len(code) + 2]
        if len(after) < len(" 5") and not self._ended:
            return _WAIT
        if after[:1] == " " and after[1:].isdigit():
            return self._figure(text, len(code) + 1)
        return _Taken(len(code), code)

    def _space(self, text: str) -> _Taken:
        """Speak a line's end as the end of a sentence, so that the parts of a list stand apart."""
        found = signs.BREAK.match(text)
        if not found:
            is_indent = self._at_line_start and bool(self._last)
            return _Taken(1, "" if is_indent else text[0].replace("\t", " "))
        if found.end() == len(text) and not self._ended:
            return _WAIT
        if not self._spoken or self._gap or found.end() == len(text):
            return _Taken(found.end())
        return _Taken(found.end(), " " if self._spoken in signs.PAUSES else ". ")

    def _figure(self, text: str, start: int = 0) -> _Taken:
        """Read a figure with all that belongs to it."""
        if start == 0 and not text[0].isdigit():
            head = text[:3]
            if len(head) < len("$ 5") and not signs.FIGURE_START.match(head) and not self._ended:
                return _WAIT
            if not signs.FIGURE_START.match(head):
                return _Taken(1, text[0])
            start = 1
        end = end_of_figure(text, start, ended=self._ended)
        if end is None:
            return _WAIT
        if not self._words:
            return _Taken(end, text[:end])
        from chalicelib.ai.domain.speaking.figures import spell  # noqa: PLC0415  its patterns take 7 ms

        return _Taken(end, spell(text[:end], self.language, self._words))

    def _point(self, text: str) -> _Taken:
        """Tell the point in a domain's name from the one that ends a sentence."""
        tail = self._tail(text)
        if tail is None:
            return _WAIT
        if not tail:
            return _Taken(1, text[0])
        is_address = self._in_address or "@" in tail or tail.rpartition(".")[2].lower() in signs.DOMAINS
        if not is_address or not self._words:
            return _Taken(1, text[0])
        return _Taken(1, f" {self._words.dot} " if text[0] == "." else f" {self._words.underscore} ")

    def _underscore(self, text: str) -> _Taken:
        tail = self._tail(text)
        if tail is None:
            return _WAIT
        if tail and "@" in tail and self._words:
            return _Taken(1, f" {self._words.underscore} ")
        return _Taken(1, " " if tail else "")

    def _tail(self, text: str) -> str | None:
        """Give the rest of a word that goes on after its first sign; empty: it does not. None: not known."""
        if not self._last.isalnum():
            return ""
        found = signs.ADDRESS_TAIL.match(text, 1)
        tail = found[0] if found else ""
        if 1 + len(tail) >= len(text) and not self._ended and len(tail) < signs.LONGEST["address"]:
            return None
        return tail[: signs.LONGEST["address"]].rstrip(".-_+") if tail[:1].isalnum() else ""

    def _at(self, _text: str) -> _Taken:
        self._in_address = self._last.isalnum()
        return _Taken(1, f" {self._words.at} " if self._words and self._in_address else "")

    def _spelled_address(self, host: str) -> str:
        return host.replace(".", f" {self._words.dot} ") if self._words else host

    def _and(self, text: str) -> _Taken:
        if len(text) < len("&amp;") and "&amp;".startswith(text) and not self._ended:
            return _WAIT
        length = len("&amp;") if text.startswith("&amp;") else 1
        return _Taken(length, f" {self._words.and_} " if self._words else "&")

    def _dash(self, text: str) -> _Taken:
        """Drop what marks an entry of a list, or rules a line off; speak the sign of a number."""
        if self._last.isalnum():
            return _Taken(1, text[0])
        if len(text) == 1 and not self._ended:
            return _WAIT
        if self._words and signs.SIGNED.match(text, 1):
            return _Taken(1, f"{self._words.minus} ")
        if not self._at_line_start:
            return _Taken(1, text[0])
        is_mark = len(text) == 1 or text[1].isspace() or text[1] == text[0]
        return _Taken(1, "" if is_mark else text[0])

    def _smiley(self, text: str) -> _Taken:
        """Drop a face that is drawn in signs."""
        if self._last.isalnum():
            return _Taken(1, text[0])
        if signs.MAY_BE_SMILEY.fullmatch(text) and not self._ended:
            return _WAIT
        found = signs.SMILEY.match(text)
        return _Taken(found.end()) if found else _Taken(1, text[0])

    def _hash(self, text: str) -> _Taken:
        if len(text) == 1 and not self._ended:
            return _WAIT
        return _Taken(1, f"{self._words.number} " if text[1:2].isdigit() and self._words else "")

    def _exclamation(self, text: str) -> _Taken:
        if len(text) == 1 and not self._ended:
            return _WAIT
        return _Taken(1, "" if text[1:2] == "[" else text[0])

    def _close_link(self, text: str) -> _Taken:
        """Drop the address of a link, of which the words were spoken."""
        if len(text) == 1 and not self._ended:
            return _WAIT
        if text[1:2] != "(":
            return _Taken(1)
        return self._dropped(text, ")", "link")

    def _angle(self, text: str) -> _Taken:
        """Drop a tag of a markup language."""
        if len(text) == 1 and not self._ended:
            return _WAIT
        if text[1:5] == "http"[: len(text[1:5])] or not (text[1:2].isalpha() or text[1:2] in {"/", "!"}):
            return _Taken(1)
        return self._dropped(text, ">", "tag")

    def _dropped(self, text: str, end: str, kind: str) -> _Taken:
        """Drop up to and with `end`; only the first sign when that does not come soon."""
        found = text.find(end, 0, signs.LONGEST[kind])
        if found >= 0:
            return _Taken(found + 1)
        return _Taken(1) if self._ended or len(text) >= signs.LONGEST[kind] else _WAIT
