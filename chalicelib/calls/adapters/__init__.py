"""Where calls meet the carrier, the queues, the socket and the table."""
