"""What the storage said when it refused, read without its library."""

from __future__ import annotations


def response_code(error: Exception) -> str | None:
    """Give the code of the storage's own answer behind an error; None when it did not answer.

    PynamoDB's `cause_response_code` fails for a connection that broke: botocore's errors of that kind have a
    `response`, and it is None.
    """
    response = getattr(getattr(error, "cause", None), "response", None) or {}
    code = response.get("Error", {}).get("Code")
    return None if code is None else str(code)
