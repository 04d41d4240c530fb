"""People who sign in instead of holding a token: a Cognito user pool, made only when it is asked for."""

from __future__ import annotations

from typing import Any

CONDITION = "CreatesUserPool"
CREATE = "create"
_GROUPS = {  # a group is named as the scope that its people have
    "viewer": "May read",
    "operator": "May read, change and call",
    "admin": "May do everything, tokens and settings included",
}
_MIN_PASSWORD = 12
_ACCESS_MINUTES = 30  # whoever leaves a group keeps its rights for so long at most


def user_resources() -> dict[str, Any]:
    """Describe the pool, its one client without a secret, and a group for each scope."""
    groups = {f"{name.title()}Group": _group(name, what) for name, what in _GROUPS.items()}
    return {"UserPool": _pool(), "UserPoolClient": _client(), **groups}


def pool_id() -> dict[str, Any]:
    """Return the id of the pool that was made or chosen; empty without one."""
    return {"Fn::If": [CONDITION, {"Ref": "UserPool"}, {"Ref": "CognitoUserPool"}]}


def client_id() -> dict[str, Any]:
    """Return the id of the pool's client; empty without one."""
    return {"Fn::If": [CONDITION, {"Ref": "UserPoolClient"}, {"Ref": "CognitoClient"}]}


def _pool() -> dict[str, Any]:
    password = {"MinimumLength": _MIN_PASSWORD, "TemporaryPasswordValidityDays": 7}
    properties = {
        "UserPoolName": {"Ref": "AWS::StackName"},
        "UsernameAttributes": ["email"],
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        "Policies": {"PasswordPolicy": password},
        "MfaConfiguration": "OPTIONAL",
        "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
        "DeletionProtection": {"Fn::If": ["IsAws", "ACTIVE", "INACTIVE"]},
    }
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": "AWS::Cognito::UserPool", "Condition": CONDITION, **kept, "Properties": properties}


def _client() -> dict[str, Any]:
    properties = {
        "ClientName": "api",
        "UserPoolId": {"Ref": "UserPool"},
        "GenerateSecret": False,
        "ExplicitAuthFlows": [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ],
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        "AccessTokenValidity": _ACCESS_MINUTES,
        "TokenValidityUnits": {"AccessToken": "minutes"},
    }
    return {"Type": "AWS::Cognito::UserPoolClient", "Condition": CONDITION, "Properties": properties}


def _group(name: str, description: str) -> dict[str, Any]:
    properties = {"GroupName": name, "Description": description, "UserPoolId": {"Ref": "UserPool"}}
    return {"Type": "AWS::Cognito::UserPoolGroup", "Condition": CONDITION, "Properties": properties}
