"""Seeded misbehaviour of the network: what goes wrong, how often and where; the acts are elsewhere."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.errors import UNSPECIFIC, is_known
from localcloud.phone_network.forms import ControlError, Fields

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Effect(StrEnum):
    """What can go wrong on the carrier's side."""

    CALLBACK_DUPLICATED = "callback_duplicated"
    CALLBACK_DELAYED = "callback_delayed"
    CALLBACK_REORDERED = "callback_reordered"
    CALLBACK_LOST = "callback_lost"
    REST_SLOW = "rest_slow"
    REST_ERROR = "rest_error"
    REST_CUT_AFTER_SUCCESS = "rest_cut_after_success"
    REST_SILENT_AFTER_SUCCESS = "rest_silent_after_success"
    WEBHOOK_SLOW = "webhook_slow"
    WEBHOOK_FAILED = "webhook_failed"
    SOCKET_REFUSED = "socket_refused"
    SOCKET_DROPPED = "socket_dropped"


@dataclass(slots=True)
class FaultRule:
    """One effect; it strikes where ``match`` is part of the subject, ``count`` times, with ``probability``.

    The subject is the callback's event name (``ringing``), the REST request's method and path, the
    webhook's purpose (``voice``, ``gather`` …) or the socket's URL. ``seconds`` are real. With ``number``
    only calls and messages from or to that number are struck.
    """

    effect: Effect
    match: str = ""
    probability: float = 1.0
    count: int | None = None
    seconds: float = 0.5
    status: int = 500
    code: int = UNSPECIFIC
    after_frames: int = 1
    number: str = ""
    struck: int = 0

    def exhausted(self) -> bool:
        """Tell whether the rule has struck as often as it may."""
        return self.count is not None and self.struck >= self.count

    def concerns(self, effect: Effect, subject: str, numbers: Collection[str]) -> bool:
        """Tell whether the rule is about this: an effect on a subject between these numbers."""
        near = not self.number or self.number in numbers
        return self.effect is effect and self.match in subject and near

    def view(self) -> dict[str, Any]:
        """Return the rule as the control API shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Faults:
    """The rules in force and the seeded chance that decides between them."""

    rules: list[FaultRule] = field(default_factory=list)
    seed: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(0))

    def replace(self, rules: list[FaultRule], seed: int) -> None:
        """Put other rules in force and start the chance anew."""
        self.rules, self.seed, self._chance = rules, seed, random.Random(seed)

    def strike(self, effect: Effect, subject: str, numbers: Collection[str] = ()) -> FaultRule | None:
        """Return the rule that strikes now, counted as struck, or nothing.

        ``numbers`` are those between which the call or message goes, as far as they are known.
        """
        for rule in self.rules:
            if not rule.concerns(effect, subject, numbers) or rule.exhausted():
                continue
            if self._chance.random() < rule.probability:
                rule.struck += 1
                return rule
        return None


def parse_faults(body: Any) -> tuple[list[FaultRule], int]:
    """Read ``{seed, rules: [{effect, match, …}]}``, each rule with the fields of ``FaultRule``.

    Raises ``ControlError`` naming the field and the remedy.
    """
    fields = Fields(body, "faults")
    rules = [_rule(item, f"faults.rules[{index}]") for index, item in enumerate(fields.items("rules"))]
    seed = fields.integer("seed", 0)
    fields.finish()
    return rules, seed


def _rule(body: Any, path: str) -> FaultRule:
    fields = Fields(body, path)
    rule = FaultRule(
        effect=Effect(fields.choice("effect", [effect.value for effect in Effect])),
        match=fields.text("match", ""),
        probability=fields.number("probability", 1.0, maximum=1.0),
        count=fields.integer("count", None),
        seconds=fields.number("seconds", 0.5),
        status=fields.integer("status", 500),
        code=_code(fields, path),
        after_frames=fields.integer("after_frames", 1),
        number=fields.text("number", ""),
    )
    fields.finish()
    return rule


def _code(fields: Fields, path: str) -> int:
    code = fields.integer("code", UNSPECIFIC)
    if not is_known(code):
        raise ControlError(f"{path}.code", "must be one of Twilio's codes that the network knows")
    return code


def parties(params: Mapping[str, str]) -> tuple[str, ...]:
    """Return the numbers that a form names, as ``FaultRule.number`` is compared with them."""
    return tuple(params[name] for name in ("From", "To") if name in params)
