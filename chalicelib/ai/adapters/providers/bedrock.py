"""Any model on Amazon Bedrock by its Converse API, by the runtime's own client; its key is the role."""

from __future__ import annotations

from contextlib import closing, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from botocore.eventstream import ParserError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectionError,  # noqa: A004  the client's own
    ConnectTimeoutError,
    EventStreamError,
    HTTPClientError,
    ReadTimeoutError,
)
from urllib3.exceptions import HTTPError
from urllib3.exceptions import ReadTimeoutError as SocketTimeoutError

from chalicelib.ai.adapters.providers import waiting
from chalicelib.ai.adapters.providers.alternating import Alternating, Blocks, tools_of
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.ports.models import Begun, Finished, ModelPart, ModelRequest, TextDelta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.ai.domain.conversation import ToolSpec
    from chalicelib.kernel.errors import Unavailable

_CUT = "max_tokens"
_MAX_TEMPERATURE = 1.0
# What Bedrock calls what has gone wrong, in answers and within a stream.
_RATE = frozenset({"throttlingexception", "toomanyrequestsexception", "servicequotaexceededexception"})
_FAULT = frozenset(
    {
        "internalserverexception",
        "modelerrorexception",
        "modelnotreadyexception",
        "modelstreamerrorexception",
        "serviceunavailableexception",
    }
)
_SLOW = frozenset({"modeltimeoutexception"})


class BedrockModel:
    """Converse with streaming and tools; structured output by a tool that must be used; implements `Speaker`.

    `silence_s` is how long (seconds) it may be silent, before its answer and within it. `base_url` is for
    addresses other than the region's own.
    """

    def __init__(
        self, *, model: str, region: str = "", base_url: str = "", silence_s: float = waiting.SILENCE_S
    ) -> None:
        self.model = model
        self._session = botocore.session.get_session()
        self._region, self._base_url = region or None, base_url or None
        self._client = self._connect(silence_s)

    def _connect(self, read_s: float) -> Any:
        config = Config(
            connect_timeout=min(waiting.CONNECT_S, read_s),
            read_timeout=read_s,
            retries={"total_max_attempts": 1},
        )
        return self._session.create_client(
            "bedrock-runtime", region_name=self._region, endpoint_url=self._base_url, config=config
        )

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator closes the connection."""
        deadline = perf_counter() + request.time_left_s
        with _failures():
            events = self._ask(self._conversation(request))["stream"]
            try:
                yield from _parts(_in_time(iter(events), deadline))
            finally:
                events.close()

    def _ask(self, conversation: dict[str, Any]) -> Any:
        """Send the request; again at once when a kept connection was closed while the process was frozen."""
        try:
            return self._client.converse_stream(**conversation)
        except ConnectionClosedError:
            return self._client.converse_stream(**conversation)

    def _conversation(self, request: ModelRequest) -> dict[str, Any]:
        limits: dict[str, Any] = {"maxTokens": request.max_tokens}
        if request.temperature is not None:
            limits["temperature"] = min(request.temperature, _MAX_TEMPERATURE)
        specs = tools_of(request)
        tools = {"toolConfig": {"tools": [_tool(spec) for spec in specs]}} if specs else {}
        return {
            "modelId": self.model,
            "system": [{"text": request.instructions}],
            "messages": Alternating(_BLOCKS).write(request.messages),
            "inferenceConfig": limits,
            **tools,
        }

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], seconds: float
    ) -> tuple[Any, Usage]:
        """Do a task on a text in so many seconds and answer with JSON that follows `schema`."""
        with _failures(), closing(self._connect(seconds)) as client:
            answer = client.converse(
                modelId=self.model,
                system=[{"text": task}],
                messages=[{"role": "user", "content": [{"text": text}]}],
                inferenceConfig={"maxTokens": waiting.MAX_EXTRACTION_TOKENS},
                toolConfig={
                    "tools": [_spec(name, "Give the answer.", schema)],
                    "toolChoice": {"tool": {"name": name}},
                },
            )
            usage = _usage(answer.get("usage") or {})
            blocks = answer["output"]["message"]["content"]
            found = [block["toolUse"]["input"] for block in blocks if "toolUse" in block]
        if answer.get("stopReason") == _CUT or not found or not isinstance(found[0], dict):
            raise waiting.no_json(usage)
        return found[0], usage


@contextmanager
def _failures() -> Iterator[None]:
    """Tell every failure of the provider as `Unavailable`; all but refused requests may be retried."""
    try:
        with waiting.malformed_is_failure():
            yield
    except (ReadTimeoutError, ConnectTimeoutError, SocketTimeoutError) as error:
        raise waiting.timed_out() from error
    except (EventStreamError, ClientError) as error:
        raise _named(error.response) from error
    except ParserError as error:
        raise waiting.failed() from error
    except (HTTPClientError, ConnectionError, HTTPError) as error:
        raise waiting.unreachable() from error
    except BotoCoreError as error:  # no credentials, no region, arguments that do not fit, a broken stream
        raise waiting.refused() from error


def _named(response: Mapping[str, Any]) -> Unavailable:
    """Give the failure that Bedrock has named; within a stream only the name tells."""
    code = str((response.get("Error") or {}).get("Code", "")).lower()
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode") or 0
    if code in _RATE or status == 429:  # noqa: PLR2004  too many requests
        return waiting.rate_limited()
    if code in _SLOW:
        return waiting.timed_out()
    is_fault = code in _FAULT or status >= 500  # noqa: PLR2004  the server's fault
    return waiting.failed() if is_fault else waiting.refused()


def _in_time(events: Iterator[Any], deadline: float) -> Iterator[Any]:
    for event in events:
        if perf_counter() > deadline:
            raise waiting.timed_out()
        yield event


def _parts(events: Iterator[dict[str, Any]]) -> Iterator[ModelPart]:
    """Turn events into parts; what the answer consumed comes after its end."""
    pieces = waiting.Pieces()
    usage, stop = Usage(), ""
    for event in events:
        if "contentBlockStart" in event:
            yield from _begin(event["contentBlockStart"], pieces)
        elif "contentBlockDelta" in event:
            yield from _go_on(event["contentBlockDelta"], pieces)
        elif "messageStop" in event:
            stop = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            usage = _usage(event["metadata"].get("usage") or {})
    if not stop:
        raise waiting.broke_off()
    yield from pieces.calls()
    yield Finished(usage, is_cut=stop == _CUT)


def _begin(block: dict[str, Any], pieces: waiting.Pieces) -> Iterator[ModelPart]:
    if use := block["start"].get("toolUse"):
        if not pieces:
            yield Begun()
        pieces.join(block["contentBlockIndex"], use["toolUseId"], use["name"], "")


def _go_on(block: dict[str, Any], pieces: waiting.Pieces) -> Iterator[ModelPart]:
    delta = block["delta"]
    if delta.get("text"):
        yield TextDelta(delta["text"])
    elif "toolUse" in delta:
        pieces.join(block["contentBlockIndex"], "", "", delta["toolUse"]["input"])


def _usage(usage: Mapping[str, Any]) -> Usage:
    """Read tokens; here those of the cache are told beside the prompt's others, not among them."""
    cached = usage.get("cacheReadInputTokens") or 0
    fresh = (usage.get("inputTokens") or 0) + (usage.get("cacheWriteInputTokens") or 0)
    return Usage(fresh + cached, cached, usage.get("outputTokens") or 0)


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return _spec(spec.name, spec.description, spec.parameters)


def _spec(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"toolSpec": {"name": name, "description": description, "inputSchema": {"json": dict(schema)}}}


_BLOCKS = Blocks(
    words=lambda text: {"text": text},
    action=lambda use, given: {"toolUse": {"toolUseId": use.id, "name": use.name, "input": given}},
    result=lambda use: {"toolResult": {"toolUseId": use.id, "content": [{"text": use.result}]}},
)
