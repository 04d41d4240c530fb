"""The events' page is the catalogue, and its templates are ones that CloudFormation takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cfnlint import api as cfnlint
from cfnlint.decode import cfn_yaml
from unit.docs.pages import pages, rows, section, spans

from chalicelib.bootstrap.news import event_types, watches
from chalicelib.kernel.events import Event
from chalicelib.system.adapters.bus import SOURCE, _envelope

if TYPE_CHECKING:
    from chalicelib.kernel.catalogue import EventType

PAGE = pages()["docs/events.md"]
TEMPLATES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MODELS = {_kind.data.__name__.removesuffix("EventData"): _kind.data for _kind in event_types().values()}


def _row(kind: EventType) -> list[str]:
    data = kind.data.__name__.removesuffix("EventData")
    return [f"`{kind.type}`", str(kind.version), kind.description, f"`{data}`"]


def test_the_catalogue_is_the_codes() -> None:
    """Each type has its row, with version, sentence and data, and no other type is named."""
    listed = rows(section(PAGE, "Catalogue"))[1:]
    assert listed == [_row(kind) for kind in event_types().values()]


def test_data_has_the_fields_of_its_model() -> None:
    """Each kind of data has its row with its sentence and all of its fields, in their order."""
    listed = {row[0].strip("`"): (row[1], spans(row[2])) for row in rows(section(PAGE, "Data"))[1:]}
    described = {
        name: (" ".join((model.__doc__ or "").split()), list(model.model_fields))
        for name, model in MODELS.items()
    }
    assert listed == described


def test_the_envelope_is_the_buss(clock: Any) -> None:
    """Each of its fields has a row, and the example is one that a consumer would get."""
    event = Event("event_1", "number.suppressed", 1, clock.now(), "x", {})
    bus = section(PAGE, "The bus")
    assert [row[0].strip("`") for row in rows(bus)[1:]] == list(_envelope(event))
    example = json.loads(re.findall(r"^```json\n(.*?)^```", bus, re.MULTILINE | re.DOTALL)[0])
    assert example["source"] == SOURCE
    kind = event_types()[example["detail"]["type"]]
    assert kind.told(example["detail"]["data"]).data == example["detail"]["data"]


def test_every_object_of_the_log_is_named() -> None:
    """The audit log's filter names each kind of object that is watched."""
    (named,) = (row[1] for row in rows(section(PAGE, "The audit log")) if row[0] == "`object`")
    assert {span.partition(":")[0] for span in spans(named)} == {watch.object for watch in watches().values()}


def test_there_are_two_templates() -> None:
    """One for each CRM."""
    assert [re.findall(r"in (\w+)$", text, re.MULTILINE)[0] for text in TEMPLATES] == [
        "HubSpot",
        "Salesforce",
    ]


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_is_one_that_cloudformation_takes(text: str) -> None:
    """Nothing in it is unknown, of the wrong type, or left dangling."""
    assert cfnlint.lint(text, regions=["us-east-1"]) == []


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_rule_takes_what_the_events_have(text: str) -> None:
    """Its types are of the catalogue, its paths lead to fields of their data, its body uses them all."""
    (template, _) = cfn_yaml.loads(text), None
    rule = template["Resources"]["ContactsRule"]["Properties"]
    assert rule["EventPattern"]["source"] == [SOURCE]
    (target,) = rule["Targets"]
    paths = target["InputTransformer"]["InputPathsMap"]
    everything = [*paths.values(), *target.get("HttpParameters", {}).get("PathParameterValues", [])]
    for name in rule["EventPattern"]["detail-type"]:
        fields = event_types()[name].data.model_fields
        assert {path.removeprefix("$.detail.data.") for path in everything} <= set(fields)
    body = target["InputTransformer"]["InputTemplate"]
    assert set(re.findall(r"<(\w+)>", body)) == set(paths)
    json.loads(re.sub(r"<(\w+)>", r'"\1"', body))


def test_templates_ask_for_secrets_in_secret() -> None:
    """No key stands in a template, and none that is given is shown again."""
    for text in TEMPLATES:
        template = yaml.load(text, _Loader)
        secrets = {name for name in template["Parameters"] if re.search("Token|Key|Secret", name)}
        assert secrets
        assert all(template["Parameters"][name].get("NoEcho") for name in secrets)


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


_Loader.add_multi_constructor("!", lambda loader, _tag, node: getattr(node, "value", None))
