"""People are admitted by what Cognito confirms of our own pool, and by nothing else."""

from __future__ import annotations

import base64
import io
import json

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from fakes.users import access_token

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters.cognito import CognitoDirectory
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.domain.users import UserPool, claimed
from chalicelib.system.services.users import authenticate_user

POOL = UserPool("eu-central-1_Ab1", "client1")
CLAIMS = {
    "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1",
    "client_id": "client1",
    "token_use": "access",
    "sub": "5e1f",
    "username": "ada",
    "cognito:groups": ["operator"],
}


@pytest.fixture
def people(system):
    """Give the system's ports with a user pool."""
    system.user_pool = POOL
    return system


def _admitted(people, **claims):
    return authenticate_user(people, people.directory.issue(**{**CLAIMS, **claims}))


def test_somebody_of_a_group_is_admitted_with_its_scope(people):
    """Who it is and what it may do come from the token that Cognito confirmed."""
    principal = _admitted(people)
    assert (principal.token_id, principal.name, principal.scope) == ("cognito:5e1f", "ada", Scope.OPERATOR)


@pytest.mark.parametrize(
    ("groups", "scope"),
    [
        (["viewer"], Scope.VIEWER),
        (["admin", "viewer"], Scope.ADMIN),
        (["viewer", "operator", "sales"], Scope.OPERATOR),
    ],
)
def test_the_highest_group_counts(people, groups, scope):
    """Groups of other names mean nothing."""
    assert _admitted(people, **{"cognito:groups": groups}).scope is scope


@pytest.mark.parametrize("groups", [None, [], ["sales"], ["Admin"], "admin", {"admin": 1}])
def test_without_a_group_nobody_is_admitted(people, groups):
    """A user of the pool who is in none of the three groups may do nothing."""
    assert _admitted(people, **{"cognito:groups": groups}) is None


@pytest.mark.parametrize(
    "foreign",
    [
        {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other"},
        {"iss": "https://cognito-idp.us-east-1.amazonaws.com/eu-central-1_Ab1"},
        {"iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1/"},
        {"iss": "https://evil.example/eu-central-1_Ab1"},
        {"iss": None},
        {"client_id": "client2"},
        {"client_id": None},
        {"token_use": "id"},
        {"token_use": None},
    ],
)
def test_tokens_of_others_are_refused_unasked(people, foreign):
    """Another pool's, another client's and identity tokens are refused, though Cognito would confirm them."""
    assert _admitted(people, **foreign) is None
    assert people.directory.asked == 0


def test_what_cognito_does_not_confirm_is_refused(people):
    """Forged, expired and revoked tokens claim everything, and are nobody's."""
    assert authenticate_user(people, access_token(**CLAIMS)) is None
    token = people.directory.issue(**CLAIMS)
    assert authenticate_user(people, token) is not None
    people.directory.revoke(token)
    assert authenticate_user(people, token) is None


def test_the_confirmed_user_must_be_the_claimed_one(people):
    """What Cognito says of the token must agree with what is read from it."""
    token = people.directory.issue(**CLAIMS)
    people.directory.subject_of = lambda _: "somebody-else"
    assert authenticate_user(people, token) is None


def test_without_a_pool_no_token_is_looked_at(system):
    """The option is off unless a pool is configured."""
    token = system.directory.issue(**CLAIMS)
    assert authenticate_user(system, token) is None
    assert system.directory.asked == 0


@pytest.mark.parametrize(
    "token",
    [
        *("", "a.b", "a.b.c.d", "a.!.c", "ä.ä.ä"),
        *(f"a.{base64.b64encode(claims).decode()}.c" for claims in (b"[]", b"[" * 5000, b"\xff")),
        access_token(**CLAIMS, more="x" * 9000),
    ],
)
def test_what_is_no_token_is_refused(people, token):
    """Nothing that a caller can send makes the reader fail or ask."""
    assert claimed(token) is None
    assert authenticate_user(people, token) is None
    assert people.directory.asked == 0


def _refusing(code):
    def get_user(**_):
        raise ClientError({"Error": {"Code": code}}, "GetUser")

    return get_user


class _Cognito:
    """A client of Cognito that answers as it is told."""

    def __init__(self, get_user):
        self.get_user = get_user


@pytest.mark.parametrize(
    "code", ["NotAuthorizedException", "UserNotFoundException", "PasswordResetRequiredException"]
)
def test_cognitos_refusal_is_a_refusal(code):
    """A token or user at fault is nobody."""
    assert CognitoDirectory(_Cognito(_refusing(code))).subject_of("t") is None


@pytest.mark.parametrize(
    "code", ["InternalErrorException", "TooManyRequestsException", "ThrottlingException"]
)
def test_cognitos_silence_admits_nobody(people, code):
    """When Cognito cannot tell, neither can we: the request fails, it does not pass."""
    people.directory = CognitoDirectory(_Cognito(_refusing(code)))
    with pytest.raises(Unavailable):
        authenticate_user(people, access_token(**CLAIMS))


def test_a_connection_that_fails_admits_nobody(people):
    """No answer is no admission."""

    def silent(**_):
        raise ConnectTimeoutError(endpoint_url="https://cognito")

    people.directory = CognitoDirectory(_Cognito(silent))
    with pytest.raises(Unavailable):
        authenticate_user(people, access_token(**CLAIMS))


def test_the_token_goes_to_cognito_as_it_came():
    """GetUser is asked about the very text whose claims are read."""
    asked = io.StringIO()

    def get_user(AccessToken):  # noqa: N803  botocore's name
        asked.write(AccessToken)
        return {"Username": "ada", "UserAttributes": [{"Name": "sub", "Value": "5e1f"}]}

    assert CognitoDirectory(_Cognito(get_user)).subject_of("the token") == "5e1f"
    assert asked.getvalue() == "the token"
    assert json.dumps(claimed(access_token(**CLAIMS))) == json.dumps(CLAIMS)
