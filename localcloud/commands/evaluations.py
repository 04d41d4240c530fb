"""Evaluations: scenarios played against a running system, their reports, and calls as scenarios."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.following import Standing, follow
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column
from localcloud.scenario_files import read_scenarios, write_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.commands.remote import Remote

EVALUATIONS = "/v1/ai/evaluations"
_AT_ONCE = 50  # scenarios that the API takes in one evaluation
_MANY = 10_000
_REPORT = (
    Column("scenario"),
    Column("verdict"),
    Column("played"),
    Column("passed"),
    Column("turns"),
    Column("first_words_p50_ms"),
    Column("first_words_p95_ms"),
    Column("tokens"),
)
_ESSENTIAL = ("scenario", "verdict", "passed")
_COLUMNS = (
    Column("id"),
    Column("name", least=12),
    Column("state"),
    Column("total"),
    Column("done"),
    Column("passed"),
    Column("created_at"),
)
_REMARK = "Made of a call. Names, numbers and addresses are replaced by rules: read it before you keep it."
_PATHS = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--tag", "tags", multiple=True, help="Only scenarios with this tag; may be repeated."),
        click.option(
            "--repeat",
            type=click.IntRange(1, 10),
            default=1,
            show_default=True,
            help="Play each so often; some passes and some failures make it flaky.",
        ),
        click.option("--judge", "judged", is_flag=True, help="Let a model judge what scenarios want judged."),
    ):
        command = option(command)
    return command


@click.group()
def evaluate() -> None:
    """Play scenarios against the agent, compare prompts, turn calls into scenarios.

    Scenarios are YAML files, by default those of evals/. They are played on contacts that are made for it and
    deleted after it; nobody is called and nothing is sent. The model is the one that the system uses: for the
    local stack set OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_API_KEY before `up`.
    """


@evaluate.command("run")
@_PATHS
@_run_options
@click.option("--template", "template_id", default="", help="Try this call template, by its id.")
@click.option("--prompt", default="", help="Try this prompt: its id, or id@version.")
@click.option("--name", default="", help="What the evaluation is called in lists.")
@json_option
@uses_api
def run_scenarios(
    api: Remote, *, paths: tuple[Path, ...], tags: tuple[str, ...], as_json: bool, prompt: str, **wish: Any
) -> None:
    """Play scenarios of files and folders, and print the report.

    The exit code is 0 when every playing passed, else 1. With --json all reports are printed as one list.
    """
    scenarios = _scenarios(paths, tags)
    reports = _played(api, scenarios, {**wish, **_prompt(prompt)})
    if as_json:
        print_items(reports, (), as_json=True)
    else:
        _print_reports(reports)
    raise SystemExit(0 if all(each["passed"] == each["total"] for each in reports) else 1)


@evaluate.command()
@_PATHS
@_run_options
@click.option("--template", "template_id", default="", help="Play with this call template, by its id.")
@click.option("--prompts", nargs=2, required=True, help="Two prompts: their ids, or each as id@version.")
@json_option
@uses_api
def compare(
    api: Remote,
    *,
    paths: tuple[Path, ...],
    tags: tuple[str, ...],
    prompts: tuple[str, str],
    as_json: bool,
    **wish: Any,
) -> None:
    """Play the same scenarios with two prompts, or two versions of one, and show what changes.

    The exit code is 1 when a scenario passes less often with the second.
    """
    scenarios = _scenarios(paths, tags)
    read = [_prompt(prompt) for prompt in prompts]
    names = _names(api, prompts, read)
    before, after = (_by_scenario(_played(api, scenarios, {**wish, **prompt})) for prompt in read)
    rows = [_compared(line, after[name]) for name, line in before.items()]
    first, second = (
        Column(name, of=itemgetter(place)) for name, place in zip(names, ("first", "second"), strict=True)
    )
    columns = (Column("scenario"), first, second, Column("change"), Column("why", least=20))
    print_items(rows, columns, ("scenario", "change", *names, "why"), as_json=as_json)
    raise SystemExit(1 if any(row["change"] == "worse" for row in rows) else 0)


@evaluate.command("list")
@limit_option
@json_option
@uses_api
def list_evaluations(api: Remote, *, limit: int, as_json: bool) -> None:
    """List evaluations of the last 90 days, newest first."""
    found = api.items(EVALUATIONS, limit)
    print_items(found, _COLUMNS, ("id", "state", "done", "passed"), as_json=as_json)


@evaluate.command()
@click.argument("evaluation_id")
@json_option
@uses_api
def show(api: Remote, *, evaluation_id: str, as_json: bool) -> None:
    """Show the report of one evaluation; what was said is in `transcript`."""
    found = api.ask("GET", f"{EVALUATIONS}/{evaluation_id}").body
    if as_json:
        print_object(found, as_json=True)
    else:
        _print_reports([found])


@evaluate.command()
@click.argument("evaluation_id")
@click.option("--scenario", help="Only playings of this scenario.")
@click.option("--failed", "only_failed", is_flag=True, help="Only playings in which something did not hold.")
@json_option
@uses_api
def transcript(
    api: Remote, *, evaluation_id: str, scenario: str | None, only_failed: bool, as_json: bool
) -> None:
    """Print what was said and done in an evaluation."""
    found = [
        each
        for each in api.items(f"{EVALUATIONS}/{evaluation_id}/results", _MANY)
        if scenario in {None, each["scenario"]} and not (only_failed and each["passed"])
    ]
    if as_json:
        print_items(found, (), as_json=True)
        return
    for each in found:
        _print_playing(each)


@evaluate.command("from-call")
@click.argument("call_id")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file.")
@json_option
@uses_api
def from_call(api: Remote, *, call_id: str, file: Path | None, as_json: bool) -> None:
    """Write a call as a scenario, in YAML; names, numbers and addresses are replaced by made-up ones."""
    scenario = api.ask("GET", f"/v1/calls/{call_id}/scenario").body["scenario"]
    if as_json:
        print_object(scenario, as_json=True)
        return
    text = write_scenario(scenario, _REMARK)
    if file is None:
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
    click.echo(f"{file}: read it before you keep it", err=True)


def _scenarios(paths: tuple[Path, ...], tags: tuple[str, ...]) -> list[dict[str, Any]]:
    found = read_scenarios(paths or (Path("evals"),), frozenset(tags))
    if not found:
        raise click.ClickException("there is no such scenario")
    return found


def _prompt(text: str) -> dict[str, Any]:
    """Read `prompt_…` or `prompt_…@3`."""
    prompt_id, _, version = text.partition("@")
    if version and not version.isdecimal():
        raise click.UsageError(f"{text!r} is no prompt: write its id, or id@version.")
    return {"prompt_id": prompt_id, "prompt_version": int(version or 0)}


def _played(api: Remote, scenarios: list[dict[str, Any]], wish: dict[str, Any]) -> list[dict[str, Any]]:
    """Have scenarios played, as many at once as the API takes, and give the reports."""
    parts = [scenarios[place : place + _AT_ONCE] for place in range(0, len(scenarios), _AT_ONCE)]
    return [_followed(api, {**wish, "scenarios": part}) for part in parts]


def _followed(api: Remote, body: dict[str, Any]) -> dict[str, Any]:
    started = api.ask("POST", EVALUATIONS, body).body
    path = f"{EVALUATIONS}/{started['id']}"
    hint = f"the evaluation goes on; look at it with `evaluate show {started['id']}`"
    return follow(lambda: dict(api.ask("GET", path).body), _standing, noun="scenarios", hint=hint)


def _standing(evaluation: dict[str, Any]) -> Standing:
    is_over = evaluation["state"] == "done"
    return Standing(evaluation["state"], evaluation["done"], evaluation["total"], is_over)


def _print_reports(reports: list[dict[str, Any]]) -> None:
    rows = [row for each in reports for row in each["report"]]
    print_items(rows, _REPORT, _ESSENTIAL, as_json=False)
    for row in rows:
        for failure in row["failures"]:
            click.echo(f"{row['scenario']}: {failure}", err=True)
    for each in reports:
        click.echo(f"{each['passed']} of {each['total']} passed; {each['id']}", err=True)


def _print_playing(playing: dict[str, Any]) -> None:
    verdict = "passed" if playing["passed"] else "failed"
    click.secho(f"{playing['scenario']}, {playing['attempt']}: {verdict}", bold=True)
    for turn in playing["turns"]:
        if turn["caller"]:
            click.echo(f"caller  {turn['caller']}")
        for seen in turn["seen"]:
            click.echo(_seen(seen))
    told = [f"{each['where']}: {each['message']}" for each in playing["failures"]]
    for line in filter(None, (playing["error"], *told)):
        click.secho(f"        {line}", fg="red")


def _seen(seen: dict[str, Any]) -> str:
    if seen["kind"] == "said":
        return f" agent  {seen['text']}"
    if seen["kind"] == "used":
        return f"        {seen['name']} {seen['arguments']}: {seen['text']}"
    return f"        {seen['name']} {seen['text']}".rstrip()


def _names(api: Remote, prompts: tuple[str, str], read: list[dict[str, Any]]) -> tuple[str, str]:
    """Give what two prompts are called, with the versions that were named; else what was typed."""
    first, second = (_name(api, prompt) for prompt in read)
    return (first, second) if first != second else prompts


def _name(api: Remote, prompt: dict[str, Any]) -> str:
    found = api.ask("GET", f"/v1/ai/templates/{prompt['prompt_id']}").body
    version = prompt["prompt_version"]
    return f"{found['name']}@{version}" if version else str(found["name"])


def _by_scenario(reports: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["scenario"]: line for each in reports for line in each["report"]}


def _compared(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Compare the reports on one scenario; `why` is what did not hold, where it got worse."""
    change = _change(before["passed"], after["passed"])
    new = [each for each in after["failures"] if each not in before["failures"]]
    told = new or after["failures"]
    return {
        "scenario": before["scenario"],
        "first": f"{before['passed']}/{before['played']}",
        "second": f"{after['passed']}/{after['played']}",
        "change": change,
        "why": told[0] if change == "worse" and told else "",
    }


def _change(before: int, after: int) -> str:
    return "same" if before == after else "better" if after > before else "worse"
