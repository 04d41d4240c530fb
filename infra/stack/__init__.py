"""What the stack owns beyond its functions: parameters, tables, queues, logs, addresses; no code of it."""
