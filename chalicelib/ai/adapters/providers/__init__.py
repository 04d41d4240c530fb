"""One module a kind of provider: each speaks its wire format and tells every failure in our words."""
