"""Values as people write them: sums as amounts with their currency."""

from __future__ import annotations


def plain(value: object) -> object:
    """Give a fact's value; `12.50 EUR`, or `3.00 EUR and 4.00 GBP`, where it is a sum."""
    if not isinstance(value, dict):
        return value
    return " and ".join(f"{amount:.2f} {currency}" for currency, amount in value.items())


def write(value: object, *, nothing: str = "none") -> str:
    """Write a value as YAML does; `nothing` for what is not known."""
    if value is None:
        return nothing
    return str(value).lower() if isinstance(value, bool) else str(value)
