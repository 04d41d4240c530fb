"""Items of counters."""

from __future__ import annotations

from chalicelib.calls.adapters.tables.base import CallsTable


class StatisticsItem(CallsTable, discriminator="statistics"):
    """Counters of finished calls: `STATS#<shard>` / `<day>#<template id>`, a number for each thing."""
