"""Every subject gets exactly its events, whatever interleaves; no clock passes one under way."""

from __future__ import annotations

from tests.detector.hops.machine import Hops

TestHops = Hops.TestCase
