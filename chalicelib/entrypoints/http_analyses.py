"""REST routes of what calls came to: asking the model again, and deciding what the contact's record takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import CallView
from chalicelib.calls.schemas.findings import AnalysisRunView, AnalysisSpanIn, DecisionIn, ProposalView
from chalicelib.calls.services import analyses, proposals
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.proposals import Proposal

bp = Blueprint(__name__)
_CALLS = "/v1/calls"
_CALL = _CALLS + "/{call_id}"


@route(
    bp,
    "POST",
    _CALL + "/analysis",
    scope=Scope.OPERATOR,
    returns=CallView,
    status=202,
    errors={
        "call_not_found": 404,
        "call_not_finished": 409,
        "analysis_done": 409,
        "nothing_said": 409,
    },
    idempotent=False,
)
def analyse_call(request: Request[None, NoQuery]) -> Call:
    """Have the model read a call again whose analysis failed, and do what follows from it.

    The call shows it a moment later: `analysis.state` is `done`. Asking again is harmless.
    """
    return analyses.request_analysis(container().calls, request.path["call_id"])


@route(
    bp,
    "POST",
    _CALLS + "/analyses",
    scope=Scope.OPERATOR,
    body=AnalysisSpanIn,
    returns=AnalysisRunView,
    status=202,
    errors={"bad_span": 400},
    example={"from": "2026-03-03T00:00:00Z", "to": "2026-03-04T00:00:00Z"},
    idempotent=False,
)
def analyse_calls(request: Request[AnalysisSpanIn, NoQuery]) -> AnalysisRunView:
    """Have the model read every call of a span again whose analysis failed, such as after an outage.

    They are looked for page by page in the background. Asking again is harmless.
    """
    analyses.request_analyses(container().calls, request.body.since, request.body.until)
    return AnalysisRunView()


@route(
    bp,
    "POST",
    _CALL + "/proposals/{field}",
    scope=Scope.OPERATOR,
    body=DecisionIn,
    returns=ProposalView,
    errors={
        "call_not_found": 404,
        "proposal_not_found": 404,
        "contact_not_found": 404,
        "proposal_decided": 409,
        "version_changed": 412,
        "bad_email": 400,
        "bad_custom_field": 400,
    },
    example={"decision": "accept"},
    idempotent=False,
)
def decide_proposal(request: Request[DecisionIn, NoQuery]) -> Proposal:
    """Accept or refuse a value that was found in a call for its contact; accepting writes it there.

    `field` is the key of the value. The same decision again changes nothing. A `value` is written
    in place of the one that was found.
    """
    call_id, field = request.path["call_id"], request.path["field"]
    return proposals.decide(container().calls, call_id, field, request.body.decision, request.body.value)
