"""The whole system on one machine: local cloud, phone network and model server; never shipped to Lambda."""
