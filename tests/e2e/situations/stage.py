"""Playing many trials on one stack at once: the faults of all, then the people, then the judgement."""

from __future__ import annotations

import re
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from e2e.situations.judge import account_of, judge
from e2e.situations.trial import play, prepare
from e2e.world import own_prompt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from e2e.situations.trial import Trial
    from e2e.world import Stack

AT_ONCE = 4


def perform(stack: Stack, trials: Sequence[Trial]) -> dict[str, str]:
    """Play all trials; give what was wrong with each that did not go as expected, by its id."""
    stack.control("POST", "/reset")
    stack.model("POST", "/reset")
    names = {trial.situation.prompt_name for trial in trials}
    prompts = {name: own_prompt(stack.api, name) for name in names}
    for trial in trials:
        trial.on(stack)
        trial.prompts = prompts
    _set_faults(stack, trials)
    together = [trial for trial in trials if not trial.situation.alone]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        troubles = list(pool.map(_perform_one, together))
    troubles += [_perform_one(trial) for trial in trials if trial.situation.alone]
    return {name: trouble for name, trouble in troubles if trouble}


def _perform_one(trial: Trial) -> tuple[str, str]:
    try:
        prepare(trial)
        play(trial)
        judge(trial)
    except BaseException as error:  # noqa: BLE001  pytest's own failures are no `Exception`s
        return trial.id, f"{_reason(error)}\n{_account(trial)}"
    return trial.id, ""


def _reason(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error} ({type(error).__name__}, {place.filename}:{place.lineno})"


def _account(trial: Trial) -> str:
    try:
        return account_of(trial)
    except Exception as error:  # noqa: BLE001  the trouble itself must still be told
        return f"no account: {error}"


def _set_faults(stack: Stack, trials: Sequence[Trial]) -> None:
    """Plan the faults of all trials, each limited to the trial's own calls."""
    network = [
        {"number": trial.number, **rule} for trial in trials for rule in trial.situation.network_faults
    ]
    stack.control("PUT", "/faults", {"seed": 1, "rules": network})
    faults = [_near(trial, rule) for trial in trials for rule in trial.situation.model_faults]
    stack.model("PUT", "/faults", faults)
    rules = [_near(trial, rule) for trial in trials for rule in trial.situation.model_rules]
    if rules:
        stack.model("PUT", "/script", rules)


def _near(trial: Trial, rule: Mapping[str, Any]) -> dict[str, Any]:
    """Limit a rule of the model server to the conversations of a trial."""
    own = rule.get("when", {}).get("system", {}).get("regex", "")
    marker = {
        "system": {"regex": f"(?s)(?=.*{own}).*{re.escape(trial.marker)}" if own else re.escape(trial.marker)}
    }
    return {**rule, "when": {**rule.get("when", {}), **marker}}
