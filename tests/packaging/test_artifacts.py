from __future__ import annotations

import subprocess
import sys

import pytest

from infra import prune
from infra.archive import CompileFailedError, add_bytecode, write_zip
from infra.artifacts import build_application, build_layer
from infra.chalice_template import build_template
from infra.layout import Architecture, Checkout, this_machine
from infra.lazy_names import lazy
from infra.package import BUDGET_BYTES, build_package, summary
from infra.wheels import shipped_wheels


@pytest.fixture
def elsewhere(checkout, tmp_path) -> Checkout:
    """The same sources at another path, with the downloaded wheels but no built layer."""
    for name in ("app.py", "chalicelib", ".chalice", "infra", "requirements.in", "requirements.txt"):
        (tmp_path / name).symlink_to(checkout.root / name)
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "wheels").symlink_to(checkout.local / "wheels")
    return Checkout(tmp_path)


def _run(folder, program):
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )


def _in_package(built, program):
    """Run a program where only the package and the standard library are; give what it prints."""
    done = _run(built.opt, f"import sys; sys.path.insert(0, {str(built.opt / 'python')!r})\n{program}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_layer_is_reproducible(built, elsewhere, tmp_path):
    """A second build of the layer, at another path, gives the same bytes."""
    again = build_layer(elsewhere, this_machine(), tmp_path / "again.zip")
    assert again.sha256 == built.layer.sha256


def test_application_is_reproducible(built, checkout, elsewhere, tmp_path):
    """A second build of the application, at another path, gives the same bytes; so does the template."""
    assert build_application(elsewhere, tmp_path / "again.zip").sha256 == built.application.sha256
    build_template(checkout, this_machine(), tmp_path / "one.json")
    build_template(elsewhere, this_machine(), tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_package_fits_the_budget(built):
    """Application and layer together stay below 60 MB unzipped, bytecode included."""
    assert 0 < built.application.unzipped + built.layer.unzipped <= BUDGET_BYTES


def test_bytecode_is_loaded_although_sources_are_present(tmp_path):
    """The interpreter runs the packaged bytecode: a source that changed afterwards is not even read."""
    (tmp_path / "greeting.py").write_text("WORD = 'compiled'\n")
    add_bytecode(tmp_path, "/opt/python")
    (tmp_path / "greeting.py").write_text("raise SystemExit('the source was used')\n")
    done = _run(tmp_path, "import sys; sys.path.insert(0, '.'); import greeting; print(greeting.WORD)")
    assert done.stdout.strip() == "compiled"


def test_every_shipped_module_has_bytecode(built):
    """No packaged source lacks its compiled twin, so that no cold start compiles anything."""
    tag = sys.implementation.cache_tag
    sources = [*built.opt.rglob("*.py"), *built.task.rglob("*.py")]
    bare = [s for s in sources if not (s.parent / "__pycache__" / f"{s.stem}.{tag}.pyc").exists()]
    assert sources
    assert bare == []


def test_source_that_does_not_compile_stops_the_build(tmp_path):
    """A syntax error is a packaging error that names the file, not a surprise on the first call."""
    (tmp_path / "broken.py").write_text("def (:\n")
    with pytest.raises(CompileFailedError, match="broken"):
        add_bytecode(tmp_path, "/var/task")


def test_zip_does_not_depend_on_times_or_modes(tmp_path):
    """Touching a file or changing its mode changes nothing in the zip."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    first = write_zip(folder, tmp_path / "one.zip")
    (folder / "a.txt").chmod(0o600)
    (folder / "a.txt").touch()
    assert write_zip(folder, tmp_path / "two.zip").sha256 == first.sha256


@pytest.mark.parametrize(
    "name", ["aiohttp", "yaml", "inquirer", "pip", "click", "boto3", "chalice/cli", "ministack"]
)
def test_tools_do_not_ship(built, name):
    """What only tools need is not in the layer."""
    assert not (built.opt / "python" / name).exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("botocore/data/dynamodb/2012-08-10/service-2.json.gz", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/cognito-idp/2016-04-18/service-2.json.gz", True),
        ("twilio/rest/api/v2010/account/call/__init__.py", True),
        ("twilio/rest/api/v2010/account/conference/participant.py", True),
        ("twilio/rest/api/v2010/account/sip/domain/__init__.py", False),
        ("twilio/rest/video/v1/room/__init__.py", False),
        ("phonenumbers/carrierdata/data0.py", False),
        ("phonenumbers/shortdata/region_US.py", False),
        ("phonenumbers/geodata/locale.py", True),
        ("pydantic/v1/main.py", False),
        ("phonenumbers/tzdata/data0.py", True),
        ("chalice/app.py", True),
        ("chalice/deploy/deployer.py", False),
        ("pydantic-2.13.5.dist-info/METADATA", True),
        ("pydantic-2.13.5.dist-info/RECORD", False),
        ("openai/types/beta/thread.py", False),
        ("openai/types/chat/chat_completion.py", True),
    ],
)
def test_pruning_keeps_what_is_used(name, kept):
    """Each library keeps the parts that the product calls and loses the rest."""
    assert prune.ships(name) is kept


def test_place_names_are_reduced_but_work(built):
    """English place names of country code 1 and time zones answer from the packaged phonenumbers."""
    program = (
        f"import sys; sys.path.insert(0, {str(built.opt / 'python')!r})\n"
        "import phonenumbers.geocoder, phonenumbers.timezone\n"
        "number = phonenumbers.parse('+12012015000')\n"
        "print(phonenumbers.geocoder.description_for_number(number, 'en'))\n"
        "print(*phonenumbers.timezone.time_zones_for_number(number))\n"
    )
    assert _run(built.opt, program).stdout.split("\n")[:2] == ["New Jersey", "America/New_York"]


CARRIER = """
from twilio.rest import Client
client = Client("AC0", "token")
for resource in (client.calls, client.messages, client.conferences, client.recordings):
    print(type(resource).__name__, resource("sid").fetch.__name__)
print(type(client.conferences("CF1").participants("CA1")).__name__)
try:
    client.addresses
except TypeError:
    print("addresses are an outline")
"""


def test_carrier_client_keeps_what_is_used(built):
    """The packaged client has the four resources that we call, and outlines of the others that it imports."""
    lines = _in_package(built, CARRIER).split("\n")
    assert lines[:4] == [f"{name}List fetch" for name in ("Call", "Message", "Conference", "Recording")]
    assert lines[4:6] == ["ParticipantContext", "addresses are an outline"]


LATE = """
import sys
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.utilities.data_classes import SQSEvent, event_source
import aws_lambda_powertools.event_handler as handlers
print(LambdaFunctionUrlResolver.__name__, Response.__name__, SQSEvent.__name__, callable(event_source))
print(all(hasattr(handlers, name) for name in ("CORSConfig", "Response", "content_types")))
print(hasattr(handlers, "nothing"), "asyncio" in sys.modules)
"""


def test_names_of_a_package_are_imported_when_they_are_asked_for(built):
    """The packaged toolkit gives every name that is asked for and has imported nothing that was not."""
    assert _in_package(built, LATE).split("\n")[:3] == [
        "LambdaFunctionUrlResolver Response SQSEvent True",
        "True",
        "False False",
    ]


def test_lazy_package_imports_what_it_needs_itself_at_once():
    """Only names that a package offers wait; its own work, and names of modules, stay as they were."""
    source = "from a.b import C, D\nfrom .e import F\nfrom .g import g\nfrom h import I\nVERSION = I\n"
    written = lazy(source)
    assert written.startswith("from .g import g\nfrom h import I\nVERSION = I")
    assert "'C': 'a.b',\n    'D': 'a.b',\n    'F': '.e'," in written


ADDRESSES = """
import botocore.session
session = botocore.session.get_session()
for service in ("dynamodb", "apigatewaymanagementapi", "bedrock-runtime", "cognito-idp", "sts", "s3"):
    for region in ("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"):
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        client = session.create_client(service, region_name=region, **keys)
        print(client.meta.endpoint_url, client.meta.config.signature_version)
"""


def test_addresses_of_services_are_those_of_the_whole_list(built):
    """A client made from the packaged list of addresses calls the same ones as one made from all of it."""
    whole = subprocess.run([sys.executable, "-c", ADDRESSES], capture_output=True, text=True, check=True)
    assert _in_package(built, ADDRESSES) == whole.stdout
    assert "https://dynamodb.eu-central-1.amazonaws.com" in whole.stdout


@pytest.mark.parametrize("architecture", list(Architecture))
def test_compiled_wheels_fit_the_processor(checkout, architecture):
    """Every compiled wheel of a package is one for Lambda's processor; none of another machine slips in."""
    machine = {"x86_64": "x86_64", "arm64": "aarch64"}[architecture]
    compiled = [w.name for w in shipped_wheels(checkout, architecture) if not w.name.endswith("-any.whl")]
    assert any(name.startswith("pydantic_core") for name in compiled)
    assert all(name.endswith(f"{machine}.whl") for name in compiled)


def test_unchanged_inputs_are_not_built_again(checkout, elsewhere):
    """Packaging twice builds once; the second run reports the same measures."""
    (elsewhere.local / "layers").symlink_to(checkout.local / "layers")
    first = build_package(elsewhere, this_machine())
    second = build_package(elsewhere, this_machine())
    assert first.rebuilt
    assert not second.rebuilt
    assert summary(first) == summary(second)
    assert first.artifacts[0].sha256 in summary(first)


def test_changed_source_is_built_again(checkout, elsewhere):
    """A change of one source makes a new package."""
    before = elsewhere.fingerprint(this_machine())
    (elsewhere.root / "app.py").unlink()
    (elsewhere.root / "app.py").write_text((checkout.root / "app.py").read_text() + "\n")
    assert elsewhere.fingerprint(this_machine()) != before
