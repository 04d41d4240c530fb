from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner

from localcloud.cli import main
from localcloud.deployer import endpoints, stack_parameters
from localcloud.programs import cloud_python, programs
from localcloud.settings import SettingError, load_settings, read_env_file
from localcloud.workspace import Workspace

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "t",
    "TWILIO_FROM_NUMBERS": "+15005550001, +15005550002",
}


@pytest.fixture
def workspace(tmp_path):
    """Give an empty checkout."""
    workspace = Workspace(tmp_path)
    workspace.prepare()
    return workspace


def test_choices_are_remembered(workspace):
    """Ports and the simulated account are the same at the next start."""
    assert load_settings(workspace, {}) == load_settings(workspace, {})


def test_checkouts_do_not_collide(workspace, tmp_path_factory):
    """Two checkouts choose ports of their own."""
    other = Workspace(tmp_path_factory.mktemp("other"))
    ports = [*load_settings(workspace, {}).ports.values(), *load_settings(other, {}).ports.values()]
    assert len(set(ports)) == 8


def test_port_can_be_set(workspace):
    """LOCALCLOUD_PORT decides the one address for everything."""
    settings = load_settings(workspace, {"LOCALCLOUD_PORT": "8787"})
    assert endpoints(settings)["api_url"] == "http://127.0.0.1:8787/api"


def test_simulated_numbers_can_be_set(workspace):
    """The simulated account has one number, or those of LOCALCLOUD_NUMBERS."""
    wanted = {"LOCALCLOUD_NUMBERS": "+15005550006, +16505550100"}
    assert load_settings(workspace, {}).telephony.numbers == ("+15005550006",)
    assert load_settings(workspace, wanted).telephony.numbers == ("+15005550006", "+16505550100")


def test_the_pages_have_addresses(workspace):
    """What `up` prints leads to the console and to the page that shows the API."""
    known = endpoints(load_settings(workspace, {"LOCALCLOUD_PORT": "8787"}))
    pages = {name: known[name].removeprefix(known["api_url"]) for name in ("console_url", "docs_url")}
    assert pages == {"console_url": "/console", "docs_url": "/docs"}


@pytest.mark.enable_socket
def test_occupied_port_is_replaced(workspace):
    """A remembered port that somebody else took meanwhile is given up, unless our own program holds it."""
    taken = load_settings(workspace, {}).ports["proxy"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", taken))
        listener.listen()
        assert load_settings(workspace, {}).ports["proxy"] != taken


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOCALCLOUD_PORT", "0"),
        ("LOCALCLOUD_PORT", "http"),
        ("LOCALCLOUD_PORT", "70000"),
        ("LOCALCLOUD_TIME_SCALE", "0"),
        ("LOCALCLOUD_TIME_SCALE", "fast"),
        ("LOCALCLOUD_TIME_SCALE", "nan"),
    ],
)
def test_unusable_setting_is_named(workspace, variable, value):
    """A setting that cannot be used is named, with what to give instead."""
    with pytest.raises(SettingError, match=variable):
        load_settings(workspace, {variable: value})


_ORACLE = '[{"name": "main", "kind": "oracle", "model": "m"}]'


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("MODEL_PROVIDERS", _ORACLE, "MODEL_PROVIDERS: The provider main is of kind oracle"),
        ("MODEL_PROVIDERS", _ORACLE[:-1], "MODEL_PROVIDERS is no JSON"),
        ("MODEL_PROVIDER_KEYS", "sk-1", "MODEL_PROVIDER_KEYS is no JSON"),
    ],
)
def test_providers_that_cannot_be_used_start_nothing(tmp_path, variable, value, told):
    """`up` ends with 2 and a sentence that names the variable, and no key."""
    cloud_python(tmp_path).parent.mkdir(parents=True)
    cloud_python(tmp_path).touch()
    done = CliRunner().invoke(main, ["--root", str(tmp_path), "up"], env={variable: value})
    assert (done.exit_code, told in done.stderr) == (2, True), done.output
    assert "sk-1" not in done.output


def test_providers_are_given_to_the_stack_as_they_were_written(workspace):
    """With their keys beside them."""
    wanted = {"MODEL_PROVIDERS": _ORACLE.replace("oracle", "openai"), "MODEL_PROVIDER_KEYS": '{"main": "k"}'}
    parameters = stack_parameters(load_settings(workspace, wanted))
    assert parameters["ModelProviders"] == wanted["MODEL_PROVIDERS"]
    assert parameters["ModelProviderKeys"] == wanted["MODEL_PROVIDER_KEYS"]


def test_simulated_providers_need_nothing(workspace):
    """Without any setting, both providers are simulated and every program runs."""
    settings = load_settings(workspace, {})
    names = [program.name for program in programs(workspace, settings)]
    assert names == ["ministack", "proxy", "phone_network", "model_server"]
    assert settings.telephony.account_sid.startswith("AC")
    assert len(settings.telephony.account_sid) == 34


def test_own_providers_replace_the_simulated_ones(workspace):
    """With one's own accounts, no simulated provider runs and the addresses are the real ones."""
    settings = load_settings(workspace, TWILIO | {"OPENAI_API_KEY": "k", "OPENAI_MODEL": "m"})
    assert [program.name for program in programs(workspace, settings)] == ["ministack", "proxy"]
    known = endpoints(settings)
    assert (known["phone_network_url"], known["model_url"]) == (
        "https://api.twilio.com",
        "https://api.openai.com/v1",
    )
    parameters = stack_parameters(settings)
    assert parameters["CallingHours"] == "08:00-21:00"
    assert parameters["TwilioFromNumbers"] == "+15005550001,+15005550002"
    assert (parameters["OpenaiApiKey"], parameters["OpenaiModel"]) == ("k", "m")


def test_model_server_of_ones_own_needs_no_key(workspace):
    """An address alone is enough for a model server without keys."""
    settings = load_settings(workspace, {"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"})
    assert (settings.model.base_url, settings.model.simulated) == ("http://127.0.0.1:11434/v1", False)


@pytest.mark.parametrize("missing", sorted(TWILIO))
def test_half_an_account_is_refused(workspace, missing):
    """A real account with a part missing is an error that names the parts, not a silent simulation."""
    environ = {name: value for name, value in TWILIO.items() if name != missing}
    with pytest.raises(SettingError, match="TWILIO_FROM_NUMBERS"):
        load_settings(workspace, environ)


def test_programs_inherit_no_keys(workspace, monkeypatch):
    """A key in the caller's environment reaches no program's environment."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("OPENAI_API_KEY", "real")
    for program in programs(workspace, load_settings(workspace, {})):
        assert not {"AWS_PROFILE", "OPENAI_API_KEY"} & set(program.environment)


def test_env_file_is_read(tmp_path):
    """Comments, quotes, blank lines and `export` are understood; a value may contain `=`."""
    path = tmp_path / ".env"
    path.write_text("# keys\n\nexport A=1\nB=\"two words\"\nC='x=y'\n")
    assert read_env_file(path) == {"A": "1", "B": "two words", "C": "x=y"}


def test_broken_env_file_is_explained(tmp_path):
    """A line without `=` is named by its number."""
    path = tmp_path / ".env"
    path.write_text("A=1\nnonsense\n")
    with pytest.raises(SettingError, match="line 2"):
        read_env_file(path)


def test_browsers_and_people_are_admitted_as_told(workspace):
    """Origins and the user pool reach the stack; without them no page and no person is admitted."""
    names = ("CorsOrigins", "CognitoUserPool", "CognitoClient")
    told = stack_parameters(
        load_settings(
            workspace,
            {"CORS_ORIGINS": "http://127.0.0.1:5173", "COGNITO_USER_POOL": "create", "COGNITO_CLIENT": "c"},
        )
    )
    untold = stack_parameters(load_settings(workspace, {}))
    assert untold["CallingHours"] == "00:00-24:00"
    assert [told[name] for name in names] == ["http://127.0.0.1:5173", "create", "c"]
    assert [untold[name] for name in names] == ["", "", ""]


def test_countries_are_written_as_the_stack_takes_them(workspace):
    """In capital letters, without spaces."""
    settings = load_settings(workspace, {"ALLOWED_COUNTRIES": "us, gb"})
    assert settings.allowed_countries == "US,GB"


@pytest.mark.parametrize(
    ("codes", "words"), [("usa", "USA is no country"), ("US,UK", "UK is no ISO 3166 code")]
)
def test_a_country_that_does_not_exist_is_named(workspace, codes, words):
    """Before anything is deployed with it."""
    with pytest.raises(SettingError, match=f"ALLOWED_COUNTRIES: {words}"):
        load_settings(workspace, {"ALLOWED_COUNTRIES": codes})
