"""docs/situations.md: what the situations came to when they were last played, in words."""

from __future__ import annotations

import os
import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.situations.base import BOTH
from e2e.situations.collection import areas
from e2e.situations.judge import found
from e2e.situations.words import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from e2e.situations.collection import Area
    from e2e.situations.trial import Trial

PAGE = Path(__file__).parents[3] / "docs" / "situations.md"
WRITE = "WRITE_SITUATIONS"
_INTRODUCTION = (
    "# Situations\n\nWhat happens on the phone, in {count} situations. Written by `make situations`, which "
    "plays each of them over the wire: scripted people on the [phone network](phone-network.md) talk with "
    "the packaged functions. CI plays them again and fails when this page is out of date.\n\n"
    "*Over* tells how speech travels: by `relay` (ConversationRelay) or by `gather`. *Hears* quotes what "
    "matters of what reached the person's ear. *Stored* is the call's outcome, its reason, and what else is "
    "in the books.\n"
)
_HEAD = "| situation | over | the person | hears | stored |\n|---|---|---|---|---|\n"
_MUSIC = re.compile(r"\s*\[audio [^\]]*\]\s*")
_ROLES = frozenset({"colleague", "supervisor", "boss"})
_NOTHING = "–"  # noqa: RUF001  a dash in a cell, not a minus


def page(sections: Mapping[str, str]) -> str:
    """Write the page of these sections, by title, in the order of the areas."""
    count = sum(len(area.situations) for area in areas())
    parts = [sections[area.title] for area in areas() if area.title in sections]
    return "\n".join([_INTRODUCTION.format(count=count), *parts])


def section(area: Area, trials: Sequence[Trial]) -> str:
    """Write the part of one area."""
    by_situation = [list(some) for _, some in groupby(trials, lambda trial: trial.situation.name)]
    rows = "".join(row for some in by_situation for row in _rows(some))
    return f"## {area.title}\n\n{_HEAD}{rows}"


def _rows(trials: Sequence[Trial]) -> list[str]:
    """Write a situation's row, or one for each transport when these differ."""
    results = [(trial.transport, (_hears(trial), _stored(trial))) for trial in trials]
    if len({result for _, result in results}) == 1:
        results = [(_over(trials), results[0][1])]
    name, does = trials[0].situation.name, _does(trials[0])
    return [f"| {name} | {over} | {does} | {hears} | {stored} |\n" for over, (hears, stored) in results]


def _over(trials: Sequence[Trial]) -> str:
    transports = [trial.transport for trial in trials]
    spoken = trials[0].situation.expect.heard or trials[0].situation.transports == BOTH
    return ", ".join(transports) if spoken else _NOTHING


def _hears(trial: Trial) -> str:
    """Quote what the person, and others, heard of what was expected; a dash for silence."""
    expect = trial.situation.expect
    lines = [_quotes(trial.filled(list(expect.heard)), trial.words())]
    for who, parts in expect.heard_by.items():
        lines.append(f"{who}: {_quotes(trial.filled(list(parts)), trial.words(who))}")
    for part in trial.filled(list(expect.texted)):
        message = next((found(part, text) for text in trial.texts() if found(part, text)), "")
        lines.append(f"message: “{message}”")
    return _cell(trial, "; ".join(line for line in lines if line)) or _NOTHING


def _quotes(parts: Sequence[str], words: str) -> str:
    """Give the sentences heard, each once."""
    heard = _MUSIC.sub(" ", words)
    sentences = dict.fromkeys(found(part, heard) or "music" for part in parts)
    kept = [one for one in sentences if not any(one != other and one in other for other in sentences)]
    return " ".join(f"“{sentence}”" for sentence in kept if sentence)


def _stored(trial: Trial) -> str:
    expect, call = trial.situation.expect, trial.call
    outcome = f"`{call['outcome']}`" if call and expect.outcome else ""
    reason = call.get("reason") or (call.get("decision") or {}).get("reason", "")
    if outcome and reason not in {"", "allowed"} and (expect.reason or outcome != "`completed`"):
        outcome += f" ({reason})"
    refused = f"refused: `{trial.refusal}`" if trial.refusal else ""
    return _cell(trial, "; ".join(filter(None, (outcome, refused, expect.stored)))) or _NOTHING


def _does(trial: Trial) -> str:
    situation = trial.situation
    others = [f"{_called(name)} {in_words(script)}." for name, script in situation.people.items()]
    person = in_words(situation.person)
    said = situation.does or " ".join([f"{person}.", *others])
    return _cell(trial, f"{said[0].upper()}{said[1:].removesuffix('.')}.")


def _called(name: str) -> str:
    return f"The {name}" if name in _ROLES else name.capitalize()


def _cell(trial: Trial, text: str) -> str:
    """Make a text fit a table's cell, with names in place of numbers and ids."""
    for name, number in trial.numbers.items():
        text = text.replace(number, f"[{name}'s number]")
    text = re.sub(r"\b([a-z]{2,12})_[0-9a-f]{32}\b", r"[\1's id]", text)
    return " ".join(text.replace("|", "\\|").split())


def kept_sections() -> dict[str, str]:
    """Give the page's parts by their titles, as they are stored."""
    parts = PAGE.read_text(encoding="utf-8").split("\n## ") if PAGE.exists() else []
    return {part.splitlines()[0]: f"## {part.rstrip()}\n" for part in parts[1:]}


def is_to_be_written() -> bool:
    """Tell whether this run writes the page rather than compares it."""
    return bool(os.environ.get(WRITE))
