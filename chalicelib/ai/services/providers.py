"""The model that everything asks: providers in an order, the next one when one fails or is late."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse, UnreadableError, tell_nobody
from chalicelib.ai.ports.models import READING_S, Dropped
from chalicelib.ai.services.meter import estimated_reading
from chalicelib.ai.services.questions import BAD_TOOL, CUT_SHORT, EMPTY, TIMED_OUT, Question
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import AppError, Invalid, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from chalicelib.ai.domain.asking import Tell
    from chalicelib.ai.ports.models import ModelPart, ModelRequest
    from chalicelib.ai.services.questions import Provider
    from chalicelib.kernel.clock import Clock

# How long (seconds) a provider that has failed is asked after all others.
REST_S = 30.0
# These say something of one answer, and nothing of the next.
_NO_OUTAGE = frozenset({EMPTY, CUT_SHORT, BAD_TOOL, "bad_analysis"})
_ENDS_SENTENCE = (".", "!", "?", "…", ":")


class ProviderChain:
    """Asks one provider after the other until one answers; implements `Model`.

    Which ones have just failed is known in this process only: each process finds that out by itself.
    """

    def __init__(self, providers: tuple[Provider, ...], clock: Clock) -> None:
        self.name = providers[0].model
        self._providers = providers
        self._clock = clock
        self._rests_until: dict[str, float] = {}

    def prepare(self) -> None:
        """Build what the first question needs, while nobody waits yet."""
        self._providers[0].speaker()

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; the next provider goes on where one breaks off, after a word about it.

        Fails with what the last one failed with; closing the iterator cancels the question.
        """
        deadline = self._clock.elapsed() + request.time_left_s
        order = self._order(request.providers)
        heard = ""
        for provider, following in zip(order, (*order[1:], None), strict=True):
            asking = self._asking(request, heard, deadline)
            question = Question(provider, asking, self._clock, has_next=following is not None)
            try:
                yield from question.ask()
            except Unavailable as error:
                self._note_failure(provider, error)
                if following is None or self._clock.elapsed() >= deadline:
                    raise
                log("model.fell_back", provider=provider.name, to=following.name, code=error.code)
            else:
                self._rests_until.pop(provider.name, None)
                return
            if question.said.strip():
                heard = yield from _begin_anew(request, heard, question.said)

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], tell: Tell = tell_nobody
    ) -> tuple[Any, Usage]:
        """Have the first provider that can do a task on a text and answer with JSON that follows `schema`.

        Each has its share of the time that is left, so that one which hangs leaves some to the next. Fails
        with what the last one failed with: `Unavailable`, or `Invalid` when no JSON came.
        """
        order = self._order(())
        deadline = self._clock.elapsed() + READING_S
        for place, (provider, following) in enumerate(zip(order, (*order[1:], None), strict=True)):
            began = self._clock.elapsed()
            use = ModelUse(provider.name, provider.model)
            tell(use)
            seconds = (deadline - began) / (len(order) - place)
            try:
                payload, usage = provider.speaker().extract(task, text, name, schema, seconds)
            except (Unavailable, Invalid) as error:
                spent = _spent(error, task, text, schema)
                tell(replace(use, usage=spent, total_ms=self._since(began), error=error.code))
                self._note_failure(provider, error)
                if following is None or self._clock.elapsed() >= deadline:
                    raise
                log("model.fell_back", provider=provider.name, to=following.name, code=error.code)
            else:
                tell(replace(use, usage=usage, total_ms=self._since(began)))
                return payload, usage
        raise AssertionError("there is always a provider")

    def _order(self, names: tuple[str, ...]) -> tuple[Provider, ...]:
        """Give the named providers, all when none of the names is known any more; resting ones last."""
        known = {provider.name: provider for provider in self._providers}
        chosen = [known[name] for name in names if name in known] or self._providers
        now = self._clock.elapsed()
        return tuple(sorted(chosen, key=lambda provider: now < self._rests_until.get(provider.name, now)))

    def _asking(self, request: ModelRequest, said: str, deadline: float) -> ModelRequest:
        left = deadline - self._clock.elapsed()
        if not said:
            return replace(request, time_left_s=left)
        return replace(request, time_left_s=left, instructions=request.instructions + _resumption(said))

    def _note_failure(self, provider: Provider, error: AppError) -> None:
        if error.code not in _NO_OUTAGE:
            self._rests_until[provider.name] = self._clock.elapsed() + REST_S

    def _since(self, began: float) -> int:
        return millis(self._clock.elapsed() - began)


def _spent(error: AppError, task: str, text: str, schema: Mapping[str, Any]) -> Usage:
    """Say what a reading consumed that came to nothing: as it was told, or estimated when it was too slow."""
    if isinstance(error, UnreadableError):
        return error.usage
    return estimated_reading(task, text, schema) if error.code == TIMED_OUT else Usage()


def _resumption(said: str) -> str:
    """Tell who takes over what the caller has heard already; it is data, whatever it says."""
    heard = json.dumps(said.strip(), ensure_ascii=False)
    return (
        "\n\nYour answer to the last message broke off while you spoke it. The caller has heard this much, "
        f"the apology included: {heard}\nGive the whole answer again, briefly, without another apology."
    )


def _begin_anew(request: ModelRequest, before: str, said: str) -> Generator[ModelPart, None, str]:
    """Say why the answer begins anew, if the caller heard any of it; give all that was heard, with this."""
    heard = request.heard() if request.heard else before + said
    bridge = _bridge(heard, request.again) if heard.strip() != before.strip() else ""
    yield Dropped(bridge)
    return heard + bridge


def _bridge(said: str, again: str) -> str:
    """Give the words between an answer that broke off and the next, as sentences of their own."""
    if said != said.rstrip():
        return f"{again} "
    end = "" if said.endswith(_ENDS_SENTENCE) else "."
    return f"{end} {again} "
