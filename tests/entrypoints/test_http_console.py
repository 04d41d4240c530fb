"""The console's files: served as what they are, under a strict policy, and nothing else."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/console", "text/html; charset=utf-8"),
        ("/console/console.js", "text/javascript; charset=utf-8"),
        ("/console/console.css", "text/css; charset=utf-8"),
    ],
)
def test_the_pages_need_no_token_and_run_only_their_own_scripts(api, path, kind):
    """Whatever is shown there is asked for with the user's own token."""
    answer = api.get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["app.py", "..%2F..%2Fapp.py", "nothing.html"])
def test_no_other_file_is_served(api, name):
    """Only the console's own files have names here."""
    assert api.get(f"/console/{name}").status == 404
