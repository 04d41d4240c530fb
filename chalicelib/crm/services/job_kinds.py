"""Every kind of job, and what does its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain import personal
from chalicelib.crm.services import bulk, erasing, merging, recount, sweeping, tagging

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.services.jobs import StepFunction

KINDS: Mapping[str, StepFunction] = {
    personal.ERASE: erasing.erase_step,
    personal.SWEEP: sweeping.sweep_step,
    bulk.BULK: bulk.bulk_step,
    merging.MERGE: merging.merge_step,
    tagging.DELETE_TAG: tagging.delete_tag_step,
    tagging.MERGE_TAG: tagging.merge_tag_step,
    recount.RECOUNT: recount.recount_step,
}
