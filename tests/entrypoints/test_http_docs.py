"""The API's description and its page: served without a token, kept by browsers, from nowhere else."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

import chalicelib
from infra import contract

CONSOLE = Path(chalicelib.__file__).parent / "console"
VENDORED = CONSOLE / "vendor" / "swagger-ui"


def test_the_description_needs_no_token(api):
    """Anyone may read the contract, which is the kept one."""
    answer = api.get("/v1/openapi.json", scope=None)
    assert answer.status == 200
    assert answer.body == json.loads(contract.CURRENT.read_text(encoding="utf-8"))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers["ETag"])


def test_the_description_is_not_sent_twice(api):
    """Who has it already is told so."""
    tag = api.get("/v1/openapi.json", scope=None).headers["ETag"]
    again = api.get("/v1/openapi.json", scope=None, headers={"If-None-Match": tag})
    assert (again.status, not again.body) == (304, True)


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("/docs", "text/html", "no-cache"),
        ("/docs/docs.js", "text/javascript", "no-cache"),
        ("/docs/docs.css", "text/css", "no-cache"),
        ("/docs/vendor/swagger-ui.css", "text/css", "public, max-age=604800"),
        ("/docs/vendor/swagger-ui-bundle.js", "text/javascript", "public, max-age=604800"),
    ],
)
def test_the_pages_files_are_served_and_kept(api, path, kind, cache):
    """Each has its type, its time in the cache, and a tag by which it is not sent again."""
    answer = api.get(path, scope=None)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert answer.headers["Cache-Control"] == cache
    again = api.get(path, scope=None, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, not again.body) == (304, True)
    assert api.get(path, scope=None, headers={"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize(
    "path", ["/docs", "/docs/docs.js", "/console", "/console/console.css", "/v1/openapi.json"]
)
def test_what_is_not_sent_again_keeps_its_headers(api, path):
    """Browsers put the headers of a 304 in place of those they keep: the policy and the type must stay."""
    first = api.get(path, scope=None)
    again = api.get(path, scope=None, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert again.status == 304
    own = {"X-Request-Id"}
    assert {**again.headers, **dict.fromkeys(own)} == {**first.headers, **dict.fromkeys(own)}


@pytest.mark.parametrize("name", ["app.py", "..%2Findex.html", "LICENSE", "vendor/LICENSE", "vendor/NOTICE"])
def test_no_other_file_is_served(api, name):
    """Only what the page needs has a name here."""
    assert api.get(f"/docs/{name}", scope=None).status == 404


def test_scripts_come_from_here_only(api):
    """The policy allows no script in the page and nothing of another host."""
    policy = api.get("/docs", scope=None).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
    page = api.get("/docs", scope=None).body
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|https?:", page)


def test_what_is_vendored_is_what_was_published():
    """The packed files are, unpacked, those whose sums stand beside them."""
    table = dict(
        re.findall(r"^\| (\S+) \| ([0-9a-f]{64}) \|$", (VENDORED / "README.md").read_text(), re.MULTILINE)
    )
    packed = {path.name.removesuffix(".gz"): path for path in VENDORED.glob("*.gz")}
    sums = {
        name: hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() for name, path in packed.items()
    }
    assert sums == table
    assert {"LICENSE", "NOTICE"} <= {path.name for path in VENDORED.iterdir()}


def test_colours_of_the_page_can_be_read():
    """Each colour that is set for text or under white text stands out from white by 4.5 to 1 (WCAG 1.4.3)."""
    style = (CONSOLE / "docs" / "docs.css").read_text(encoding="utf-8")
    colours = re.findall(r"\.swagger-ui [^{}]*\{[^}]*?\b(?:color|background): #([0-9a-f]{6})[ ;]", style)
    assert len(colours) > 10
    assert [each for each in colours if 1.05 / (_luminance(each) + 0.05) < 4.5] == ["f08a8a"]
    assert (_luminance("f08a8a") + 0.05) / (_luminance("1b1b1b") + 0.05) > 4.5


def test_the_token_is_not_shown():
    """Whoever looks over a shoulder does not read it, and the field says what it takes."""
    script = (CONSOLE / "docs" / "docs.js").read_text(encoding="utf-8")
    assert 'type: "password"' in script
    assert '"Bearer token"' in script


def _luminance(colour):
    """Give the relative luminance of a colour, as WCAG defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
