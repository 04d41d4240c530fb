"""How far a figure reaches in a text that still grows; pure."""

from __future__ import annotations

import re
from itertools import takewhile

_FIGURE_SIGNS = re.compile(r"[\d.,:/()+'\u2019%€$£¥°\u00a0\u202f\u2013-]*")
# Words after a figure that are read together with it.
_SUFFIXES = {
    *(
        "am",
        "pm",
        "uhr",
        "h",
        "eur",
        "usd",
        "gbp",
        "chf",
        "jpy",
        "bn",
        "thousand",
        "million",
        "billion",
        "tausend",
    ),
    *("millionen", "milliarde", "milliarden", "mil", "millón", "millones", "mille", "millions"),
    *("milliard", "milliards"),
}
_LONGEST_SUFFIX, _LONGEST_UNIT, _LONGEST_FIGURE = 12, 3, 160
_NOT_AT_END = " .,:/(+'\u2019\u00a0\u202f\u2013-"


def letters_of(text: str) -> str:
    """Give the letters with which a text begins."""
    return "".join(takewhile(str.isalpha, text))


def end_of_figure(text: str, start: int, *, ended: bool) -> int | None:
    """Give where a figure ends that has its first digit about `start`; None while more may belong to it."""
    end = start
    while end < _LONGEST_FIGURE:
        signs = _FIGURE_SIGNS.match(text, end, _LONGEST_FIGURE)
        end = signs.end() if signs else end
        if end >= _LONGEST_FIGURE:
            break
        more = _onward(text[end : end + _LONGEST_SUFFIX + 5], ended=ended)
        if more is None:
            return None
        if not more:
            break
        end += more
    figure = text[: min(end, _LONGEST_FIGURE)]
    kept = figure.rstrip(_NOT_AT_END)
    is_half = kept[-3:].lower() in {"a.m", "p.m"} and figure[len(kept) :].startswith(".")
    return len(kept) + is_half


def _onward(rest: str, *, ended: bool) -> int | None:
    """Tell how many characters after a figure still belong to it; None: it is not known yet."""
    gap = rest[:1] == " "
    following = rest[gap:]
    if not following:
        return 0 if ended else None
    if gap and (following[0].isdigit() or following[0] in "+€$£¥%°("):
        return 1
    run = letters_of(following)
    more = _suffix(run, following[len(run) :], attached=not gap, ended=ended)
    return more + gap if more else more


def _suffix(run: str, after: str, *, attached: bool, ended: bool) -> int | None:
    """Tell how many letters after a figure belong to it: a unit, half of the day, the end of an ordinal."""
    if not run or len(run) > _LONGEST_SUFFIX:
        return 0
    word = run.lower()
    if word in {"a", "p"}:
        return _half(after, ended=ended)
    if attached and len(run) > _LONGEST_UNIT and word not in _SUFFIXES:
        return 0 if len(run) > _LONGEST_SUFFIX or not _may_be_suffix(word) or after or ended else None
    if not after and not ended and (attached or _may_be_suffix(word)):
        return None
    return len(run) if attached or word in _SUFFIXES else 0


def _half(after: str, *, ended: bool) -> int | None:
    """Read on after the `a` of "a.m."; as a word of its own it is none of the figure's."""
    if len(after) < len(".m.") and not ended and (".m.".startswith(after) or "m".startswith(after)):
        return None
    if after[:1].lower() == "m":
        return len("am")
    return len("a") + len(".m.") - (after[:3] != ".m.") if after.startswith(".m") else 0


def _may_be_suffix(word: str) -> bool:
    return any(suffix.startswith(word) for suffix in _SUFFIXES)
