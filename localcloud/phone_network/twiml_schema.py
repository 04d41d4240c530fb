"""Which elements, attributes and nestings TwiML allows; reading a document is in ``twiml``.

Source: twilio.com/docs/voice/twiml and the generated TwiML classes of Twilio's own library.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """What one element may carry: attributes, the required ones, children, text."""

    attributes: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    text: bool = False


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SSML = _names("break emphasis lang p phoneme prosody s say-as sub w")
_RECORDING_CALLBACK = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent"
_LEG_CALLBACK = "url method statusCallbackEvent statusCallback statusCallbackMethod"
_DETECTION = (
    "machineDetection amdStatusCallbackMethod amdStatusCallback machineDetectionTimeout "
    "machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"
)
_NORMALISATION = "asrSmartFormat ttsTextNormalization ttsLanguageTextNormalization"

ELEMENTS: dict[str, Element] = {
    "Response": Element(
        children=_names("Say Play Pause Gather Redirect Connect Start Dial Hangup Reject Record Enqueue")
    ),
    "Say": Element(_names("voice loop language"), children=_SSML, text=True),
    "Play": Element(_names("loop digits"), text=True),
    "Pause": Element(_names("length")),
    "Gather": Element(
        _names(
            "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits "
            "partialResultCallback partialResultCallbackMethod language hints bargeIn debug "
            "actionOnEmptyResult speechModel enhanced"
        ),
        children=_names("Say Play Pause"),
    ),
    "Redirect": Element(_names("method"), text=True),
    "Connect": Element(_names("action method"), children=_names("ConversationRelay")),
    "ConversationRelay": Element(
        _names(
            "url language ttsLanguage transcriptionLanguage ttsProvider voice transcriptionProvider "
            "speechModel profanityFilter dtmfDetection welcomeGreeting partialPrompts "
            "welcomeGreetingInterruptible interruptible preemptible hints intelligenceService "
            "reportInputDuringAgentSpeech elevenlabsTextNormalization interruptSensitivity debug "
            "backgroundNoiseReduction speechTimeout deepgramSmartFormat ignoreBackchannel events "
            "partialPromptOnHangup eagerEotThreshold elevenlabsLanguageTextNormalization includeInPrompt "
            f"customerName applicationReconnect echoPromptFiltering turnDetection {_NORMALISATION}"
        ),
        children=_names("Language Parameter"),
        required=_names("url"),
    ),
    "Language": Element(
        _names(f"code ttsProvider voice transcriptionProvider speechModel hints {_NORMALISATION}"),
        required=_names("code"),
    ),
    "Parameter": Element(_names("name value"), required=_names("name value")),
    "Start": Element(_names("action method"), children=_names("Recording")),
    "Recording": Element(_names(f"{_RECORDING_CALLBACK} trim track channels recordingConfigurationId")),
    "Dial": Element(
        _names(
            "action method timeout hangupOnStar timeLimit callerId record trim recordingConfigurationId "
            "answerOnBridge ringTone recordingTrack sequential referUrl referMethod events passports "
            f"{_RECORDING_CALLBACK}"
        ),
        children=_names("Number Conference Sip Client Queue"),
        text=True,
    ),
    "Number": Element(_names(f"sendDigits byoc {_LEG_CALLBACK} {_DETECTION}"), text=True),
    "Conference": Element(
        _names(
            "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record "
            "recordingConfigurationId region coach trim statusCallbackEvent statusCallback "
            "statusCallbackMethod eventCallbackUrl jitterBufferSize participantLabel "
            f"{_RECORDING_CALLBACK}"
        ),
        text=True,
    ),
    "Sip": Element(_names(f"username password {_LEG_CALLBACK} {_DETECTION}"), text=True),
    "Client": Element(_names(_LEG_CALLBACK), text=True),
    "Queue": Element(_names("url method reservationSid postWorkActivitySid"), text=True),
    "Hangup": Element(),
    "Reject": Element(_names("reason")),
    "Record": Element(
        _names(
            "action method timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback "
            f"recordingConfigurationId {_RECORDING_CALLBACK}"
        )
    ),
    "Enqueue": Element(
        _names("action maxQueueSize method waitUrl waitUrlMethod workflowSid"),
        children=_names("Task"),
        text=True,
    ),
    "Task": Element(_names("priority timeout"), text=True),
    **{
        name: Element(
            _names(
                "strength time level xml:lang {http://www.w3.org/XML/1998/namespace}lang alphabet ph volume "
                "rate pitch interpret-as format role alias"
            ),
            children=_SSML,
            text=True,
        )
        for name in _SSML
    },
}

ALLOWED_VALUES: dict[str, frozenset[str]] = {
    "method": _names("GET POST"),
    "recordingStatusCallbackMethod": _names("GET POST"),
    "statusCallbackMethod": _names("GET POST"),
    "partialResultCallbackMethod": _names("GET POST"),
    "input": frozenset({"dtmf", "speech", "dtmf speech", "speech dtmf"}),
    "bargeIn": _names("true false"),
    "actionOnEmptyResult": _names("true false"),
    "dtmfDetection": _names("true false"),
    "interruptible": _names("none dtmf speech any true false"),
    "welcomeGreetingInterruptible": _names("none dtmf speech any true false"),
    "reportInputDuringAgentSpeech": _names("none dtmf speech any true false"),
    "interruptSensitivity": _names("high medium low"),
    "ttsProvider": _names("ElevenLabs Google Amazon"),
    "transcriptionProvider": _names("Deepgram Google"),
    "reason": _names("rejected busy"),
    "playBeep": _names("true false"),
    "transcribe": _names("true false"),
    "startConferenceOnEnter": _names("true false"),
    "endConferenceOnExit": _names("true false"),
    "muted": _names("true false"),
}

WHOLE_NUMBERS = _names("numDigits maxLength loop length timeLimit maxSpeechTime")
