"""Every way in for the carrier: one signed function URL, its routes by what they are about."""

from __future__ import annotations

from chalicelib.entrypoints.carrier import machines, recordings, rooms, sms, voice
from chalicelib.entrypoints.carrier.hook import bp

__all__ = ["bp", "machines", "recordings", "rooms", "sms", "voice"]
