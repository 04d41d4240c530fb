"""What evaluations put on the queue of jobs: versioned JSON, written here and read here."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.kernel.messages import Codec


@dataclass(frozen=True)
class PlayScenario:
    """Play this part of an evaluation, counted from 0, if that was not done."""

    evaluation_id: str
    run: int


_CODEC: Codec[PlayScenario] = Codec({"play_scenario": PlayScenario})
encode, decode = _CODEC.encode, _CODEC.decode
