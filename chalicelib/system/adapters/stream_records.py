"""Records of DynamoDB streams as Lambda gets them, and the changes that they tell."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.changes import Change, discriminator
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

# Who deletes rows whose time is over
# (Amazon DynamoDB Developer Guide, "DynamoDB Streams and Time to Live").
_EXPIRY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def read_record(record: Mapping[str, Any]) -> Change:
    """Give the change that a stream's record tells; `Invalid` with code `bad_record` for anything else.

    A row that does not say of what kind it is has the kind "", which nobody watches.
    """
    try:
        told = record["dynamodb"]
        old, new = (_image(told.get(name)) for name in ("OldImage", "NewImage"))
        return Change(
            id=str(record["eventID"]),
            row=_kind(old, new),
            at=datetime.fromtimestamp(float(told["ApproximateCreationDateTime"]), UTC),
            old=old,
            new=new,
            sequence=int(told["SequenceNumber"]),
            expired=new is None and _is_expiry(record.get("userIdentity")),
        )
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError) as error:
        raise Invalid("This is no record of a table's stream.", code="bad_record") from error


def _kind(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    image = old if new is None else new
    if image is None:
        raise ValueError("A record has an image before, or after.")
    return str(image.get(discriminator(image), ""))


def _is_expiry(identity: Mapping[str, Any] | None) -> bool:
    """Compare without regard to case: the event has `type` or `Type`, by the way it was read."""
    known = {str(name).lower(): value for name, value in (identity or {}).items()}
    return all(known.get(name.lower()) == value for name, value in _EXPIRY.items())


def _image(stored: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if stored is None else {name: _value(value) for name, value in stored.items()}


def _value(stored: Mapping[str, Any]) -> Any:
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return _number(value)
        case "NULL":
            return None
        case "L":
            return [_value(each) for each in value]
        case "M":
            return _image(value)
        case _:
            return value


def _number(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number
