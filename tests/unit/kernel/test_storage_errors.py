"""What the storage said is read from an error of its library, also when it said nothing."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from pynamodb.exceptions import PutError

from chalicelib.kernel.storage_errors import response_code

REFUSED = ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": "no"}}, "PutItem")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (REFUSED, "ConditionalCheckFailedException"),
        (ReadTimeoutError(endpoint_url="table"), None),
        (EndpointConnectionError(endpoint_url="table"), None),
        (None, None),
    ],
)
def test_a_connection_that_broke_has_no_code(cause, code):
    """It is no refusal: nobody knows what was written."""
    assert response_code(PutError("failed", cause)) == code
