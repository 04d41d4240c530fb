from localcloud.phone_network.signatures import signature


def test_the_documented_vector_is_reproduced():
    """The signature of Twilio's published example is computed exactly."""
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    signed = signature("12345", "https://example.com/myapp.php?foo=1&bar=2", params)
    assert signed == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_the_fragment_is_not_signed():
    """Connection overrides after # change nothing about the signature."""
    plain = signature("12345", "https://example.com/voice")
    assert signature("12345", "https://example.com/voice#rc=2&rp=5xx") == plain


def test_another_token_gives_another_signature():
    """The signature depends on the account's token."""
    assert signature("12345", "https://example.com/") != signature("12346", "https://example.com/")
