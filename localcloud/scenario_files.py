"""Scenarios in YAML files: what a file gives to all of its scenarios is put into each; nothing is checked.

A file is one scenario, or has `scenarios` and, for what they have in common, `defaults`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from localcloud.failures import LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ENDINGS = ("*.yaml", "*.yml")


class BadScenarioError(LocalCloudError):
    """A file that cannot be read, or is none of scenarios."""


def read_scenarios(paths: Iterable[Path], tags: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Read the scenarios of files and folders, in the order of their names; with `tags` only those with one.

    Raises `BadScenarioError`, which names the file; two scenarios of one name are refused.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in _files(paths):
        for scenario in _of_file(path):
            name = str(scenario.get("name", ""))
            if name in found:
                raise BadScenarioError(f"{path}: there is another scenario {name!r}; names must differ")
            found[name] = scenario
    return [each for each in found.values() if not tags or tags & set(each.get("tags", ()))]


def write_scenario(scenario: dict[str, Any], remark: str) -> str:
    """Write a scenario as a YAML file, with a remark above it."""
    text: str = yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True, width=110)
    return f"# {remark}\n{text}"


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for ending in _ENDINGS for file in path.glob(ending))
        else:
            yield path


def _of_file(path: Path) -> Iterator[dict[str, Any]]:
    content = _content(path)
    if "scenarios" not in content:
        yield content
        return
    unknown = content.keys() - {"defaults", "scenarios"}
    if unknown or not isinstance(content["scenarios"], list):
        raise BadScenarioError(f"{path}: give `scenarios`, a list, and `defaults`, and nothing else")
    for scenario in content["scenarios"]:
        if not isinstance(scenario, dict):
            raise BadScenarioError(f"{path}: each of `scenarios` is a mapping of fields")
        yield _merged(content.get("defaults") or {}, scenario)


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_PlainLoader)  # noqa: S506  it is a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadScenarioError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BadScenarioError(f"{path}: a scenario is a mapping of fields")
    return content


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Put a scenario's own fields over the common ones; mappings field by field, lists as a whole."""
    merged = {**common, **own}
    for name in common.keys() & own.keys():
        if isinstance(common[name], dict) and isinstance(own[name], dict):
            merged[name] = _merged(common[name], own[name])
    return merged


class _PlainLoader(yaml.SafeLoader):
    """Leaves dates and times as they are written: what is an instant is for the API to say."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
