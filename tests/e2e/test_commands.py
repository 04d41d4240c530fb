"""The commands against the deployed stack: over the wire, with the roles that the functions really have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from localcloud.cli import main

if TYPE_CHECKING:
    from e2e.world import Stack

_NOTHING_SET = {"AICS_API_URL": "", "AICS_TOKEN": ""}


def _run(stack: Stack, *words: str) -> Any:
    """Type a command beside the stack; give what it prints as JSON."""
    typed = ["--root", str(stack.workspace.root), *words, "--json"]
    result = CliRunner().invoke(main, typed, env=_NOTHING_SET)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_token_lives_and_ends(stack: Stack) -> None:
    """Made, used, rotated and revoked; its use is noted by the authorizer."""
    made = _run(stack, "tokens", "create", "commands", "--scope", "viewer", "--days", "1")
    mine = _run(stack, "tokens", "current", "--token", made["secret"])
    assert (mine["id"], bool(mine["last_used_at"])) == (made["id"], True)
    new = _run(stack, "tokens", "rotate", made["id"], "--overlap", "60")
    assert _run(stack, "tokens", "revoke", new["id"])["revoked_at"]
    by_id = {token["id"]: token for token in _run(stack, "tokens", "list")}
    assert by_id[made["id"]]["rotated_to"] == new["id"]


def test_the_kill_switch_is_thrown_and_released(stack: Stack) -> None:
    """It shows in the settings and in their history, with the reason."""
    after = _run(stack, "kill-switch", "on", "--reason", "trial")
    try:
        assert (after["dialing_enabled"], after["kill_switch"]["reason"]) == (False, "trial")
        assert _run(stack, "settings", "show") == after
    finally:
        assert _run(stack, "kill-switch", "off")["dialing_enabled"] is True
    released, thrown = _run(stack, "settings", "history", "--limit", "2")
    assert (thrown["reason"], thrown["version"] + 1) == ("trial", released["version"])
