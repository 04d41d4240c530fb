"""How patient Twilio is with one webhook: the URL fragment's overrides; requests are made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from localcloud.phone_network.forms import is_whole

_MAXIMUM_MS = 15_000
_MAXIMUM_RETRIES = 5
_CAUSES = frozenset({"ct", "rt", "4xx", "5xx", "all"})


@dataclass(frozen=True, slots=True)
class WebhookPolicy:
    """Connect, read and total timeouts in real seconds, and when to try again."""

    connect: float
    read: float
    total: float
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_after(self, cause: str) -> bool:
        """Tell whether a failure of this cause (ct, rt, 4xx, 5xx) is tried again."""
        return bool(self.retry_on & {cause, "all"})


def policy_of(url: str, timeout: float) -> WebhookPolicy:
    """Read ``#ct=…&rt=…&tt=…&rc=…&rp=…`` of a webhook URL; values out of range are ignored.

    Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
    """
    fields = dict(parse_qsl(url.partition("#")[2]))
    causes = frozenset(fields.get("rp", "ct").split(",")) & _CAUSES
    return WebhookPolicy(
        connect=min(_seconds(fields, "ct", 5.0), timeout),
        read=min(_seconds(fields, "rt", timeout), timeout),
        total=min(_seconds(fields, "tt", timeout), timeout),
        retries=_retries(fields),
        retry_on=causes,
    )


def _seconds(fields: dict[str, str], name: str, default: float) -> float:
    value = fields.get(name, "")
    return int(value) / 1000 if is_whole(value) and 0 < int(value) <= _MAXIMUM_MS else default


def _retries(fields: dict[str, str]) -> int:
    value = fields.get("rc", "")
    return int(value) if is_whole(value) and int(value) <= _MAXIMUM_RETRIES else 1
