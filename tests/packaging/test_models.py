"""What the template says of model providers: a secret that is JSON, and rights that are named."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.kernel.provider_settings import read_providers
from infra.stack.connections import parameters, secret_resource
from infra.stack.models import ASKING, model_parameters

LIST = '[{"name": "main", "kind": "openai", "model": "gpt", "base_url": "https://a.example/v1"}]'


def _secret(**given):
    template, _ = secret_resource()["Properties"]["SecretString"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{(\w+)\}", lambda name: given.get(name[1], "x"), template))


def test_the_list_stands_in_the_secret_as_it_is():
    """Quotes and all; the functions read it from there, with its keys."""
    secret = _secret(ModelProviders=LIST, ModelProviderKeys='{"main": "sk"}')
    [provider] = read_providers(secret)
    assert (provider.name, provider.api_key) == ("main", "sk")


def test_without_a_list_the_usual_parameters_count():
    """The defaults of both parameters are JSON."""
    given = {name: parameters()[name]["Default"] for name in ("ModelProviders", "ModelProviderKeys")}
    assert read_providers(_secret(**given))[0].name == "openai"


@pytest.mark.parametrize(("text", "is_taken"), [(LIST, True), ("[]", True), ('[{"api_key": "sk"}]', False)])
def test_a_key_in_the_list_is_refused(text, is_taken):
    """The list is shown to whoever may see the stack."""
    pattern = parameters()["ModelProviders"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, text)) is is_taken


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("", True),
        ("arn:aws:bedrock:us-east-1::foundation-model/a,arn:b", True),
        ("arn:*", False),
        ("*", False),
    ],
)
def test_models_of_bedrock_are_named_one_by_one(text, is_taken):
    """No right covers all of them."""
    pattern = model_parameters()["BedrockModels"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, text)) is is_taken


def test_only_functions_that_ask_models_may(template):
    """Their roles exist, and the grant does only where models are named."""
    policy = template["Resources"]["ModelsPolicy"]
    assert policy["Condition"] == "AsksBedrock"
    assert [role["Ref"] for role in policy["Properties"]["Roles"]] == list(ASKING)
    assert set(ASKING) <= set(template["Resources"])
