"""The commands' page and the command line are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from unit.docs.pages import pages, rows, spans

from localcloud.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = pages()["docs/commands.md"]
_EVERYWHERE = {"--url", "--token", "--json"}  # said once, of all commands that use the API


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def _options(command: click.Command) -> set[str]:
    """Give the long names of a command's options."""
    found = [each for each in command.params if isinstance(each, click.Option)]
    names = {name for option in found for name in option.opts if name.startswith("--")}
    return names - _EVERYWHERE if {"--url", "--token"} <= names else names


def test_every_command_is_described_with_its_options() -> None:
    """The tables have each command once, with all of its own options and no other."""
    described = {row[0].strip("`"): set(spans(row[1])) for row in rows(PAGE) if row[0] != "command"}
    assert described == {name: _options(command) for name, command in _commands(main)}


def test_what_is_said_of_all_is_true_of_all() -> None:
    """Every command that uses the API takes its address, a token and --json, and the page says so."""
    users = [command for _, command in _commands(main) if "--url" in _all_options(command)]
    assert len(users) > 15
    assert all(_all_options(command) >= _EVERYWHERE for command in users)
    assert set(spans(PAGE)) >= _EVERYWHERE


def _all_options(command: click.Command) -> set[str]:
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


def test_every_command_explains_itself() -> None:
    """Each has a help text, and so has each of its options."""
    for name, command in _commands(main):
        assert command.help, name
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, f"{name} {option.name}"
