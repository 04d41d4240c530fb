"""Decides which files of the runtime wheels ship; choosing whole wheels belongs to `infra.wheels`.

Decisions, each measured on the locked versions:

* botocore ships although Lambda's runtime has one: 2 MB instead of 29 after keeping only the services that
  the application calls, and the version that was tested is the version that runs, wherever it runs.
* phonenumbers keeps numbers and time zones. Carrier names and short numbers go (each region's are loaded when
  they are asked for, and nobody asks); its names of countries stay, and the names of places are reduced
  to English ones of country code 1 (`infra.geocoder`): 19 MB become less than one.
* pydantic ships without its copy of version 1, which nothing here speaks, and without its plugin for mypy;
  anyio without Trio, urllib3 without browsers, dateutil without zones of its own (tzdata has them).
* twilio keeps calls, messages, conferences with their participants, recordings, TwiML and request validation.
  Its client imports every resource of an account; the others ship as outlines (`infra.outlines`): 6 MB less.
* openai keeps chat completions, responses and what they import: the other resources load only when they are
  named on a client, and their models were half of the package.
* chalice keeps what a function imports; its command line, deployer and templates do not ship.
* aws-lambda-powertools keeps idempotency without its own storages: its package imports the one that needs
  boto3, which does not ship, so that file ships empty and the modules below it are imported by name. Its
  copy of Swagger UI goes: the page at `/docs` has its own. Utilities go that nothing imports
  (its parser stays: the one for batches imports it, if pydantic is there).
* aws-lambda-powertools imports all that it offers, and with it asyncio, whoever wants one name: its packages
  ship so that they import a name when it is asked for (`infra.lazy_names`).
* botocore's list of addresses is reduced to those services (`infra.endpoints`): 1 MB less to read, too.
* icalendar and recurring-ical-events ship whole but for their suites, 2 MB in all; x-wr-timezone, which the
  latter needs, without its command line, and so without click.
* Of a `dist-info` folder only METADATA stays, so that `importlib.metadata` answers.
"""

from __future__ import annotations

import re

BOTOCORE_SERVICES = frozenset(
    {
        *("apigatewaymanagementapi", "bedrock-runtime", "cognito-idp", "dynamodb", "events", "s3"),
        *("scheduler", "secretsmanager", "sqs", "sts"),
    }
)
# What the list of addresses calls them, where it is something else.
ENDPOINT_NAMES = frozenset({"execute-api", "bedrock"})
_BOTOCORE_SHARED = frozenset(
    {"endpoints.json", "partitions.json", "_retry.json", "sdk-default-configuration.json"}
)
_CHALICE_RUNTIME = frozenset({"chalice/__init__.py", "chalice/app.py", "chalice/py.typed"})
_TWILIO_DOMAINS = frozenset({"__init__.py", "api"})
_TWILIO_ACCOUNT = "twilio/rest/api/v2010/account/"
_TWILIO_RESOURCES = frozenset({"", "call", "conference", "conference/participant", "message", "recording"})

LATE = frozenset(
    f"aws_lambda_powertools/{package}__init__.py"
    for package in ("", "event_handler/", "utilities/data_classes/")
)
COMMAND_LINES = frozenset({"x_wr_timezone.py"})
EMPTIED = frozenset({"aws_lambda_powertools/utilities/idempotency/__init__.py"})

_OPENAI_UNUSED = (
    "admin|beta|containers|conversations|evals|fine_tuning|live|realtime|safety|skills|vector_stores"
)

_POWERTOOLS_UNUSED = "auth_alpha|circuit_breaker|feature_flags|kafka"

_NEVER = re.compile(
    rf"""
    (^|/)tests?/                                # suites of the libraries
    | \.(pyi|c|pyx|pxd|h|exe|txt\.gz)$          # sources of extensions, type stubs
    | ^[^/]+\.dist-info/(?!METADATA$)
    | ^[^/]+\.data/(scripts|headers|data)/
    | ^phonenumbers/(carrierdata|geodata/(data\d+|__init__)\.py)
    | ^phonenumbers/carrier\.py$
    | ^phonenumbers/shortdata/region_
    | ^openai/(resources|types)/({_OPENAI_UNUSED})/
    | ^openai/cli/
    | ^aws_lambda_powertools/utilities/idempotency/persistence/(dynamodb|redis|cache)\.py$
    | ^aws_lambda_powertools/utilities/({_POWERTOOLS_UNUSED})/
    | ^aws_lambda_powertools/event_handler/openapi/swagger_ui/.*\.(js|css)$
    | ^jinja2/ext_tests/
    | ^pydantic/(v1/|mypy\.py$)
    | ^anyio/(pytest_plugin|_backends/_trio)\.py$
    | ^urllib3/contrib/emscripten/
    | ^dateutil/zoneinfo/.*\.tar\.gz$
    | ^twilio/http/async_http_client\.py$
    """,
    re.VERBOSE,
)


def ships(name: str) -> bool:
    """Whether the member `name` of a wheel belongs in the package."""
    if name.endswith("/") or _NEVER.search(name):
        return False
    return _botocore_ships(name) and _chalice_ships(name) and _twilio_ships(name)


def _botocore_ships(name: str) -> bool:
    if not name.startswith("botocore/data/"):
        return True
    return name.split("/")[2].removesuffix(".gz") in BOTOCORE_SERVICES | _BOTOCORE_SHARED


def _chalice_ships(name: str) -> bool:
    return not name.startswith("chalice/") or name in _CHALICE_RUNTIME


def _twilio_ships(name: str) -> bool:
    if not name.startswith("twilio/rest/"):
        return True
    resource = _twilio_resource(name)
    is_known = resource in _TWILIO_RESOURCES or resource.rpartition("/")[0] in _TWILIO_RESOURCES
    return name.split("/")[2] in _TWILIO_DOMAINS and is_known


def is_outlined(name: str) -> bool:
    """Whether the member `name` of a wheel ships as an outline: others import it, and nobody uses it."""
    return _twilio_resource(name) not in _TWILIO_RESOURCES


def _twilio_resource(name: str) -> str:
    """Name the resource of an account that a module is for; empty for the account and for all else."""
    if not name.startswith(_TWILIO_ACCOUNT):
        return ""
    return name.removeprefix(_TWILIO_ACCOUNT).removesuffix("__init__.py").removesuffix(".py").strip("/")
