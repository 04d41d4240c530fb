"""What was played is judged by a model, in the time that is left."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import Uses
from chalicelib.ai.domain.checking import failures_of
from chalicelib.ai.domain.conversation import Heard, Spoken, ToolUsed
from chalicelib.ai.domain.rehearsals import SAID, USED
from chalicelib.ai.services.personas import judge, unjudged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.conversation import Message
    from chalicelib.ai.domain.rehearsals import Rehearsal
    from chalicelib.ai.domain.scenarios import Scenario
    from chalicelib.ai.ports.ai import AiPorts


def judged(ai: AiPorts, scenario: Scenario, played: Rehearsal, time_left_s: float) -> Rehearsal:
    """Have a model judge what was played, if the scenario wants it; within this time, or nothing holds."""
    if not scenario.judge or played.error:
        return played
    uses = Uses()
    history = tuple(_history_of(played))
    judging = ai.clock.begin(lambda: judge(ai, scenario.judge, history, uses.note))
    if judging.wait(time_left_s):
        verdicts, usage = judging.result()
    else:
        verdicts, usage = unjudged(scenario.judge, "The judge took too long."), Usage()
    after = replace(played, verdicts=verdicts, usage=played.usage + usage, asked=(*played.asked, *uses.over))
    return replace(after, failures=failures_of(scenario, after))


def _history_of(played: Rehearsal) -> Iterator[Message]:
    """Tell the conversation as a transcript has it."""
    for turn in played.turns:
        if turn.caller:
            yield Heard(turn.caller)
        for each in turn.seen:
            if each.kind == USED:
                arguments = json.dumps(dict(each.arguments), ensure_ascii=False)
                yield ToolUsed("", each.name, arguments, each.text)
            elif each.kind == SAID:
                yield Spoken(each.text)
