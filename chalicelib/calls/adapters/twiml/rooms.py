"""Rooms to TwiML: what somebody who is called in hears, how they enter, what is heard while waiting; pure.

Source: Twilio, docs/voice/twiml/conference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twilio.twiml.voice_response import Gather, VoiceResponse

from chalicelib.ai.domain.sentences import Sentence, has_sentences, primary, sentence
from chalicelib.ai.domain.speaking import speakable
from chalicelib.calls.domain.rooms import Listening, Role

if TYPE_CHECKING:
    from twilio.twiml.voice_response import Dial

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.rooms import Participant

_EVENTS = "start end join leave mute hold"
_KEY_S = 8
# Music that the carrier itself offers for waiting (its own contact-centre template uses this piece).
_MUSIC = "http://com.twilio.music.soft-rock.s3.amazonaws.com/_ghost_-_promo_2_sample_pack.mp3"


def conference(  # noqa: PLR0913  the attributes of the noun
    dial: Dial,
    room_id: str,
    participant_id: str,
    addresses: Addresses,
    *,
    starts: bool,
    ends: bool,
    **more: Any,
) -> None:
    """Enter a conference; with `starts` it begins then, with `ends` it is over when this line leaves."""
    dial.conference(
        room_id,
        participant_label=participant_id,
        beep="false",
        start_conference_on_enter=starts,
        end_conference_on_exit=ends,
        wait_url=addresses.room_wait(room_id),
        wait_method="POST",
        status_callback=addresses.room_events(room_id),
        status_callback_event=_EVENTS,
        **more,
    )


def ask_to_join(room_id: str, leg: Participant, words: str, language: str, addresses: Addresses) -> str:
    """Say what it is about, and ask for the key that no machine presses; all in one language (BCP 47)."""
    response = VoiceResponse()
    gathering = Gather(
        input="dtmf",
        action=f"{addresses.leg(room_id, leg.id)}/key",
        method="POST",
        timeout=_KEY_S,
        num_digits=1,
        action_on_empty_result=True,
    )
    press = Sentence.PRESS_TO_TAKE if leg.role is Role.COLLEAGUE else Sentence.PRESS_TO_JOIN
    gathering.say(f"{speakable(words, language)} {sentence(press, language)}", **_tag(language))
    response.append(gathering)
    return str(response)


def join(room_id: str, leg: Participant, addresses: Addresses, coached_sid: str) -> str:
    """Let somebody in; the talk is over when the colleague goes."""
    response = VoiceResponse()
    ends = leg.role is Role.COLLEAGUE
    starts = leg.role is not Role.SUPERVISOR
    conference(
        response.dial(), room_id, leg.id, addresses, starts=starts, ends=ends, **_manner(leg, coached_sid)
    )
    return str(response)


def _manner(leg: Participant, coached_sid: str) -> dict[str, Any]:
    if leg.role is not Role.SUPERVISOR:
        return {"muted": True} if leg.wants_muted else {}
    if leg.mode == Listening.WHISPER and coached_sid:
        return {"coach": coached_sid}
    return {} if leg.mode == Listening.BARGE else {"muted": True}


def goodbye(key: Sentence, language: str) -> str:
    """Say one sentence and hang up."""
    response = VoiceResponse()
    response.say(sentence(key, language), **_tag(language))
    response.hangup()
    return str(response)


def _tag(language: str) -> dict[str, str]:
    """Name the language for the carrier, which speaks English unless it is told."""
    return {"language": language} if has_sentences(language) and primary(language) != "en" else {}


def waiting(words: str, language: str) -> str:
    """Say these words, then play music until somebody comes."""
    response = VoiceResponse()
    response.say(words, **_tag(language))
    response.play(_MUSIC, loop=0)
    return str(response)
