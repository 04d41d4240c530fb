"""A chat over the wire: by the packaged template, with the permissions that the functions have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.test_desk import template_of
from e2e.world import MARIA

if TYPE_CHECKING:
    from e2e.world import Stack


def test_a_chat_is_held_listed_and_deleted(stack: Stack) -> None:
    """The model answers message by message; nothing of it is left when it was deleted."""
    template = template_of(stack.api)
    beginning = {"template_id": template["id"], "contact_id": stack.data.contacts[MARIA]}
    first = stack.api.post("/v1/ai/chat", beginning)
    assert first["answer"] == "Hello Maria, do you have a minute?"
    chat_id = first["conversation_id"]
    second = stack.api.post("/v1/ai/chat", {"conversation_id": chat_id, "message": "What do you offer?"})
    assert (second["turn"], second["end"]) == (2, "listen")
    assert second["answer"]
    listed = stack.api.get("/v1/ai/conversations", channel="chat")["items"]
    assert chat_id in [each["id"] for each in listed]
    read = stack.api.get(f"/v1/ai/conversations/{chat_id}")
    assert [turn["said"] for turn in read["turns"]] == ["", "What do you offer?"]
    assert stack.ask("DELETE", f"/v1/ai/conversations/{chat_id}").status_code == 204
    assert stack.ask("GET", f"/v1/ai/conversations/{chat_id}").status_code == 404
