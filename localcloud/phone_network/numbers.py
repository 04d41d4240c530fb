"""The account's telephone numbers and the URLs they lead to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.pace import now, rfc2822

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

URL_FIELDS = ("voice_url", "voice_fallback_url", "status_callback", "sms_url", "sms_fallback_url")
METHOD_FIELDS = (
    "voice_method",
    "voice_fallback_method",
    "status_callback_method",
    "sms_method",
    "sms_fallback_method",
)


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """A number that the account owns, as the IncomingPhoneNumbers resource describes it."""

    phone_number: str
    sid: str
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"

    def fields(self) -> dict[str, str]:
        """Return the number as plain fields, to be kept."""
        return {name: getattr(self, name) for name in self.__slots__}

    def view(self, account_sid: str) -> dict[str, Any]:
        """Return the number as the REST API shows it."""
        stamp = rfc2822(now())
        return self.fields() | {
            "account_sid": account_sid,
            "date_created": stamp,
            "date_updated": stamp,
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
            "origin": "twilio",
            "status": "in-use",
            "uri": f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{self.sid}.json",
        }


class NumberBook:
    """The owned numbers; every change is handed to ``keep``."""

    def __init__(self, numbers: Iterable[str], keep: Callable[[OwnedNumber], None] | None = None) -> None:
        self._keep = keep
        self._numbers = {number: _fresh(number) for number in numbers}

    def all(self) -> list[OwnedNumber]:
        """Return the numbers in the order in which they were acquired."""
        return list(self._numbers.values())

    def get(self, phone_number: str) -> OwnedNumber | None:
        """Return an owned number by its E.164 form."""
        return self._numbers.get(phone_number)

    def by_sid(self, sid: str) -> OwnedNumber | None:
        """Return an owned number by its identifier."""
        return next((number for number in self._numbers.values() if number.sid == sid), None)

    def acquire(self, phone_number: str) -> OwnedNumber:
        """Add a number to the account, without URLs."""
        number = _fresh(phone_number)
        self.put(number)
        return number

    def put(self, number: OwnedNumber) -> None:
        """Take over a number's configuration and have it kept."""
        self._numbers[number.phone_number] = number
        if self._keep:
            self._keep(number)

    def update(self, number: OwnedNumber, changes: dict[str, str]) -> OwnedNumber:
        """Change some of a number's fields."""
        changed = replace(number, **changes)
        self.put(changed)
        return changed

    def restore(self, fields: dict[str, str]) -> None:
        """Take over a number kept by an earlier run."""
        self._numbers[fields["phone_number"]] = OwnedNumber(**fields)


def _fresh(phone_number: str) -> OwnedNumber:
    """Return a number whose identifier stays the same over restarts."""
    digest = hashlib.sha256(phone_number.encode()).hexdigest()[:32]
    return OwnedNumber(phone_number=phone_number, sid=f"PN{digest}", friendly_name=phone_number)
