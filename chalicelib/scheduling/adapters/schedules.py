"""Schedules of campaigns in EventBridge Scheduler, one for each, in the stack's own group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.errors import unavailable_on
from chalicelib.scheduling.adapters.messages import Tick, encode
from chalicelib.scheduling.ports.campaigns import ScheduleState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.settings import ScheduleSettings

_MISSING, _EXISTS = "ResourceNotFoundException", "ConflictException"
_NOTES = {
    ScheduleState.ENABLED: "disable it here, and nothing more is admitted",
    ScheduleState.DISABLED: "disabled because the campaign is paused: resume that",
}
# A tick that is late by more is of no use: the next minute brings another.
_RETRY = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 3}


@unavailable_on(BotoCoreError, ClientError)
class EventBridgeSchedules:
    """Makes, switches and deletes schedules; implements `Schedules`."""

    def __init__(self, client: Any, settings: ScheduleSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock

    def enable(self, campaign_id: str, starts_at: datetime | None) -> None:
        """Have it ticked each minute, from `starts_at` on when that is to come; made when it is missing."""
        wanted = self._schedule(campaign_id, ScheduleState.ENABLED)
        if starts_at and starts_at > self._clock.now():  # Scheduler refuses a start in the past
            wanted["StartDate"] = starts_at
        try:
            self._client.create_schedule(**wanted)
        except ClientError as error:
            if _code(error) != _EXISTS:
                raise
            self._client.update_schedule(**wanted)

    def disable(self, campaign_id: str) -> None:
        """Have it not ticked until it is enabled; nothing when there is none."""
        wanted = self._schedule(campaign_id, ScheduleState.DISABLED)
        self._unless_missing(lambda: self._client.update_schedule(**wanted))

    def remove(self, campaign_id: str) -> None:
        """Delete the schedule; nothing when there is none."""
        place = self._place(campaign_id)
        self._unless_missing(lambda: self._client.delete_schedule(**place))

    def state(self, campaign_id: str) -> ScheduleState:
        """Say how it stands now."""
        found = self._found(campaign_id)
        return ScheduleState(found["State"].lower()) if found else ScheduleState.MISSING

    def is_paused(self, campaign_id: str) -> bool:
        """Tell whether it is disabled, and was so by `disable`; not by somebody in the AWS console."""
        # The console's switch sends the schedule as it is, with its description, and only the other state.
        found, ours = self._found(campaign_id), self._schedule(campaign_id, ScheduleState.DISABLED)
        return bool(found) and all(found.get(name) == ours[name] for name in ("State", "Description"))

    def _found(self, campaign_id: str) -> Any:
        place = self._place(campaign_id)
        return self._unless_missing(lambda: self._client.get_schedule(**place))

    def _unless_missing(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except ClientError as error:
            if _code(error) != _MISSING:
                raise
            return None

    def _place(self, campaign_id: str) -> dict[str, str]:
        return {"GroupName": self._settings.group, "Name": f"campaign-{campaign_id}"}

    def _schedule(self, campaign_id: str, state: ScheduleState) -> dict[str, Any]:
        target = {
            "Arn": self._settings.queue_arn,
            "RoleArn": self._settings.role_arn,
            "Input": encode(Tick(campaign_id)),
            "RetryPolicy": _RETRY,
        }
        return {
            **self._place(campaign_id),
            "Description": f"Advances {campaign_id}; {_NOTES[state]}",
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": state.value.upper(),
            "Target": target,
        }


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
