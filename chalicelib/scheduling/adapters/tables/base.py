"""What every item of the scheduling table has."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.kernel.actors import actor


class SchedulingTable(Model):
    """Every item: a readable key pair and its kind."""

    class Meta:
        """Time-outs in seconds."""

        table_name = ""
        connect_timeout_seconds = 1
        read_timeout_seconds = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)
