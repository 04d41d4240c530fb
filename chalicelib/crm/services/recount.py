"""Counters and indexes are compared with what they count, and put right: a job that walks over everything."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.counting import AFTER_ALL, BEFORE_ALL
from chalicelib.crm.domain.jobs import CHUNK, Outcome, Result, Step
from chalicelib.crm.domain.listing import Listing
from chalicelib.crm.services.folding import fold_contact, wanted_facts
from chalicelib.crm.services.jobs import start_job
from chalicelib.kernel.clock import from_millis
from chalicelib.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from chalicelib.crm.domain.counting import Tally
    from chalicelib.crm.domain.folding import Facts, Kept
    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.ports.crm import CrmPorts

RECOUNT = "recount"
_OLDEST_FIRST = Listing(descending=False)
# How long a change may be on its way through the stream before it counts as lost.
_ON_ITS_WAY = timedelta(minutes=2)
_PAUSE = 3.0  # seconds; a fold follows its change within one or two
_ROUNDS = 4
_LONGEST = 300_000  # bytes of a cursor; a row has 400 KB at most


@dataclass(frozen=True)
class _Walk:
    """Where a recount stands: over contacts first, then round after round over their indexes.

    `tally` is what the indexes of this round sum up to so far, `writes` how often each counter had been
    written when the round began, `doubts` by how much counters differed at the end of the round before.
    """

    round: int = 0
    start: str | None = None
    tally: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)


def start_recount(crm: CrmPorts, *, repair: bool, job_id: str | None = None) -> Job:
    """Have everything counted again; with `repair`, what differs is put right."""
    return start_job(crm, RECOUNT, {"repair": repair}, job_id=job_id)


def recount_step(crm: CrmPorts, job: Job) -> Step:
    """Compare the next contacts, or indexes; the results are what differs.

    What differs because its change is still on its way is no error: it is looked at again first, and a
    counter must differ by the same amount twice, with no write to it meanwhile.
    """
    walk = _Walk(**json.loads(job.cursor)) if job.cursor else _Walk()
    repair = bool(job.arguments.get("repair"))
    results, after = (
        _walk_contacts(crm, walk, repair=repair)
        if not walk.round
        else _walk_indexes(crm, walk, repair=repair)
    )
    return Step(tuple(results), _kept(after) if after else None)


def _kept(walk: _Walk) -> str:
    text = json.dumps(asdict(walk))
    if len(text) > _LONGEST:
        message = "There are too many sources and time zones to recount them; use fewer sources."
        raise Conflict(message, code="too_many_counters")
    return text


def _walk_contacts(crm: CrmPorts, walk: _Walk, *, repair: bool) -> tuple[list[Result], _Walk]:
    page = crm.contacts.page(_OLDEST_FIRST, CHUNK, walk.start)
    results = _check(crm, [contact.id for contact in page.items], repair=repair)
    if page.next_start:
        return results, replace(walk, start=page.next_start)
    return results, _next_round(crm, walk, {})


def _walk_indexes(crm: CrmPorts, walk: _Walk, *, repair: bool) -> tuple[list[Result], _Walk | None]:
    page = crm.indexes.page(CHUNK, walk.start)
    ids = [index.contact_id for index in page.items]
    gone = set(ids) - {contact.id for contact in crm.contacts.many(ids)}
    results = _check(crm, sorted(gone), repair=repair) if walk.round == 1 else []
    tally = dict(walk.tally)
    for name in (name for index in page.items for name in index.facts.counted):
        tally[name] = tally.get(name, 0) + 1
    walk = replace(walk, start=page.next_start, tally=tally)
    if page.next_start:
        return results, walk
    settled, after = _compare(crm, walk, repair=repair)
    return results + settled, after


def _next_round(crm: CrmPorts, walk: _Walk, doubts: dict[str, int]) -> _Walk:
    writes = {name: tally.writes for name, tally in crm.counters.read(BEFORE_ALL, AFTER_ALL).items()}
    return _Walk(round=walk.round + 1, writes=writes, doubts=doubts)


def _compare(crm: CrmPorts, walk: _Walk, *, repair: bool) -> tuple[list[Result], _Walk | None]:
    """Compare the counters with the sum of the indexes; go round again while there is a doubt."""
    counters = crm.counters.read(BEFORE_ALL, AFTER_ALL)
    wrong = {name: off for name in {*counters, *walk.tally} if (off := _off(walk, counters, name))}
    quiet = {name for name in wrong if _writes(counters, name) == walk.writes.get(name, 0)}
    proven = {name for name in quiet if walk.doubts.get(name) == wrong[name]}
    if repair:
        crm.counters.adjust({name: -wrong[name] for name in sorted(proven)})
    results = [
        _miscounted(name, walk.tally.get(name, 0), wrong[name], repair=repair) for name in sorted(proven)
    ]
    rest = {name: off if name in quiet else 0 for name, off in wrong.items() if name not in proven}
    if not rest:
        return results, None
    if walk.round == _ROUNDS:
        return results + [_unsettled(name) for name in sorted(rest)], None
    return results, _next_round(crm, walk, rest)


def _off(walk: _Walk, counters: dict[str, Tally], name: str) -> int:
    counted = counters[name].amount if name in counters else 0
    return counted - walk.tally.get(name, 0)


def _writes(counters: dict[str, Tally], name: str) -> int:
    return counters[name].writes if name in counters else 0


def _check(crm: CrmPorts, contact_ids: Iterable[str], *, repair: bool) -> list[Result]:
    """Compare contacts with their indexes; those that differ once more, after a pause."""
    behind = [contact_id for contact_id in contact_ids if _differing(crm, contact_id)]
    if behind:
        crm.clock.pause(_PAUSE)
    return [result for contact_id in behind for result in _judged(crm, contact_id, repair=repair)]


def _judged(crm: CrmPorts, contact_id: str, *, repair: bool) -> Iterator[Result]:
    differing = _differing(crm, contact_id)
    if differing is None:
        return
    kept, wanted = differing
    if crm.clock.now() - _changed_at(kept) < _ON_ITS_WAY:
        yield Result(contact_id, Outcome.UNCHANGED, "index_behind", "It was changed just now.")
        return
    if repair:
        fold_contact(crm, contact_id)
    outcome = Outcome.DONE if repair else Outcome.FAILED
    yield Result(contact_id, outcome, "index_differs", _told(kept, wanted))


def _differing(crm: CrmPorts, contact_id: str) -> tuple[Kept, Facts] | None:
    kept = crm.indexes.read(contact_id)
    wanted = wanted_facts(crm, kept)
    return (kept, wanted) if wanted != kept.index.facts else None


def _changed_at(kept: Kept) -> datetime:
    """Give when the contact, or what it consents to, was last changed."""
    found = kept.found
    head = [found.updated_at if isinstance(found, Contact) else found.gone_at] if found else []
    return max([*head, *(consent.recorded_at for consent in kept.consents)], default=from_millis(0))


def _told(kept: Kept, wanted: Facts) -> str:
    """Say what differs, without what the contact is found by."""
    counted = kept.index.facts.counted
    parts = [f"counted, and should not be: {name}" for name in sorted(counted - wanted.counted)]
    parts += [f"not counted, and should be: {name}" for name in sorted(wanted.counted - counted)]
    parts += ["found by other words than it has"] if wanted.texts != kept.index.facts.texts else []
    return "; ".join(parts)


def _miscounted(name: str, true: int, off: int, *, repair: bool) -> Result:
    outcome = Outcome.DONE if repair else Outcome.FAILED
    return Result(name, outcome, "count_differs", f"counted {true + off}, true {true}")


def _unsettled(name: str) -> Result:
    return Result(name, Outcome.UNCHANGED, "count_moving", "It changed in each round; count again later.")
