"""REST routes of evaluations: scenarios that are played to try the agent, and calls as scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.ai.domain.scenarios import document
from chalicelib.ai.schemas.evaluations import (
    EvaluationIn,
    EvaluationList,
    EvaluationReportView,
    EvaluationView,
    RehearsalList,
    ScenarioDocument,
    report_view,
)
from chalicelib.ai.services import evaluating
from chalicelib.bootstrap import container
from chalicelib.calls.services.rehearsals import CallStage
from chalicelib.calls.services.scenarios import scenario_of_call
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.ai.domain.evaluations import Evaluation
    from chalicelib.ai.domain.rehearsals import Rehearsal
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_EVALUATIONS = "/v1/ai/evaluations"
_EVALUATION = _EVALUATIONS + "/{evaluation_id}"
_ABSENT = {"evaluation_not_found": 404}
_EXAMPLE = {
    "name": "Before the release",
    "repeat": 3,
    "scenarios": [
        {
            "name": "opt-out",
            "agent": {
                "prompt": "You call {{ contact.name }} about a check-up.",
                "greeting": "Hello {{ first_name }}.",
            },
            "steps": [
                {
                    "caller": "Please stop calling me.",
                    "expect": [{"uses": "stop_calling_me"}, {"ends": "hang_up", "reason": "opted_out"}],
                }
            ],
            "contact_after": {"opted_out": True},
        }
    ],
}


@route(
    bp,
    "POST",
    _EVALUATIONS,
    scope=Scope.OPERATOR,
    body=EvaluationIn,
    returns=EvaluationView,
    status=202,
    errors={
        "template_not_found": 404,
        "prompt_not_found": 404,
        "prompt_not_published": 400,
        "bad_template": 400,
        "bad_pattern": 400,
        "unknown_tool": 400,
        "too_many_evaluations": 409,
    },
    example=_EXAMPLE,
)
def start_evaluation(request: Request[EvaluationIn, NoQuery]) -> Evaluation:
    """Have scenarios played, four at a time, on contacts that are made for it and deleted after it.

    Nobody is called and nothing is sent: what would leave the house is answered by the scenario. Three
    evaluations run at a time. When models have cost `max_spend`, what is left is not played, and its results
    say so.
    """
    wish = request.body.wish(request.new_id("eval"))
    return evaluating.start_evaluation(container().ai, CallStage(container().calls), wish)


@route(bp, "GET", _EVALUATIONS, scope=Scope.VIEWER, query=PageQuery, returns=EvaluationList)
def list_evaluations(request: Request[None, PageQuery]) -> Page[Evaluation]:
    """List evaluations of the last 90 days, newest first."""
    return evaluating.list_evaluations(container().ai, request.query.page_size, request.start)


@route(bp, "GET", _EVALUATION, scope=Scope.VIEWER, returns=EvaluationReportView, errors=_ABSENT)
def get_evaluation(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read an evaluation: how far it is, and what came of each scenario so far."""
    return report_view(*evaluating.read_report(container().ai, request.path["evaluation_id"]))


@route(
    bp,
    "GET",
    _EVALUATION + "/results",
    scope=Scope.VIEWER,
    query=PageQuery,
    returns=RehearsalList,
    errors=_ABSENT,
)
def list_evaluation_results(request: Request[None, PageQuery]) -> Page[Rehearsal]:
    """List each playing, word by word, in order."""
    evaluation_id, size = request.path["evaluation_id"], request.query.page_size
    return evaluating.list_rehearsals(container().ai, evaluation_id, size, request.start)


@route(
    bp,
    "GET",
    "/v1/calls/{call_id}/scenario",
    scope=Scope.OPERATOR,
    returns=ScenarioDocument,
    errors={
        "call_not_found": 404,
        "template_not_found": 404,
        "prompt_not_found": 404,
        "nothing_was_said": 409,
    },
)
def get_call_scenario(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Write a call as a scenario: names, numbers and addresses are replaced by made-up ones.

    What no rule knows, such as a street in a sentence, stays: read it before you keep it.
    """
    return {"scenario": document(scenario_of_call(container().calls, request.path["call_id"]))}
