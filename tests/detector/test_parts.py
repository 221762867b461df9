"""The small parts of the core."""

from __future__ import annotations

from services.detector.state import Header, body, checksum, due, pack, read_header


def test_state_header_says_what_is_due_without_the_body() -> None:
    for instant in (None, 0, 1_790_000_000_000):
        packed = pack(Header(instant, checksum("x")), b"journey")
        assert read_header(packed) == Header(instant, checksum("x"))
        assert due(packed) == instant
        assert body(packed) == b"journey"
