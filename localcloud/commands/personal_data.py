"""One person's data: all of it given out, and all of it erased."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, send, yes_option
from localcloud.commands.contact_ids import finds_contacts
from localcloud.commands.contact_options import CONTACTS
from localcloud.commands.csv_files import new_file
from localcloud.commands.jobs import no_follow_option, settle
from localcloud.commands.printing import json_option, print_object
from localcloud.commands.remote import ANY_VERSION, RefusedError, RemoteAnswer, uses_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from localcloud.commands.remote import Remote

_PAGE_SIZE = 100
_GONE = "contact_not_found"
_LOOKS_AGAIN = "erasing; after a minute it looks once more for what was under way, then it is done"


@click.command("personal-data")
@click.argument("contact_id")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@uses_api
@finds_contacts
def personal_data(api: Remote, *, contact_id: str, file: Path | None, as_json: bool) -> None:
    """Give all that is kept about a person as JSON, into FILE or to the standard output.

    Details, notes, consents, calls with what was said, promised callbacks, suppressions, and the audit log.
    Needs an admin's token.
    """
    entries = _entries(api, f"{CONTACTS}/{contact_id}/personal-data")
    if file is None:
        _write(sys.stdout, entries)
        return
    with new_file(file) as out:
        count = _write(out, entries)
    print_object({"file": str(file), "entries": count}, as_json=as_json)


@click.command()
@click.argument("contact_id")
@click.option("--reason", required=True, help="Why, without naming the person; kept with the job.")
@yes_option
@no_follow_option
@json_option
@uses_api
@finds_contacts
def erase(  # noqa: PLR0913  one parameter for each option
    api: Remote, *, contact_id: str, reason: str, yes: bool, no_follow: bool, as_json: bool
) -> None:
    """Erase a person everywhere, for good: details, notes, consents, what was said; needs an admin's token.

    The numbers stay suppressed if they were, and the calls' times, outcomes and costs stay without words. It
    takes a little over a minute, for the job looks once more for what was under way. Exit code 1 when
    something could not be erased.
    """
    path = f"{CONTACTS}/{contact_id}"
    seen, whom = _seen(api, path)
    confirm(f"Erase {whom} everywhere? There is no way back.", yes=yes)
    look = f"contacts show {contact_id}"
    job = send(api, "POST", f"{path}/erase", seen, {"reason": reason}, look=look)
    if not no_follow:
        click.echo(_LOOKS_AGAIN, err=True)
    settle(api, job, waits=not no_follow, as_json=as_json)


def _seen(api: Remote, path: str) -> tuple[RemoteAnswer, str]:
    """Give the contact's version and who it is; of one that was deleted there is only what it left."""
    try:
        seen = api.ask("GET", path)
    except RefusedError as refusal:
        if refusal.code != _GONE:
            raise
        return RemoteAnswer(None, ANY_VERSION["If-Match"]), "what is left of a contact that is gone"
    return seen, f"{seen.body['name']} ({seen.body['phone']})"


def _entries(api: Remote, path: str) -> Iterator[dict[str, Any]]:
    """Read page by page; a page may be short although more follow."""
    query: dict[str, Any] = {"page_size": _PAGE_SIZE}
    while True:
        page = api.ask("GET", path, query=query).body
        yield from page["items"]
        if page["next_page_token"] is None:
            return
        query["page_token"] = page["next_page_token"]


def _write(out: IO[str], entries: Iterator[dict[str, Any]]) -> int:
    """Write one JSON array as it comes in, nothing before the first answer; give how many entries."""
    count = 0
    for entry in entries:
        out.write(",\n" if count else "[\n")
        out.write(json.dumps(entry, ensure_ascii=False, indent=1))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count
