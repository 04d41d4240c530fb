"""The items of the system table; only the repository reads or writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.models import Model

if TYPE_CHECKING:
    from pynamodb.connection import Connection


class SystemTable(Model):
    """One table, item collections by `pk`; `row` says what an item is."""

    class Meta:
        """Two tries must fit into the time that API Gateway gives an authorizer."""

        table_name: str
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    row = DiscriminatorAttribute()


class TokenItem(SystemTable, discriminator="token"):
    """`TOKEN#<sha256 of the secret>` / `TOKEN`: a token, found by what its bearer shows."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    scope = UnicodeAttribute()
    digest = UnicodeAttribute()
    created_at = UnicodeAttribute()
    valid_until = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)


class TokenIdItem(SystemTable, discriminator="token_id"):
    """`TOKENS` / `TOKEN#<id>`: all tokens in the order of issue, each with its digest."""

    digest = UnicodeAttribute()


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    SystemTable.Meta.table_name = table_name
    return SystemTable._get_connection().connection  # noqa: SLF001
