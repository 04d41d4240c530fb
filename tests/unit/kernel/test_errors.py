"""What vendors raise is told in our own terms."""

from __future__ import annotations

import pytest

from chalicelib.kernel.errors import Unavailable, unavailable_on


@unavailable_on(KeyError)
class _Adapter:
    def fails(self):
        """Raise what the vendor raises."""
        raise KeyError("secret detail")

    def errs(self):
        """Raise something else."""
        raise TypeError

    def answers(self, value, *, more=0):
        """Give back what was given."""
        return value + more

    def _hidden(self):
        raise KeyError


def test_a_silent_vendor_is_unavailable_and_may_be_tried_again():
    """The vendor's error becomes the cause; its text is not shown."""
    with pytest.raises(Unavailable) as caught:
        _Adapter().fails()
    assert (caught.value.code, caught.value.retryable) == ("storage_unavailable", True)
    assert isinstance(caught.value.__cause__, KeyError)
    assert "secret" not in str(caught.value)


def test_everything_else_passes():
    """Answers, other errors and what is private stay as they are."""
    assert _Adapter().answers(1, more=2) == 3
    with pytest.raises(TypeError):
        _Adapter().errs()
    with pytest.raises(KeyError):
        _Adapter()._hidden()
