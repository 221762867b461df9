"""What was probably meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

_SHOWN = 12


def expected(word: str, known: Collection[str]) -> str:
    """Say what was expected: the nearest known word, else some of them."""
    if not known:
        return "there is none"
    near = get_close_matches(word, list(known), n=1)
    if near:
        return f"expected {near[0]!r}"
    *others, last = list(known)[:_SHOWN]
    if len(known) > _SHOWN:
        return f"expected one of {', '.join([*others, last])}, …"
    return f"expected one of {', '.join([*others, last])}" if others else f"expected {last!r}"
