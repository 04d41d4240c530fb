"""Jobs and imports: how far they are, and what came of them."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.crm.adapters.tables.base import CrmTable


class JobItem(CrmTable, discriminator="job"):
    """`JOBS` / `JOB#<job id>`: the ids, and so the keys, sort by time."""

    id = UnicodeAttribute()
    kind = UnicodeAttribute()
    arguments = JSONAttribute()
    state = UnicodeAttribute()
    total = NumberAttribute(null=True)
    step = NumberAttribute()
    cursor = UnicodeAttribute(null=True)
    done = NumberAttribute()
    succeeded = NumberAttribute()
    unchanged = NumberAttribute()
    failed = NumberAttribute()
    error = UnicodeAttribute(null=True)
    message = UnicodeAttribute(null=True)
    created_by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class JobInputItem(CrmTable, discriminator="job_input"):
    """`JOB#<job id>` / `INPUT#<8 digits>`: a chunk of the objects that a job was given."""

    objects = JSONAttribute()


class JobResultsItem(CrmTable, discriminator="job_results"):
    """`JOB#<job id>` / `RESULT#<8 digits>`: what came of the objects of one step."""

    results = JSONAttribute()


class ImportItem(CrmTable, discriminator="import"):
    """`IMPORTS` / `IMPORT#<import id>`: how far an import is, and how it is done."""

    id = UnicodeAttribute()
    file_name = UnicodeAttribute()
    wish = JSONAttribute()
    state = UnicodeAttribute()
    run = NumberAttribute()
    file_tag = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    error = UnicodeAttribute(null=True)
    message = UnicodeAttribute(null=True)
    created_by = UnicodeAttribute()
    created_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class LaneItem(CrmTable, discriminator="lane"):
    """`IMPORT#<import id>` / `LANE#<run>#<number>`: how far one lane of a run is, and its counts."""

    number = NumberAttribute()
    chunks = NumberAttribute()
    next_chunk = NumberAttribute()
    counts = JSONAttribute()
    duplicates = JSONAttribute(null=True)


class RejectionItem(CrmTable, discriminator="rejection"):
    """`IMPORT#<import id>` / `ROW#<run>#<row>`: a row that was not imported; expires."""

    cells = JSONAttribute()
    errors = JSONAttribute()


class SeenItem(CrmTable, discriminator="seen"):
    """`IMPORT#<import id>` / `SEEN#<run>#<E.164>`: the first row with a number, while validating; expires."""

    line = NumberAttribute()
