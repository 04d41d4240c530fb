"""The options that commands of contacts share: their details, and which of them are meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.moments import MOMENT, MOMENT_HELP

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.commands.remote import Remote

CONTACTS = "/v1/crm/contacts"
STATUSES = ("lead", "prospect", "customer", "inactive", "do_not_contact")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SORTS = ("created_at", "updated_at", "last_contacted_at", "name")
ADDRESS = {"street": "street", "city": "city", "region": "region", "postal_code": "postal_code"}
ADDRESS |= {"address_country": "country"}
_PLAIN = (
    *("country", "name", "phone", "email", "company", "title", "time_zone", "language"),
    *("preferred_channel", "source", "status", "owner"),
)

sort_option = click.option(
    "--sort",
    type=click.Choice([sign + name for name in _SORTS for sign in ("", "-")]),
    help="The order; a minus is descending. Default: -created_at.",
)
_FILTERS = (
    click.option("--status", type=click.Choice(STATUSES), help="Only with this status."),
    click.option("--tag", help="Only with this tag, by name or id."),
    click.option("--owner", help="Only of this owner: the whole name, whatever its case."),
    click.option("--company", help="Only of this company: the whole name, whatever its case."),
    click.option("--source", help="Only from this source."),
    click.option("--created-from", type=MOMENT, help=f"Not created before, {MOMENT_HELP}."),
    click.option("--created-until", type=MOMENT, help="Created before; written likewise."),
    click.option("--updated-from", type=MOMENT, help="Not changed last before; written likewise."),
    click.option("--updated-until", type=MOMENT, help="Changed last before; written likewise."),
    click.option("--contacted-from", type=MOMENT, help="Not reached last before; written likewise."),
    click.option("--contacted-until", type=MOMENT, help="Reached last before; written likewise."),
)
_DETAILS = (
    click.option("--country", help="ISO code of the country of national numbers, such as US."),
    click.option("--other-phone", "other_phones", multiple=True, help="A further number; may be repeated."),
    click.option("--email", help="The address for letters."),
    click.option("--company", help="Where they work."),
    click.option("--title", help="What they do there."),
    click.option("--street", help="Address: street and number."),
    click.option("--city", help="Address: city."),
    click.option("--region", help="Address: state or region."),
    click.option("--postal-code", help="Address: postal code."),
    click.option("--address-country", help="Address: ISO code of the country."),
    click.option("--time-zone", help="Such as America/New_York."),
    click.option("--language", help="Such as en-US."),
    click.option(
        "--preferred-time",
        "preferred_times",
        multiple=True,
        help="Such as 'mon-fri 09:00-12:00', in their own time; may be repeated.",
    ),
    click.option(
        "--preferred-channel",
        type=click.Choice(["call", "sms", "email"]),
        help="How they like to be reached.",
    ),
    click.option("--source", help="Where the contact came from, such as web_form."),
    click.option("--status", type=click.Choice(STATUSES), help="Where the contact stands."),
    click.option("--owner", help="Who looks after the contact."),
    click.option("--field", "fields", multiple=True, help="A custom field as KEY=VALUE; may be repeated."),
)


def contact_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the filters of the list of contacts, named as the API's."""
    return _with(_FILTERS, command)


def contact_details(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the details of a contact; `details_of` reads them."""
    return _with(_DETAILS, command)


def _with(options: tuple[Callable[..., Any], ...], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def details_of(api: Remote, options: dict[str, Any]) -> dict[str, Any]:
    """Give what was typed of a contact's details as the API takes it.

    A custom field with nothing behind the `=` is cleared.
    """
    found: dict[str, Any] = {name: options[name] for name in _PLAIN if options.get(name) is not None}
    if options["other_phones"]:
        found["other_phones"] = list(options["other_phones"])
    if options["preferred_times"]:
        found["preferred_times"] = list(map(_preferred_time, options["preferred_times"]))
    if address := {part: options[name] for name, part in ADDRESS.items() if options[name] is not None}:
        found["address"] = address
    if options["fields"]:
        found["custom_fields"] = _custom_fields(api, options["fields"])
    return found


def _preferred_time(text: str) -> dict[str, Any]:
    """Read `mon-fri 09:00-12:00` or `tue,thu 18:00-20:00`."""
    days, space, hours = text.partition(" ")
    start, dash, end = hours.strip().partition("-")
    if not (space and dash):
        raise click.UsageError(f"{text!r} is not like 'mon-fri 09:00-12:00'.")
    return {"days": _days(days), "start": start, "end": end}


def _days(text: str) -> list[str]:
    named: list[str] = []
    for part in text.lower().split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise click.UsageError(f"{part!r} is no day: use {', '.join(_DAYS)}, or a span such as mon-fri.")
        named += _DAYS[_DAYS.index(first) : _DAYS.index(last or first) + 1]
    return named


def _custom_fields(api: Remote, typed: tuple[str, ...]) -> dict[str, Any]:
    kinds = {each["key"]: each["kind"] for each in api.ask("GET", "/v1/crm/custom-fields").body["items"]}
    values: dict[str, Any] = {}
    for text in typed:
        key, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"{text!r} is not KEY=VALUE.")
        values[key] = _typed(value) if kinds.get(key) in {"number", "boolean"} else value or None
    return values


def _typed(text: str) -> Any:
    """Read a number, or true and false; what is neither is left to the API to refuse."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
