from __future__ import annotations

import base64
import json
import logging
from types import SimpleNamespace

import pytest

from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.entrypoints.middleware.problems import title_of
from chalicelib.kernel.errors import Forbidden, Unavailable
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import issue_token, revoke_token
from infra.stack.gateway import gateway_responses

CONTACTS = "/v1/crm/contacts"
ADA = {"name": "Ada", "phone": "+14155552671"}


class _Raises:
    def __init__(self, error):
        self._error = error

    def get(self, contact_id):
        raise self._error


def _read_with(api, container, error):
    container.crm = SimpleNamespace(contacts=_Raises(error))
    return api.get(f"{CONTACTS}/contact_{'0' * 32}")


def _gateway_event(**changes):
    """Make a proxy event of a REST stage, payload version 1.0, as AWS documents it."""
    event = {
        "resource": CONTACTS,
        "path": CONTACTS,
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json", "Host": "x.execute-api.us-east-1.amazonaws.com"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": CONTACTS,
            "httpMethod": "POST",
            "path": f"/api{CONTACTS}",
            "stage": "api",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": {"principalId": "token_1", "name": "console", "scope": "operator"},
        },
        "body": json.dumps(ADA),
        "isBase64Encoded": False,
    }
    return {**event, **changes}


@pytest.fixture
def invoke(container):
    """Call the REST function with an event of the gateway."""
    from app import app  # noqa: PLC0415

    return lambda event: app(event, SimpleNamespace(aws_request_id="invocation"))


def test_a_request_without_a_token_is_401(api):
    """No route of the API answers without a token."""
    assert api.get(CONTACTS, scope=None).status == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "aics_x", "Bearer aics_" + "x" * 43]
)
def test_a_wrong_token_is_401(api, header):
    """Whatever is no valid token fails with the message that API Gateway turns into 401."""
    assert api.get(CONTACTS, scope=None, headers={"Authorization": header}).status == 401


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer{}"])
def test_a_token_must_come_as_bearer(api, container, scheme):
    """A valid secret under another scheme, or none, is no token."""
    secret, _ = issue_token(container.system, "console", Scope.ADMIN)
    assert api.get(CONTACTS, scope=None, headers={"Authorization": scheme.format(secret)}).status == 401


def test_a_revoked_token_is_401(api, container):
    """A revoked token is refused like one that never was."""
    secret, token = issue_token(container.system, "gone", Scope.ADMIN)
    header = {"Authorization": f"Bearer {secret}"}
    assert api.get(f"{CONTACTS}?phone=%2B14155552671", scope=None, headers=header).status == 200
    revoke_token(container.system, token.id)
    assert api.get(CONTACTS, scope=None, headers=header).status == 401


def test_the_decision_holds_for_every_route(container):
    """The policy that API Gateway keeps allows all methods and paths of the stage, and names the scope."""
    from chalicelib.entrypoints.authorizer import authorize  # noqa: PLC0415

    secret, token = issue_token(container.system, "console", Scope.VIEWER)
    arn = "arn:aws:execute-api:us-east-1:123456789012:abc/api/GET/v1/crm/contacts"
    decision = authorize({"type": "TOKEN", "authorizationToken": f"bearer {secret}", "methodArn": arn}, None)
    assert decision["principalId"] == token.id
    assert decision["context"] == {"name": "console", "scope": "viewer"}
    [statement] = decision["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == ["arn:aws:execute-api:us-east-1:123456789012:abc/api/*/*"]


def test_a_gateway_without_its_authorizer_lets_nobody_in(invoke):
    """When the gateway attaches no identity, the route itself refuses."""
    event = _gateway_event()
    del event["requestContext"]["authorizer"]
    answer = invoke(event)
    assert answer["statusCode"] == 401
    assert answer["headers"]["WWW-Authenticate"] == "Bearer"
    assert json.loads(answer["body"])["code"] == "unauthenticated"


def test_the_gateway_s_request_id_is_everywhere(invoke):
    """The answer's header and a problem's body carry the id that the gateway's logs have."""
    answer = invoke(_gateway_event(body="{}"))
    assert answer["headers"]["X-Request-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    assert json.loads(answer["body"])["request_id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def test_a_base64_body_is_read(invoke):
    """The gateway may encode bodies; the product does not care."""
    body = base64.b64encode(json.dumps(ADA).encode()).decode()
    assert invoke(_gateway_event(body=body, isBase64Encoded=True))["statusCode"] == 201


def test_every_answer_is_private_and_typed(api):
    """Success and refusal alike must not be stored or sniffed."""
    for answer in (api.post(CONTACTS, ADA), api.post(CONTACTS, ADA), api.ask("DELETE", CONTACTS)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]


def test_a_problem_is_a_problem(api):
    """A refusal has the members of RFC 9457 and our stable code."""
    answer = api.post(CONTACTS, {"name": "Ada"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Some fields cannot be accepted; see errors.",
        "code": "invalid_fields",
        "request_id": answer.headers["X-Request-Id"],
        "errors": [{"pointer": "/phone", "detail": "This field is required."}],
    }


@pytest.mark.parametrize("raw", [b"", b"{", b'{"name": "A', b"\xff\xfe", b"nonsense", b"[" * 100_000])
def test_what_is_not_json_is_said_so(api, raw):
    """Broken, empty, wrongly encoded and absurdly nested bodies are a client's error."""
    answer = api.ask("POST", CONTACTS, raw=raw, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.body["code"]) == (400, "bad_json")


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"1"])
def test_json_that_is_no_object_is_a_field_error(api, raw):
    """The pointer of the whole document is the empty one."""
    answer = api.ask("POST", CONTACTS, raw=raw, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert [each["pointer"] for each in answer.body["errors"]] == [""]


def test_a_charset_does_not_hurt(api):
    """Media types may have parameters."""
    sent = {"Content-Type": "application/json; charset=utf-8"}
    assert api.ask("POST", CONTACTS, raw=json.dumps(ADA).encode(), headers=sent).status == 201


def test_another_media_type_is_415(api):
    """A form is not JSON, and the answer says it as a problem."""
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = api.ask("POST", CONTACTS, raw=b"name=Ada", headers=sent)
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")
    assert answer.body["detail"] == "Send application/json."


def test_reading_needs_no_media_type(api):
    """A content type on a request without a body is nobody's business."""
    answer = api.get(f"{CONTACTS}?phone=%2B14155552671", headers={"Content-Type": "text/plain"})
    assert answer.status == 200


def test_another_method_is_405(api):
    """A method that a path does not take is named, with those that it takes."""
    answer = api.ask("DELETE", CONTACTS)
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST", "OPTIONS"}


@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 400), (256 * 1024 + 1, 413)])
def test_bodies_have_a_limit(api, size, status):
    """256 KB are read, and one byte more is refused as too large."""
    raw = b'{"name":"' + b"x" * (size - 11) + b'"}'
    assert len(raw) == size
    assert api.ask("POST", CONTACTS, raw=raw, headers={"Content-Type": "application/json"}).status == status


def test_answers_to_hostile_bodies_stay_small(api):
    """Ten thousand unknown fields do not come back as ten thousand errors."""
    answer = api.post(CONTACTS, {f"field{number}": 1 for number in range(10_000)})
    assert answer.status == 400
    assert len(answer.body["errors"]) == 100


def test_a_fault_hides_its_details(api, container, caplog, monkeypatch):
    """A bug answers 500 with nothing of it; the log has it."""
    monkeypatch.setattr(logging.getLogger("calls"), "propagate", True)
    answer = _read_with(api, container, RuntimeError("password is hunter2"))
    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "hunter2" not in json.dumps(answer.body)
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(("retryable", "seconds"), [(True, "1"), (False, "30")])
def test_an_outage_says_when_to_come_back(api, container, retryable, seconds):
    """A dependency that does not answer is 503 with Retry-After."""
    answer = _read_with(api, container, Unavailable("The table is silent.", retryable=retryable))
    assert (answer.status, answer.headers["Retry-After"]) == (503, seconds)


def test_a_rule_s_refusal_is_403(api, container):
    """What must not be done keeps its code."""
    answer = _read_with(api, container, Forbidden("Not at night.", code="forbidden"))
    assert (answer.status, answer.body["code"], answer.body["detail"]) == (
        403,
        "forbidden",
        "Not at night.",
    )


def test_every_route_is_declared_with_a_summary_and_its_path():
    """The registry describes each route well enough to document it, and none twice."""
    import app  # noqa: F401, PLC0415

    assert all(route.summary and route.path.startswith(("/v1/", "/health")) for route in ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


def test_only_health_the_contract_and_signed_links_are_open():
    """Every other route asks for a token; what a link opens asks for its signature."""
    import app  # noqa: F401, PLC0415

    assert {route.path for route in ROUTES if route.scope is None} == {
        "/health",
        "/health/ready",
        "/v1/openapi.json",
        "/v1/scheduling/bookings/{booking_id}/invitation",
        "/v1/scheduling/calendars/{calendar_id}/feed",
    }


def test_the_gateway_and_the_functions_call_a_status_the_same():
    """Who refuses is nothing that a client should see by the title."""
    responses = gateway_responses()["RestAPI"]["Properties"]["GatewayResponses"]
    problems = [json.loads(each["ResponseTemplates"]["application/json"]) for each in responses.values()]
    assert all(each["title"] == title_of(each["status"]) for each in problems)
    headers = [each["ResponseParameters"]["Headers"] for each in responses.values()]
    assert {each["X-Request-Id"] for each in headers} == {"context.requestId"}


@pytest.mark.parametrize("kind", ["AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"])
def test_a_token_that_could_not_be_checked_is_to_be_sent_again(kind):
    """The authorizer did not answer, or in vain: nothing was done, and it is no fault of the request."""
    response = gateway_responses()["RestAPI"]["Properties"]["GatewayResponses"][kind]
    body = json.loads(response["ResponseTemplates"]["application/json"])
    assert (response["StatusCode"], body["status"], body["code"]) == ("503", 503, "unavailable")
    assert response["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"
