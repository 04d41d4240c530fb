"""Members of campaigns, spread over sixteen partitions each, and the numbers of each campaign."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Unavailable, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.adapters.repository.member_codec import (
    SHARDS,
    calling_list,
    member_item,
    member_key,
    member_of,
    waiting_list,
)
from chalicelib.scheduling.adapters.repository.writes import MAX_TRIES, refused_of
from chalicelib.scheduling.adapters.tables import CountsItem, MemberItem, SchedulingTable
from chalicelib.scheduling.domain.member_lists import EVERYBODY
from chalicelib.scheduling.domain.member_numbers import counted_of, moved_by
from chalicelib.scheduling.domain.members import MemberChange, MemberState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection

    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.domain.member_lists import MemberFilter
    from chalicelib.scheduling.domain.members import Member

_ATTRIBUTES = frozenset({"pk", "sk", "kind", "changed_by"})
_LOOKED_AT = 500  # members that one page of a filter looks at
_CLEARED = 200  # rows that one step deletes of a partition
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.2  # between tries, a second in all
_LAST = "$"  # follows the `#` after an instant: whatever is due at that very moment is due


@unavailable_on(PynamoDBException)
class MemberRepository:
    """Members, on the connection of their table; implements `MemberBook`."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def add(self, members: Sequence[Member]) -> list[Member]:
        """Store those who are not members yet, and give them; whoever is one stays as it is."""
        new = _once_each(members)
        for tried in range(MAX_TRIES):
            refused = self._add_all(new) if new else set()
            if refused is None or not new:
                return new
            self._make_way(tried, refused)
            new = [each for place, each in enumerate(new) if place not in refused]
        raise _too_fast()

    def _add_all(self, members: Sequence[Member]) -> set[int] | None:
        """Store all of them or none; give the places of those who are members, None when it is done."""
        numbers: Counter[str] = Counter()
        for member in members:
            numbers.update(counted_of(member))
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for member in members:
                    transaction.save(member_item(member), condition=MemberItem.pk.does_not_exist())
                _count(transaction, members[0].campaign_id, numbers)
        except TransactWriteError as error:
            return refused_of(error)
        return None

    def save(self, changes: Sequence[MemberChange]) -> list[Member]:
        """Store changes, each one version on; give what was stored, without those that were changed since."""
        left = list(changes)
        for tried in range(MAX_TRIES):
            refused = self._save_all(left) if left else set()
            if refused is None or not left:
                return [_next(change) for change in left]
            self._make_way(tried, refused)
            left = [each for place, each in enumerate(left) if place not in refused]
        raise _too_fast()

    def _save_all(self, changes: Sequence[MemberChange]) -> set[int] | None:
        numbers = moved_by(changes)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for change in changes:
                    transaction.save(
                        member_item(_next(change)), condition=MemberItem.version == change.old.version
                    )
                if numbers:
                    _count(transaction, changes[0].old.campaign_id, numbers)
        except TransactWriteError as error:
            return refused_of(error)
        return None

    def remove(self, member: Member) -> bool:
        """Delete a member at its version; False when it has another."""
        numbers = Counter({name: -number for name, number in counted_of(member).items()})
        for tried in range(MAX_TRIES):
            try:
                with TransactWrite(connection=self._connection) as transaction:
                    transaction.delete(member_item(member), condition=MemberItem.version == member.version)
                    _count(transaction, member.campaign_id, numbers)
            except TransactWriteError as error:
                if refused_of(error):
                    return False
                self._make_way(tried, set())
            else:
                return True
        raise _too_fast()

    def _make_way(self, tried: int, refused: set[int]) -> None:
        """Wait before the next try when another transaction had the numbers of the campaign."""
        if not refused:
            self._clock.pause(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**tried))

    def get(self, campaign_id: str, contact_id: str) -> Member | None:
        """Give a member, consistently."""
        try:
            return member_of(MemberItem.get(*member_key(campaign_id, contact_id), consistent_read=True))
        except DoesNotExist:
            return None

    def many(self, campaign_id: str, contact_ids: Sequence[str]) -> list[Member]:
        """Give those of these contacts (100 at most) who are members, consistently, in any order."""
        return _read([member_key(campaign_id, each) for each in dict.fromkeys(contact_ids)])

    def due(self, campaign_id: str, now: datetime, limit: int) -> list[Member]:
        """Give up to `limit` waiting members who are due by `now`, the longest due first."""
        until = f"{iso(now)}{_LAST}"
        lists = [waiting_list(campaign_id, shard) for shard in range(SHARDS)]
        rows = [row for name in lists for row in self._listed(name, MemberItem.due_at < until, limit)]
        first = sorted(rows, key=lambda row: row["due_at"]["S"])[:limit]
        found = _read([(row["pk"]["S"], row["sk"]["S"]) for row in first])
        # The index lags: who was called since, and waits for the next attempt, may still be in it as due.
        waiting = (each for each in found if each.state is MemberState.WAITING)
        return sorted((each for each in waiting if each.next_at and each.next_at <= now), key=_due_order)

    def sample(self, campaign_id: str, limit: int) -> list[Member]:
        """Give up to `limit` of who waits, the soonest due first: all of them if they are so few.

        Else an even part of the storage, of each half those who are due soonest and half who are due last.
        """
        lists = [waiting_list(campaign_id, shard) for shard in range(SHARDS)]
        shards = [self._listed(name, None, limit + 1) for name in lists]
        ends: list[list[dict[str, Any]]] = []
        if sum(map(len, shards)) > limit:
            half = max(1, limit // (2 * SHARDS))
            shards = [rows[:half] for rows in shards]
            ends = [self._listed(name, None, half, forward=False) for name in lists]
        rows = (row for listed in (*shards, *ends) for row in listed)
        keys = list(dict.fromkeys((row["pk"]["S"], row["sk"]["S"]) for row in rows))
        waiting = (each for each in _read(keys[:limit]) if each.state is MemberState.WAITING)
        return sorted(waiting, key=_due_order)

    def next_due(self, campaign_id: str) -> datetime | None:
        """Give when the next waiting member is due; None when nobody waits."""
        lists = [waiting_list(campaign_id, shard) for shard in range(SHARDS)]
        rows = [row["due_at"]["S"] for name in lists for row in self._listed(name, None, 1)]
        return from_iso(min(rows).partition("#")[0]) if rows else None

    def calling(self, campaign_id: str, limit: int, start: str | None = None) -> Page[Member]:
        """Give members with a call, the longest first, from after `start`."""
        after = MemberItem.due_at > start if start else None
        rows = self._listed(calling_list(campaign_id), after, limit + 1)
        found = _read([(row["pk"]["S"], row["sk"]["S"]) for row in rows[:limit]])
        calling = [each for each in found if each.state is MemberState.CALLING]
        more = rows[limit - 1]["due_at"]["S"] if len(rows) > limit else None
        return Page(sorted(calling, key=_called_order), more)

    def _listed(
        self,
        name: str,
        condition: Any,
        limit: int,
        *,
        forward: bool = True,
    ) -> list[dict[str, Any]]:
        # Not through the model: it would filter by kind, which an index of keys does not have.
        table = SchedulingTable.Meta.table_name
        page = self._connection.query(
            table,
            name,
            range_key_condition=condition,
            index_name="by_due",
            limit=limit,
            scan_index_forward=forward,
        )
        rows: list[dict[str, Any]] = page["Items"]
        return rows

    def page(
        self, campaign_id: str, page_size: int, start: str | None, where: MemberFilter = EVERYBODY
    ) -> Page[Member]:
        """Give members in the order of the storage, which stays, from after `start`.

        With a filter a page looks at a bounded number of members: it may be short, and more may follow.
        """
        limit = page_size + 1 if where == EVERYBODY else max(_LOOKED_AT, page_size)
        looked = list(islice(_placed(campaign_id, start, limit), limit))
        found = [(place, member) for place, member in looked if where.matches(member)]
        if len(found) > page_size:
            return Page([member for _, member in found[:page_size]], found[page_size - 1][0])
        return Page([member for _, member in found], looked[-1][0] if len(looked) == limit else None)

    def memberships(self, campaign_ids: Sequence[str], contact_ids: Sequence[str]) -> list[Member]:
        """Give what these contacts are in these campaigns, consistently, in any order."""
        contacts = list(dict.fromkeys(contact_ids))
        return _read([member_key(campaign, each) for campaign in campaign_ids for each in contacts])

    def counts(self, campaign_id: str) -> Counter[str]:
        """Give the numbers of a campaign, consistently: `counted_of` of every member, added up."""
        # Not through the model: it knows no attributes but those that it declares.
        page = self._connection.query(
            SchedulingTable.Meta.table_name,
            f"CAMPAIGN#{campaign_id}",
            range_key_condition=CountsItem.sk == "COUNTS",
            consistent_read=True,
        )
        numbers = (pair for item in page["Items"] for pair in item.items() if pair[0] not in _ATTRIBUTES)
        return +Counter({name: int(value["N"]) for name, value in numbers})

    def clear(self, campaign_id: str) -> bool:
        """Delete some of what is kept of a campaign beside its head; True when nothing is left."""
        items = [item for pk in _partitions(campaign_id) for item in MemberItem.query(pk, limit=_CLEARED)]
        beside = SchedulingTable.query(f"CAMPAIGN#{campaign_id}", limit=_CLEARED)
        with SchedulingTable.batch_write() as batch:
            for item in (*items, *beside):
                batch.delete(item)
        return not items


def _placed(campaign_id: str, start: str | None, limit: int) -> Iterator[tuple[str, Member]]:
    """Give each member after a position with its own: its partition and its contact."""
    first, _, contact_id = (start or "0#").partition("#")
    for shard, pk in enumerate(_partitions(campaign_id)):
        if shard >= int(first):
            after = f"MEMBER#{contact_id}" if shard == int(first) else "MEMBER#"
            for item in MemberItem.query(pk, MemberItem.sk > after, limit=limit, consistent_read=True):
                member = member_of(item)
                yield f"{shard}#{member.contact_id}", member


def _partitions(campaign_id: str) -> list[str]:
    return [f"CAMPAIGN#{campaign_id}#{shard}" for shard in range(SHARDS)]


def _read(keys: list[tuple[str, str]]) -> list[Member]:
    return [member_of(item) for item in MemberItem.batch_get(keys, consistent_read=True)] if keys else []


def _once_each(members: Sequence[Member]) -> list[Member]:
    first: dict[str, Member] = {}
    for member in members:
        first.setdefault(member.contact_id, member)
    return list(first.values())


def _next(change: MemberChange) -> Member:
    return replace(change.new, version=change.old.version + 1)


def _count(transaction: TransactWrite, campaign_id: str, numbers: Counter[str]) -> None:
    adding = [Path([name]).add(number) for name, number in sorted(numbers.items())]
    item = CountsItem(f"CAMPAIGN#{campaign_id}", "COUNTS")
    transaction.update(item, actions=[CountsItem.kind.set(CountsItem), *adding])


def _due_order(member: Member) -> tuple[str, str]:
    return (iso(member.next_at) if member.next_at else "", member.contact_id)


def _called_order(member: Member) -> tuple[str, str]:
    return (iso(member.called_at) if member.called_at else "", member.contact_id)


def _too_fast() -> Unavailable:
    message = "The members of this campaign change too fast; try again."
    return Unavailable(message, retryable=True, code="members_changed")
