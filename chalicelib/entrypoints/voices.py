"""Voices that speak over the carrier's sockets, for whoever answers a turn."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.calls.adapters.sockets import RelayVoice


def relay_voice(connection_id: str, call_id: str, turn: int) -> RelayVoice:
    """Give the voice of a turn, as fast and as patient as the settings say."""
    root = container()
    pace, patience = root.settings.speech_chars_per_second, root.settings.silence_patience_s
    return RelayVoice(root.calls.socket, root.calls.wakeups, connection_id, call_id, turn, pace, patience)
