"""What every item of the calls table has."""

from __future__ import annotations

import json
from typing import Any

from pynamodb.attributes import DiscriminatorAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.kernel.actors import actor


class CompactJSON(JSONAttribute):
    """JSON without blanks between its parts: every kilobyte of a row is paid for."""

    def serialize(self, value: Any) -> str | None:
        """Write a value; what has none is not stored."""
        return None if value is None else json.dumps(value, separators=(",", ":"))


class CallsTable(Model):
    """Every item: a readable key pair and its kind."""

    class Meta:
        """Time-outs in seconds, so that a stuck read cannot use up a webhook's patience."""

        table_name = ""
        connect_timeout_seconds = 1
        read_timeout_seconds = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class ActItem:
    """Mixed into rows that are somebody's act: who it was that wrote them last."""

    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)
