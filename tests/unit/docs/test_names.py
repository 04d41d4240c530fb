"""What the pages name exists: paths, functions, commands, settings, links; and nothing foreign is named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from unit.docs.pages import ROOT, anchors, code, defines, pages, rows, spans

from chalicelib.kernel.settings import read_settings
from infra.stack.connections import environment
from localcloud.commands.remote import TOKEN_VARIABLE, URL_VARIABLE
from localcloud.settings import load_settings, read_env_file
from localcloud.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

PAGES = pages()
_IN_CHECKOUT = re.compile(r"(?!build/)(?:[\w-]|\.(?!local|venv))[\w.-]*(?:/[\w.-]+)+/?(?:::[\w.]+)?")
_FOLDER = re.compile(r"chalicelib|infra|localcloud|benchmarks|docs|tests")
_ROOT_FILE = re.compile(r"[\w.-]+\.(?:py|toml|txt|in|md|json)|Makefile|\.env\.example")
_MADE = re.compile(r"(\.local|build)/([\w.-]+)")
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HOST = re.compile(r"\b(?:https?|wss?)://([\w.-]+)")
_MAKERS = {".local": "localcloud", "build": "infra"}
_NO_PATHS = {"parameters.json", "application/json", "text/calendar"}  # the reader's own file; media types
_NO_SETTINGS = {"CREATE_COMPLETE", "AWS_DEFAULT_REGION"}  # a stack's state; what the AWS CLI itself reads
_KNOWN_HOSTS = {
    "127.0.0.1",
    "calls.example.com",
    "example.com",
    "api.anthropic.com",
    "api.openai.com",
    "api.twilio.com",
    "api.hubapi.com",
}
_NOT_FOR_READERS = re.compile(
    r"(?<![\w.}])/(?:work|tmp|home|root|Users)/|\bTODO\b|\bFIXME\b|(?i:coding session)"
)


class _Asked(dict[str, str]):
    """Settings that note what was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return str(super().__getitem__(name))


def _example() -> str:
    return (ROOT / ".env.example").read_text(encoding="utf-8")


def _offered() -> list[str]:
    return re.findall(r"^#?([A-Z_]+)=", _example(), re.MULTILINE)


def _local_settings(folder: Path) -> set[str]:
    """Give the names that the local stack reads, when nothing is left to its defaults."""
    values = {name: "4000" if "PORT" in name else "1" if "SCALE" in name else "x" for name in _offered()}
    parsed = {"ALLOWED_COUNTRIES": "US", "MODEL_PROVIDERS": "[]", "MODEL_PROVIDER_KEYS": "{}"}
    asked = _Asked({**values, **parsed})
    load_settings(Workspace(folder), asked)
    return asked.names


def _function_settings() -> set[str]:
    asked = _Asked(dict.fromkeys(environment(), "15"))
    read_settings(asked)
    return asked.names | set(environment())


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page: str) -> None:
    """Every file and folder of the checkout that a page names is there, and every `file::name` defined."""
    for span in spans(PAGES[page]):
        shapes = (_IN_CHECKOUT, _FOLDER, _ROOT_FILE)
        if span in _NO_PATHS or not any(shape.fullmatch(span) for shape in shapes):
            continue
        path, _, name = span.partition("::")
        assert (ROOT / path).exists(), f"{page} names {path}"
        assert not name or defines(ROOT / path, name), f"{page} names {span}"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_made_is_made_by_somebody(page: str) -> None:
    """Every file below build/ or .local/ that a page names is named by the code that writes it."""
    for text in code(PAGES[page]):
        for folder, name in _MADE.findall(text):
            if name == "packaged.json":  # written by the reader's own command
                continue
            sources = (ROOT / _MAKERS[folder]).rglob("*.py")
            infra = (ROOT / "infra").rglob("*.py")
            assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in [*sources, *infra]), name


def test_names_are_looked_for() -> None:
    """A function, a method and a constant are found by name; what is not there is not."""
    path = ROOT / "chalicelib" / "calls" / "domain" / "phrases.py"
    assert defines(path, "Phrases.add")
    assert defines(ROOT / "chalicelib" / "crm" / "domain" / "contacts.py", "UNKNOWN_CALLER")
    assert not defines(path, "Phrases.subtract")
    assert not defines(path, "add")


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page: str) -> None:
    """Every make target and variable that a page shows is one of the Makefile's."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for text in code(PAGES[page]):
        for target, variable in re.findall(r"\bmake ([a-z]+)(?: ([A-Z_]+)=)?", text):
            assert target in _targets(), f"{page}: make {target}"
            assert f"$({variable})" in makefile or not variable, f"{page}: {variable}"


def test_commands_are_explained() -> None:
    """The operations page has a row for every target."""
    first = [row[0] for row in rows(PAGES["docs/operations.md"])]
    explained = {cell.removeprefix("`make ").rstrip("`") for cell in first if cell.startswith("`make ")}
    assert {name for name in explained if name.isalpha()} >= _targets()


def test_editor_tasks_run_what_exists() -> None:
    """Every task of the editor is a make target, or runs the tests of one file."""
    tasks = json.loads((ROOT / ".vscode" / "tasks.json").read_text(encoding="utf-8"))["tasks"]
    commands = {task["command"] for task in tasks}
    assert {
        command.removeprefix("make ") for command in commands if command.startswith("make ")
    } <= _targets()
    assert commands - {f"make {name}" for name in _targets()} == {
        ".venv/bin/python -m pytest ${relativeFile}"
    }


def test_every_local_setting_is_offered(tmp_path: Path) -> None:
    """The example names what the local stack reads, all of it and nothing else."""
    assert set(_offered()) == _local_settings(tmp_path)


def test_copying_the_example_changes_nothing() -> None:
    """Every line of the example is a comment, which is read without complaint."""
    assert read_env_file(ROOT / ".env.example") == {}
    assert all(line.startswith("#") or not line.strip() for line in _example().splitlines())


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_read(page: str, tmp_path: Path) -> None:
    """Every setting that a page names is read by the functions or by the local stack."""
    known = _local_settings(tmp_path) | _function_settings() | _NO_SETTINGS | {URL_VARIABLE, TOKEN_VARIABLE}
    assert {span for span in spans(PAGES[page]) if _SETTING.fullmatch(span)} <= known


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every link between pages leads to a page, and to a heading of it."""
    for link in _LINK.findall(PAGES[page]):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.is_file(), f"{page} links to {link}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page} links to {link}"


def test_no_page_is_lost() -> None:
    """Every page but the first is linked from some page."""
    linked = {
        (ROOT / page).parent.joinpath(link.partition("#")[0]).resolve()
        for page, text in PAGES.items()
        for link in _LINK.findall(text)
    }
    assert not [page for page in PAGES if page != "README.md" and (ROOT / page).resolve() not in linked]


@pytest.mark.parametrize("page", [*PAGES, ".env.example"])
def test_pages_speak_to_their_readers(page: str) -> None:
    """No page names a machine's own folders, unfinished work, or an address that readers have no use for."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert _NOT_FOR_READERS.findall(text) == []
    assert set(_HOST.findall(text)) <= _KNOWN_HOSTS
