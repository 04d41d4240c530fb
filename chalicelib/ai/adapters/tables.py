"""The ai table's items as PynamoDB sees them; private to the repository."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.kernel.actors import actor


class AiTable(Model):
    """Every item: a readable key pair and its kind."""

    class Meta:
        """Time-outs in seconds, so that a stuck read cannot use up a call's patience."""

        table_name = ""
        connect_timeout_seconds = 1
        read_timeout_seconds = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)


class PromptItem(AiTable, discriminator="prompt"):
    """A prompt template: `PROMPTS` / `PROMPT#<id>`, so that the few there are list in one query."""

    name = UnicodeAttribute()
    text = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()
