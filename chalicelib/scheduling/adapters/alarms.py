"""Schedules of reminders in EventBridge Scheduler: one for each, which goes off once and deletes itself."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.errors import unavailable_on
from chalicelib.scheduling.adapters.messages import Remind, encode

if TYPE_CHECKING:
    from chalicelib.kernel.settings import ScheduleSettings
    from chalicelib.scheduling.domain.bookings import PlannedReminder

_MISSING, _EXISTS = "ResourceNotFoundException", "ConflictException"
# What is later than this the sweep has found.
_RETRY = {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 5}


@unavailable_on(BotoCoreError, ClientError)
class EventBridgeAlarms:
    """Makes and deletes one-time schedules; implements `Alarms`."""

    def __init__(self, client: Any, settings: ScheduleSettings) -> None:
        self._client = client
        self._settings = settings

    def put(self, reminder: PlannedReminder) -> None:
        """Have it sent when it is due; in place of the schedule that it has already."""
        wanted = self._schedule(reminder)
        try:
            self._client.create_schedule(**wanted)
        except ClientError as error:
            if _code(error) != _EXISTS:
                raise
            self._client.update_schedule(**wanted)

    def remove(self, booking_id: str, number: int) -> None:
        """Delete its schedule; nothing when there is none."""
        try:
            self._client.delete_schedule(**self._place(booking_id, number))
        except ClientError as error:
            if _code(error) != _MISSING:
                raise

    def _place(self, booking_id: str, number: int) -> dict[str, str]:
        return {
            "GroupName": self._settings.appointments_group,
            "Name": f"booking-{booking_id}-{number}",
        }

    def _schedule(self, reminder: PlannedReminder) -> dict[str, Any]:
        message = Remind(reminder.booking_id, reminder.number)
        target = {
            "Arn": self._settings.queue_arn,
            "RoleArn": self._settings.role_arn,
            "Input": encode(message),
            "RetryPolicy": _RETRY,
        }
        return {
            **self._place(reminder.booking_id, reminder.number),
            "Description": f"Reminds of {reminder.booking_id}",
            # A point in time without a zone, to the second (UTC unless another is named).
            "ScheduleExpression": f"at({reminder.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            "ActionAfterCompletion": "DELETE",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "ENABLED",
            "Target": target,
        }


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
