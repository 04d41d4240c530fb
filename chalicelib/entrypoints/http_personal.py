"""REST routes of one person's data: all of it given out, and all of it erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.schemas.personal import EraseIn, PersonalData
from chalicelib.crm.services import erasing, personal
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.domain.personal import Trace
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_CONTACT = "/v1/crm/contacts/{contact_id}"
_ABSENT = {"contact_not_found": 404}


@route(
    bp,
    "GET",
    _CONTACT + "/personal-data",
    scope=Scope.ADMIN,
    query=PageQuery,
    returns=PersonalData,
    errors=_ABSENT,
)
def export_personal_data(request: Request[None, PageQuery]) -> Page[Trace]:
    """Give everything that is kept about a person, of every part of the system.

    The contact with its notes, consents and timeline comes first, then rejected rows of imports, calls with
    what was said, chats, suppressions, promised callbacks, and the audit log. A deleted contact's leavings
    are given as well. A page may be short although `next_page_token` says that more follow.
    """
    crm, contact_id = container().crm, request.path["contact_id"]
    return personal.export_person(crm, contact_id, request.query.page_size, request.start)


@route(
    bp,
    "POST",
    _CONTACT + "/erase",
    scope=Scope.ADMIN,
    body=EraseIn,
    returns=JobView,
    status=202,
    errors=_ABSENT | {"contact_in_call": 409},
    guarded=True,
    example={"reason": "Asked for it by letter of 3 March."},
)
def erase_contact(request: Request[EraseIn, NoQuery]) -> Job:
    """Erase a person everywhere; there is no way back.

    From this answer on the contact is gone and its waiting calls are not placed; a job erases the rest within
    minutes. Numbers that were suppressed stay so, and the calls' times, outcomes and costs stay without
    numbers and words. A deleted contact can be erased too (`If-Match: *`). Asked again it gives the same job.
    """
    crm, contact_id = container().crm, request.path["contact_id"]
    return erasing.erase_contact(crm, contact_id, request.body.reason, request.expected_version)
