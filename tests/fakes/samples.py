"""A contact and consents that tests of the CRM begin with."""

from __future__ import annotations

from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.kernel.phones import E164

ADA = NewContact(name="Ada", phone=E164("+14155552671"))
GRANT = NewConsent(
    kind=ConsentKind.AUTOMATED_CALLS,
    answer=ConsentAnswer.GRANTED,
    source=ConsentSource.WEB_FORM,
    wording="Yes, an assistant may call me.",
)
REVOCATION = NewConsent(
    kind=ConsentKind.AUTOMATED_CALLS, answer=ConsentAnswer.REVOKED, source=ConsentSource.OPERATOR
)
