"""Work that goes on while somebody waits for it, but not for ever."""

from __future__ import annotations

from _thread import start_new_thread
from concurrent.futures import Future
from contextvars import copy_context
from time import sleep
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Given_co = TypeVar("Given_co", covariant=True)


class Pending(Protocol[Given_co]):
    """Work that was begun."""

    def wait(self, seconds: float) -> bool:
        """Wait for up to `seconds`; tell whether the work is done."""

    def result(self) -> Given_co:
        """Wait for the work, and give what it gave or raise what it raised."""

    def afterwards(self, act: Callable[[], object]) -> None:
        """Have this done when the work is done, for whoever does not wait for it any more."""


class Running(Generic[Result]):
    """Work that a thread of its own does; one that never ends does not keep the process alive."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._future: Future[Result] = Future()
        # Not `threading.Thread`: its `start` waits until the thread runs, which a caller would wait for too.
        start_new_thread(copy_context().run, (self._do, work))

    def wait(self, seconds: float) -> bool:
        """Wait for up to `seconds`; tell whether the work is done."""
        try:
            self._future.exception(max(seconds, 0.0))
        except TimeoutError:
            return False
        return True

    def result(self) -> Result:
        """Wait for the work, and give what it gave or raise what it raised."""
        return self._future.result()

    def afterwards(self, act: Callable[[], object]) -> None:
        """Have this done by the thread that does the work."""
        self._future.add_done_callback(lambda _: act())

    def _do(self, work: Callable[[], Result]) -> None:
        try:
            self._future.set_result(work())
        except BaseException as error:  # noqa: BLE001  whoever waits for the work raises it
            self._future.set_exception(error)


class Done(Generic[Result]):
    """Work that was done at once on a clock that is set by hand: it took what the clock was moved by."""

    def __init__(self, work: Callable[[], Result], elapsed: Callable[[], float]) -> None:
        began = elapsed()
        self._future: Future[Result] = Future()
        try:
            self._future.set_result(work())
        except BaseException as error:  # noqa: BLE001  whoever asks for the result raises it
            self._future.set_exception(error)
        self._took = elapsed() - began

    def wait(self, seconds: float) -> bool:
        """Tell whether the work took no longer than `seconds`."""
        return self._took <= seconds

    def result(self) -> Result:
        """Give what the work gave or raise what it raised."""
        return self._future.result()

    def afterwards(self, act: Callable[[], object]) -> None:
        """Do this now."""
        act()


def run_later(seconds: float, act: Callable[[], object]) -> None:
    """Do this in a thread of its own, after so many seconds."""

    def wait() -> None:
        sleep(max(seconds, 0.0))
        act()

    start_new_thread(copy_context().run, (wait,))
