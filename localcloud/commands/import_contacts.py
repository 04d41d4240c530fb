"""Contacts out of a file: uploaded, started, followed; what came of the rows, and how to mend the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from localcloud.commands.changing import given
from localcloud.commands.contact_options import CONTACTS, STATUSES
from localcloud.commands.csv_files import join_parts, new_file
from localcloud.commands.following import Standing, follow, shown_progress
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import RefusedError, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.commands.remote import Remote

IMPORTS = "/v1/crm/imports"
_OVER = frozenset({"done", "failed", "cancelled"})
_DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
_BODY = (
    *("on_duplicate", "validate_only", "encoding", "default_country", "date_order", "time_zone"),
    *("language", "source", "status", "owner", "tags"),
)
_MAX_NAME = 200
_MAPPING = (Column("column", least=12), Column("field"))
_DUPLICATES = tuple(map(Column, ("row", "phone", "outcome", "contact_id", "earlier_row")))
_ESSENTIAL_OF_DUPLICATES = ("row", "phone", "outcome", "contact_id")
_COUNTS = ("created", "updated", "unchanged", "skipped", "failed", "duplicates")

_OPTIONS = (
    click.option(
        "--map",
        "mapping",
        multiple=True,
        help="COLUMN=field for a column that is guessed wrong, as 'Tel.=phone'; COLUMN= leaves it out.",
    ),
    click.option(
        "--on-duplicate",
        type=click.Choice(["skip", "update", "fail"]),
        default="skip",
        show_default=True,
        help="What happens to a row whose number a contact has already.",
    ),
    click.option("--validate-only", is_flag=True, help="Write no contact; tell what would happen."),
    click.option("--country", "default_country", help="ISO code of the country of national numbers, as US."),
    click.option("--tag", "tags", multiple=True, help="A tag for every contact; may be repeated."),
    click.option("--encoding", help="Default: guessed. Such as utf-8, utf-16, windows-1252."),
    click.option("--delimiter", type=click.Choice(list(_DELIMITERS)), help="Default: guessed."),
    click.option(
        "--date-order", type=click.Choice(["dmy", "mdy"]), help="Of dates like 3/4/2026. Default: guessed."
    ),
    click.option("--time-zone", help="Of contacts of whom the file does not say it."),
    click.option("--language", help="Of contacts of whom the file does not say it."),
    click.option("--status", type=click.Choice(STATUSES), help="Of new contacts, if the file does not say."),
    click.option("--owner", help="Of new contacts, if the file does not say."),
    click.option("--source", help="Of new contacts, if the file does not say."),
)


def _import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("import-contacts")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_import_options
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that were not imported into this CSV file, each with what is wrong.",
)
@click.option(
    "--follow",
    "import_id",
    metavar="IMPORT_ID",
    help="Follow a running import, by its id, instead of beginning one.",
)
@json_option
@uses_api
def import_contacts(
    api: Remote,
    *,
    file: Path | None,
    rejected: Path | None,
    import_id: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Import contacts from a CSV FILE of any spreadsheet or CRM.

    Encoding, delimiter and the columns' fields are guessed and shown; HubSpot, Salesforce, Google and Outlook
    exports are recognised. Try with --validate-only first. Importing the same file again changes nothing.
    Ctrl-C leaves the import running.

    \b
    Examples:
      import-contacts leads.csv --country US --validate-only
      import-contacts leads.csv --map 'Tel.=phone' --map 'Remarks=' --on-duplicate update
      import-contacts leads.csv --tag 'Trade fair' --rejected to-mend.csv

    Exit codes: 0 all rows went in, 1 some were rejected or the import failed, 2 wrong usage.
    """  # noqa: D301  the command line keeps lines behind a backspace
    if (file is None) == (import_id is None):
        raise click.UsageError("Give either a FILE or --follow with an import's id.")
    body = _body(options)
    begun = _begin(api, file, body) if file else import_id
    done = follow_import(api, str(begun))
    print_import(done, as_json=as_json)
    if rejected and done["counts"]["failed"]:
        count = write_rejected(api, done["id"], rejected)
        click.echo(f"rejected rows in {rejected}: {count}; mend and import it", err=True)
    raise SystemExit(0 if done["state"] == "done" and not done["counts"]["failed"] else 1)


def follow_import(api: Remote, import_id: str) -> dict[str, Any]:
    """Wait until an import is over, showing its rows; give it."""
    hint = (
        f"the import goes on; follow it with `import-contacts --follow {import_id}`, "
        f"stop it with `imports cancel {import_id}`"
    )
    return follow(lambda: _read(api, import_id), _standing, noun="rows", hint=hint)


def print_import(found: dict[str, Any], *, as_json: bool) -> None:
    """Print what an import did: JSON, or the mapping, the counts and the first errors with their remedies."""
    if as_json:
        print_object(found, as_json=True)
        return
    click.echo(f"{found['file_name']}: {found['state']}  ({found['id']})")
    told = (_format(found), found["message"], "the file has no rows" if found["rows_total"] == 0 else None)
    for line in filter(None, told):
        click.echo(f"  {line}")
    if found["mapping"]:
        columns = [{"column": name, "field": to or "(not imported)"} for name, to in found["mapping"].items()]
        print_items(columns, _MAPPING, as_json=False)
    would = "would be " if found["validate_only"] else ""
    counts = {f"{would}{name}": found["counts"][name] for name in _COUNTS}
    print_object({"rows": found["rows_total"], **counts}, as_json=False)
    if found.get("first_duplicates"):
        click.echo("\nduplicates, the first:")
        print_items(found["first_duplicates"], _DUPLICATES, _ESSENTIAL_OF_DUPLICATES, as_json=False)
    _print_errors(found)


def write_rejected(api: Remote, import_id: str, file: Path) -> int:
    """Write the rows that were not imported as CSV; give how many."""
    with new_file(file) as out:
        return join_parts(out, api.texts(f"{IMPORTS}/{import_id}/rejected"))


def _read(api: Remote, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ask("GET", f"{IMPORTS}/{import_id}").body
    if found["state"] == "waiting_for_file":
        raise RefusedError("the import waits for its file: begin again with the file")
    return found


def _standing(found: dict[str, Any]) -> Standing:
    return Standing(found["state"], found["rows_done"], found["rows_total"], found["state"] in _OVER)


def _body(options: dict[str, Any]) -> dict[str, Any]:
    body = given({name: options[name] for name in _BODY})
    if options["delimiter"]:
        body["delimiter"] = _DELIMITERS[options["delimiter"]]
    return body | {"mapping": dict(map(_target, options["mapping"]))}


def _target(text: str) -> tuple[str, str | None]:
    column, equals, target = text.rpartition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not COLUMN=field, such as 'Tel.=phone'.")
    return column, target or None


def _begin(api: Remote, file: Path, body: dict[str, Any]) -> str:
    """Put a file where the API wants it, and start; give the import's id."""
    size = file.stat().st_size
    if not size:
        raise click.UsageError(f"{file} is empty.")
    begun = api.ask("POST", f"{CONTACTS}/import", body | {"file_name": file.name[:_MAX_NAME]}).body
    upload, sent = begun["upload"], 0
    with shown_progress("bytes") as show:

        def told(count: int) -> None:
            nonlocal sent
            sent += count
            show(Standing("uploading", sent, size, is_over=False))

        api.put_file(upload["url"], upload["headers"], file, told)
    api.ask("POST", f"{IMPORTS}/{begun['id']}/start", body)
    return str(begun["id"])


def _format(found: dict[str, Any]) -> str:
    """Say how the file was read, as far as it is known."""
    delimiter = "tab" if found["delimiter"] == "\t" else found["delimiter"] and f"'{found['delimiter']}'"
    parts = {"encoding": found["encoding"], "delimiter": delimiter, "recognised as": found["recognised"]}
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _print_errors(found: dict[str, Any]) -> None:
    failed, errors = found["counts"]["failed"], found["first_errors"]
    if not failed:
        return
    click.echo(f"\nrejected: {failed}; the first errors:")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for error in errors:
        where = f", {error['column']}" if error["column"] else ""
        value = f" {error['value']!r}" if error["value"] else ""
        console.print(f"  row {error['row']}{where}{value}: {error['problem']} {error['remedy']}")
    click.echo(f"all of them, to mend: imports rejected {found['id']} to-mend.csv")
