"""Cognito as the keeper of people."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.errors import unavailable_on

# What GetUser answers when the fault is the token's or its user's, not Cognito's.
# https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
_REFUSED = frozenset(
    {
        "InvalidParameterException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)


@unavailable_on(BotoCoreError, ClientError)
class CognitoDirectory:
    """Asks Cognito about access tokens, which need no rights of ours; implements `Directory`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def subject_of(self, access_token: str) -> str | None:
        """Give the `sub` of the token's user; None when the token is not or no longer valid."""
        try:
            user = self._client.get_user(AccessToken=access_token)
        except ClientError as error:
            if error.response["Error"]["Code"] in _REFUSED:
                return None
            raise
        attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
        return attributes.get("sub")
