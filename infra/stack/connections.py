"""Parameters, the connections secret and the functions' environment; values come from whoever deploys."""

from __future__ import annotations

import json
from typing import Any

from infra.stack.schedules import schedule_environment
from infra.stack.tables import TABLES
from infra.stack.users import CONDITION, CREATE, client_id, pool_id

# A quote or a backslash would break the secret's JSON, which CloudFormation builds by substitution.
_PLAIN = r'^[^"\\]*$'

# Functions read the secret once a process. This variable changes with the addresses in it, so that a
# deployment replaces the processes; it holds nothing secret.
_CONNECTIONS_OF = {
    "Fn::Sub": "${TwilioAccountSid} ${TwilioApiUrl} ${TwilioFromNumbers} ${OpenaiBaseUrl} ${OpenaiModel}"
    " ${PublicWebhookUrl} ${PublicSocketUrl} ${PublicApiUrl} ${ModelProviders}"
}

# Parameters that are JSON. One that names a key in the list would show it to whoever may see the stack.
_JSON = ("ModelProviders", "ModelProviderKeys")
_NO_KEY = r"^(?![\s\S]*api_key)[\s\S]*$"
_LONGEST_JSON = 2000

SOCKET_STAGE = "api"
SECRET_NAME = {"Fn::Sub": "${AWS::StackName}/connections"}
SIGNING_KEY_NAME = {"Fn::Sub": "${AWS::StackName}/signing-key"}
_SIGNING_KEY_CHARACTERS = 64


def parameters() -> dict[str, Any]:
    """List what a deployment may set; the Twilio account, tokens and numbers and the model key must be."""
    return {**_connected(), **_dialing(), **_serving()}


def _connected() -> dict[str, Any]:
    return {
        "Env": {"Type": "String", "AllowedValues": ["local", "aws"], "Default": "aws"},
        "LocalEndpoint": _text("Address of the local cloud; used when Env is local", default=""),
        "TwilioAccountSid": _text("Twilio account (AC…)"),
        "TwilioAuthTokens": _secret("Twilio auth tokens, comma separated; the first signs REST requests"),
        "TwilioApiUrl": _text("Address of Twilio's REST API", default="https://api.twilio.com"),
        "TwilioFromNumbers": _text("Numbers that calls are placed from, comma separated, E.164"),
        "OpenaiApiKey": _secret("Key of the model provider"),
        "OpenaiBaseUrl": _text("Address of an OpenAI-compatible API", default="https://api.openai.com/v1"),
        "OpenaiModel": _text("Model that holds the conversations", default="gpt-4.1-mini"),
        "ModelProviders": _json(
            "Providers to ask instead of the one above, in order, without keys: a JSON list", "[]"
        ),
        "ModelProviderKeys": _json("Keys of those providers by name: a JSON object", "{}") | {"NoEcho": True},
        "PublicWebhookUrl": _text(
            "Public address of the webhooks; empty: the function's own URL", default=""
        ),
        "PublicSocketUrl": _text("Public address of the socket; empty: the API's own URL", default=""),
        "PublicApiUrl": _text("Public address of the REST API; empty: its own URL", default=""),
    }


def _dialing() -> dict[str, Any]:
    return {
        "AllowedCountries": _text("Countries that may be called, ISO codes, comma separated", default="US")
        | {
            "AllowedPattern": "^ *[A-Za-z]{2} *(, *[A-Za-z]{2} *)*$",
            "ConstraintDescription": "Write ISO 3166 codes of two letters, comma separated, such as US,GB",
        },
        "DialingEnabled": {
            "Type": "String",
            "AllowedValues": ["true", "false"],
            "Default": "true",
            "Description": "false: nothing is dialed, whatever the settings say; calls wait",
        },
        "CallingHours": _text("When people may be called, in their local time", default="08:00-21:00")
        | {
            "AllowedPattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
            "ConstraintDescription": "Write two times of the day with a hyphen, such as 08:00-21:00",
        },
        "SpeechCharsPerSecond": {
            "Type": "Number",
            "Default": 15,
            "MinValue": 1,
            "Description": "How fast the voice speaks; after a goodbye the call ends when it has been heard",
        },
        "SilencePatienceSeconds": {
            "Type": "Number",
            "Default": 10,
            "MinValue": 1,
            "MaxValue": 60,
            "Description": "How long a caller may be silent after our words before the agent asks again",
        },
    }


def _serving() -> dict[str, Any]:
    return {
        "TokenRequestsPerMinute": _number("REST requests a minute that one token may make", 600),
        "AddressRequestsPerMinute": _number("REST requests a minute that one caller address may make", 1200),
        "CorsOrigins": _text("Origins whose pages may call the API, comma separated", default=""),
        "WebhookAllowedNetworks": _text(
            "Networks (CIDR, comma separated) that webhooks may reach although they are not public",
            default="",
        ),
        "CognitoUserPool": _text(
            "User pool whose people may use the API: its id; create: a new one", default=""
        )
        | {"AllowedPattern": f"^({CREATE}|[a-z0-9-]+_[A-Za-z0-9]+)?$"},
        "CognitoClient": _text("Client of that user pool, if it exists already", default=""),
        "ReserveCapacity": {"Type": "String", "AllowedValues": ["true", "false"], "Default": "true"},
        "LogLevel": {
            "Type": "String",
            "AllowedValues": ["DEBUG", "INFO", "WARNING", "ERROR"],
            "Default": "INFO",
        },
    }


def conditions() -> dict[str, Any]:
    """List the template's only branches: where it runs, which addresses and capacity were chosen."""
    return {
        "IsAws": {"Fn::Equals": [{"Ref": "Env"}, "aws"]},
        CONDITION: {"Fn::Equals": [{"Ref": "CognitoUserPool"}, CREATE]},
        "ReservesCapacity": {"Fn::Equals": [{"Ref": "ReserveCapacity"}, "true"]},
        "OwnWebhookUrl": {"Fn::Equals": [{"Ref": "PublicWebhookUrl"}, ""]},
        "OwnSocketUrl": {"Fn::Equals": [{"Ref": "PublicSocketUrl"}, ""]},
        "OwnApiUrl": {"Fn::Equals": [{"Ref": "PublicApiUrl"}, ""]},
    }


def secret_resource() -> dict[str, Any]:
    """Describe the one secret. It knows the functions' addresses; they know its name only: no circle.

    A function URL ends in `/`; readers of `webhook_url` strip it.
    """
    template = json.dumps(
        {
            "twilio_account_sid": "${TwilioAccountSid}",
            "twilio_auth_tokens": "${TwilioAuthTokens}",
            "twilio_api_url": "${TwilioApiUrl}",
            "twilio_from_numbers": "${TwilioFromNumbers}",
            "openai_api_key": "${OpenaiApiKey}",
            "openai_base_url": "${OpenaiBaseUrl}",
            "openai_model": "${OpenaiModel}",
            "providers": "${ModelProviders}",
            "provider_keys": "${ModelProviderKeys}",
            "webhook_url": "${WebhookUrl}",
            "socket_url": "${SocketUrl}",
            "api_url": "${ApiUrl}",
        }
    )
    for parameter in _JSON:  # these are JSON themselves, and stand in it as they are
        template = template.replace(f'"${{{parameter}}}"', f"${{{parameter}}}")
    return {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "Name": SECRET_NAME,
            "Description": "Accounts, keys and public addresses of the call system",
            "SecretString": {
                "Fn::Sub": [
                    template,
                    {"WebhookUrl": webhook_url(), "SocketUrl": socket_url(), "ApiUrl": api_url()},
                ]
            },
        },
    }


def signing_key_resource() -> dict[str, Any]:
    """Describe the key that signs page tokens: made by the deployment, seen by nobody, kept by updates."""
    generated = {"PasswordLength": _SIGNING_KEY_CHARACTERS, "ExcludePunctuation": True}
    return {
        "Type": "AWS::SecretsManager::Secret",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "Name": SIGNING_KEY_NAME,
            "Description": "Signs the page tokens of the call system's API",
            "GenerateSecretString": generated,
        },
    }


def webhook_url() -> dict[str, Any]:
    """Return the address that Twilio posts to."""
    own = {"Fn::GetAtt": ["HookUrl", "FunctionUrl"]}
    return {"Fn::If": ["OwnWebhookUrl", own, {"Ref": "PublicWebhookUrl"}]}


def socket_url() -> dict[str, Any]:
    """Return the address that ConversationRelay connects to."""
    own = {
        "Fn::Sub": f"wss://${{WebsocketAPI}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{SOCKET_STAGE}"
    }
    return {"Fn::If": ["OwnSocketUrl", own, {"Ref": "PublicSocketUrl"}]}


def api_url() -> dict[str, Any]:
    """Return the address at which others reach the REST API."""
    own = {"Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    return {"Fn::If": ["OwnApiUrl", own, {"Ref": "PublicApiUrl"}]}


def environment() -> dict[str, Any]:
    """Environment variables of every function."""
    tables = {variable: {"Ref": table} for table, variable in TABLES.items()}
    return tables | {
        "DIAL_QUEUE_URL": {"Ref": "DialQueue"},
        "URGENT_QUEUE_URL": {"Ref": "UrgentQueue"},
        "POST_CALL_QUEUE_URL": {"Ref": "PostCallQueue"},
        "NEWS_QUEUE_URL": {"Ref": "NewsQueue"},
        "JOBS_QUEUE_URL": {"Ref": "JobsQueue"},
        "CAMPAIGNS_QUEUE_URL": {"Ref": "CampaignsQueue"},
        **schedule_environment(),
        "FILES_BUCKET": {"Ref": "FilesBucket"},
        "EVENT_BUS_NAME": {"Ref": "AWS::StackName"},
        "CONNECTIONS_SECRET": SECRET_NAME,
        "SIGNING_KEY_SECRET": SIGNING_KEY_NAME,
        "SOCKET_API_ENDPOINT": {"Fn::If": ["IsAws", _management_url(), _local_management_url()]},
        "CONNECTIONS_OF": _CONNECTIONS_OF,
        "ALLOWED_COUNTRIES": {"Ref": "AllowedCountries"},
        "DIALING_ENABLED": {"Ref": "DialingEnabled"},
        "CALLING_HOURS": {"Ref": "CallingHours"},
        "SPEECH_CHARS_PER_SECOND": {"Ref": "SpeechCharsPerSecond"},
        "SILENCE_PATIENCE_SECONDS": {"Ref": "SilencePatienceSeconds"},
        "TOKEN_REQUESTS_PER_MINUTE": {"Ref": "TokenRequestsPerMinute"},
        "ADDRESS_REQUESTS_PER_MINUTE": {"Ref": "AddressRequestsPerMinute"},
        "CORS_ORIGINS": {"Ref": "CorsOrigins"},
        "WEBHOOK_ALLOWED_NETWORKS": {"Ref": "WebhookAllowedNetworks"},
        "COGNITO_USER_POOL_ID": pool_id(),
        "COGNITO_CLIENT_ID": client_id(),
        "LOG_LEVEL": {"Ref": "LogLevel"},
    }


def _management_url() -> dict[str, Any]:
    host = "${WebsocketAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
    return {"Fn::Sub": f"https://{host}/{SOCKET_STAGE}"}


def _local_management_url() -> dict[str, Any]:
    return {"Fn::Sub": f"${{LocalEndpoint}}/_aws/execute-api/${{WebsocketAPI}}/{SOCKET_STAGE}"}


def _text(description: str, default: str | None = None) -> dict[str, Any]:
    parameter = {"Type": "String", "Description": description, "AllowedPattern": _PLAIN}
    return parameter if default is None else parameter | {"Default": default}


def _json(description: str, default: str) -> dict[str, Any]:
    text = {"Type": "String", "Description": description, "Default": default}
    return text | {"AllowedPattern": _NO_KEY, "MaxLength": _LONGEST_JSON}


def _number(description: str, default: int) -> dict[str, Any]:
    return {"Type": "Number", "Default": default, "MinValue": 1, "Description": description}


def _secret(description: str) -> dict[str, Any]:
    return _text(description) | {"NoEcho": True}
