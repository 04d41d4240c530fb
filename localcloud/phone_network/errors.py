"""Twilio's REST errors: codes, HTTP statuses and the JSON that carries them."""

from __future__ import annotations

from typing import Any

# Code -> (HTTP status, message). Source: Twilio's error dictionary (twilio.com/docs/api/errors).
_CATALOGUE: dict[int, tuple[int, str]] = {
    16028: (400, "Participant to be whispered is not present in the conference: {}"),
    20001: (400, "Invalid parameter: {}"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL: {}"),
    21206: (400, "SendDigits is not valid: {}"),
    21208: (400, "Timeout is not valid: {}"),
    21209: (400, "Method is not valid: {}"),
    21210: (400, "The source phone number provided, {}, is not yet verified for your account."),
    21211: (400, "The phone number you are attempting to call, {}, is not valid."),
    21212: (400, "The source phone number provided, {}, is not valid."),
    21213: (400, "A 'From' phone number is required."),
    21215: (400, "Account not authorized to call {}. Enable the country in Voice geographic permissions."),
    21220: (400, "Unable to update: {}"),
    21422: (400, "PhoneNumber {} is not available."),
    21502: (400, "Status callback or webhook URL is not valid: {}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number {} is not a valid, SMS-capable number of this account."),
    21610: (400, "Attempt to send to unsubscribed recipient {}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21626: (400, "StatusCallbackEvent is not valid: {}"),
}


# What Twilio answers when it failed and does not say how.
UNSPECIFIC = 20500


def is_known(code: int) -> bool:
    """Tell whether the network answers with this code of Twilio's."""
    return code in _CATALOGUE


class RestError(Exception):
    """A request that Twilio refuses, with Twilio's code; ``subject`` names the offending value."""

    def __init__(self, code: int, subject: str = "") -> None:
        super().__init__(code, subject)
        self.code = code
        self.subject = subject

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""
        return _CATALOGUE[self.code][0]

    @property
    def message(self) -> str:
        """What Twilio says about it."""
        return _CATALOGUE[self.code][1].format(self.subject)

    def view(self) -> dict[str, Any]:
        """Return the JSON body, in Twilio's shape."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
