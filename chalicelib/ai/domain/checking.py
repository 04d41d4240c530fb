"""Whether what was seen is what a scenario expects; pure, so that what is stored can be judged again."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.patterns import compiled
from chalicelib.ai.domain.rehearsals import ENDED, SAID, USED, Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.ai.domain.rehearsals import ContactSeen, Rehearsal, Seen, TurnSeen, Verdict
    from chalicelib.ai.domain.scenarios import EndState, Expectation, Scenario, Step

_SHOWN = 300
_SEARCHED = 2_000  # characters of one turn; no agent says more
_MARKS = {
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{NO-BREAK SPACE}": " ",
}


def failures_of(scenario: Scenario, rehearsal: Rehearsal) -> tuple[Failure, ...]:
    """Give everything that had to hold of a played scenario and did not, in the order of the conversation."""
    return (
        *_turn_failures(scenario, rehearsal.turns),
        *_whole_failures(scenario, rehearsal.turns),
        *_contact_failures(scenario.contact_after, rehearsal.contact),
        *_verdict_failures(rehearsal.verdicts),
    )


def fits(wanted: str, text: str) -> bool:
    """Tell whether a text is in another, whatever the case; `/…/` is a regular expression."""
    if expression := _expression(wanted):
        return expression.search(_even(text)[:_SEARCHED]) is not None
    return _even(wanted).casefold() in _even(text).casefold()


def check_pattern(wanted: str) -> None:
    """Refuse an expression that cannot be read, or could take too long: `Invalid`, code `bad_pattern`."""
    _expression(wanted)


@lru_cache(maxsize=256)
def _expression(wanted: str) -> re.Pattern[str] | None:
    if len(wanted) > 2 and wanted.startswith("/") and wanted.endswith("/"):  # noqa: PLR2004  two slashes
        return compiled(wanted[1:-1])
    return None


def _even(text: str) -> str:
    """Write quotation marks and spaces in one way, which models do not."""
    return " ".join("".join(_MARKS.get(character, character) for character in text).split())


def _turn_failures(scenario: Scenario, turns: Sequence[TurnSeen]) -> Iterator[Failure]:
    for turn in turns:
        where = f"turn {turn.number}" if turn.number else "greeting"
        step = scenario.steps[turn.number - 1] if 0 < turn.number <= len(scenario.steps) else None
        expected = step.expect if step else () if turn.number else scenario.greets
        yield from _missing(where, expected, turn.seen)
        yield from _forbidden(where, step.never if step else (), turn.seen)
        yield from _slow(where, turn, step.within_ms if step else 0, scenario.within_ms)
        yield from _curious(where, turn, scenario.max_questions)
    for number, step in enumerate(scenario.steps[max(len(turns) - 1, 0) :], start=max(len(turns), 1)):
        yield Failure(f"turn {number}", f"The conversation was over before the caller {_does(step)}.")


def _whole_failures(scenario: Scenario, turns: Sequence[TurnSeen]) -> Iterator[Failure]:
    everything = [each for turn in turns for each in turn.seen]
    yield from _missing("conversation", scenario.expect, everything)
    yield from _forbidden("conversation", scenario.never, everything)


def _missing(where: str, expected: Sequence[Expectation], seen: Sequence[Seen]) -> Iterator[Failure]:
    """Find each expectation from where the one before was found; words may be found in the same words."""
    place = 0
    for each in expected:
        found = next((at for at in range(place, len(seen)) if _is_met(each, seen[at])), None)
        if found is None:
            before = " after what came before it" if any(_is_met(each, one) for one in seen) else ""
            yield Failure(where, f"Expected{before}: {told(each)}. Seen: {_told_all(seen)}.")
        else:
            place = found if seen[found].kind == SAID else found + 1


def _forbidden(where: str, never: Sequence[Expectation], seen: Sequence[Seen]) -> Iterator[Failure]:
    for each in never:
        for one in seen:
            if _is_met(each, one):
                yield Failure(where, f"Must not happen: {told(each)}. Seen: {_told_seen(one)}.")
                break


def _slow(where: str, turn: TurnSeen, own_ms: int, all_ms: int) -> Iterator[Failure]:
    limit = min(filter(None, (own_ms, all_ms)), default=0)
    if limit and turn.first_words_ms is not None and turn.first_words_ms > limit:
        yield Failure(where, f"The first words took {turn.first_words_ms} ms; {limit} ms are allowed.")


def _curious(where: str, turn: TurnSeen, limit: int) -> Iterator[Failure]:
    asked = len(re.findall(r"\?+", turn.words))
    if limit and asked > limit:
        yield Failure(where, f"{asked} questions in one turn; {limit} allowed: {_short(turn.words)}")


def _is_met(wanted: Expectation, one: Seen) -> bool:
    if wanted.says:
        return one.kind == SAID and any(fits(text, one.text) for text in wanted.says)
    if wanted.uses:
        return one.kind == USED and one.name == wanted.uses and _is_done_so(wanted, one)
    return one.kind == ENDED and one.name == wanted.ends and wanted.reason in {"", one.text}


def _is_done_so(wanted: Expectation, one: Seen) -> bool:
    if wanted.done is not None and wanted.done != one.done:
        return False
    return wanted.arguments is None or _equal(wanted.arguments, one.arguments)


def _equal(wanted: Any, given: Any) -> bool:
    """Compare arguments: exactly, but a text may be an expression for a text."""
    if isinstance(wanted, str) and isinstance(given, str):
        return fits(wanted, given) if _expression(wanted) else wanted == given
    if isinstance(wanted, dict) and isinstance(given, dict):
        return wanted.keys() == given.keys() and all(_equal(wanted[name], given[name]) for name in wanted)
    return type(wanted) is type(given) and bool(wanted == given)


def _contact_failures(wanted: EndState, seen: ContactSeen) -> Iterator[Failure]:
    for name, value in wanted.fields.items():
        if seen.fields.get(name) != value:
            yield Failure("contact", f"{name} is {seen.fields.get(name)!r}; expected {value!r}.")
    if wanted.opted_out is not None and wanted.opted_out != seen.opted_out:
        told_so = "has asked" if seen.opted_out else "has not asked"
        yield Failure("contact", f"The contact {told_so} not to be called.")
    yield from _note_failures(wanted.notes, seen.notes)


def _note_failures(wanted: tuple[str, ...] | None, notes: tuple[str, ...]) -> Iterator[Failure]:
    if wanted is None:
        return
    left = list(notes)
    for text in wanted:
        found = next((note for note in left if fits(text, note)), None)
        if found is None:
            yield Failure("contact", f"No note has {text!r}. Notes: {_short(json.dumps(left))}")
        else:
            left.remove(found)
    if not wanted and left:
        yield Failure("contact", f"No note was expected. Notes: {_short(json.dumps(left))}")


def _verdict_failures(verdicts: Sequence[Verdict]) -> Iterator[Failure]:
    for verdict in verdicts:
        if not verdict.holds:
            yield Failure("judge", f"{verdict.criterion} Judged not to hold: {_short(verdict.reason)}")


def told(wanted: Expectation) -> str:
    """Say in words what is expected."""
    if wanted.says:
        return f"says {' or '.join(map(repr, wanted.says))}"
    if wanted.uses:
        arguments = "" if wanted.arguments is None else f" with {_json(wanted.arguments)}"
        done = {None: "", True: ", with effect", False: ", without effect"}[wanted.done]
        return f"uses {wanted.uses}{arguments}{done}"
    return f"ends with {wanted.ends}" + (f" ({wanted.reason})" if wanted.reason else "")


def _told_all(seen: Sequence[Seen]) -> str:
    return _short("; ".join(map(_told_seen, seen)), 2 * _SHOWN) or "nothing"


def _told_seen(one: Seen) -> str:
    if one.kind == SAID:
        return f"says {_short(one.text)!r}"
    if one.kind == USED:
        return f"uses {one.name} with {_json(one.arguments)}" + ("" if one.done else ", without effect")
    return f"ends with {one.name}" + (f" ({one.text})" if one.text else "")


def _does(step: Step) -> str:
    if step.caller:
        return f"said {_short(step.caller)!r}"
    return f"pressed {step.keys}" if step.keys else "was silent" if step.silent else "was hardly understood"


def _json(value: Mapping[str, Any]) -> str:
    return _short(json.dumps(dict(value), ensure_ascii=False, sort_keys=True))


def _short(text: str, limit: int = _SHOWN) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[:limit]}…"
